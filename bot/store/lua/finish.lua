-- finish removes an item that was worked off.
--
-- KEYS 1 in, 2 due, 3 own, 4 tries, 5 stops
-- ARGV 1 due member, 2 holder, as "token worker"
-- Returns 1, or 0 when the item is there and somebody else works on it.
local holder = owner(KEYS[3], ARGV[1])
if holder and holder ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
free(KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
return 1
