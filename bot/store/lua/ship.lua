-- ship takes, keeps or gives back the right to ship the audit to one place, and moves
-- what was shipped of one chain on.
--
-- KEYS 1 who ships, 2 how far each chain was shipped
-- ARGV 1 worker, 2 for how long in ms (0: it is given back), 3 chain ('': only the
--      right), 4 how far, as it was read ('': not at all), 5 how far now
-- Returns 1, 0 when another worker ships, -1 when it was moved meanwhile.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[3] ~= '' then
  if (redis.call('HGET', KEYS[2], ARGV[3]) or '') ~= ARGV[4] then return -1 end
  redis.call('HSET', KEYS[2], ARGV[3], ARGV[5])
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
