-- claim leases what is due in one partition, the longest overdue first. What
-- is leased has the end of its lease as score, so it is due again after that.
--
-- KEYS 1 due, 2 own, 3 tok, 4 tries
-- ARGV 1 lease in ms, 2 how many at most, 3 worker
-- Returns {member, token, taken, member, ..}; taken is 1 where the last holder
-- did not give it back.

-- count counts a claim of an item. What was made something else than a number is
-- more than once, and holds up nothing else.
local function count(tries, m)
  if type(redis.pcall('HINCRBY', tries, m, 1)) ~= 'number' then redis.pcall('HSET', tries, m, 2) end
end

local now = clock()
local got = {}
for _, m in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now), 'LIMIT', 0, ARGV[2])) do
  local taken = owner(KEYS[2], m) and 1 or 0
  got[#got + 1] = m
  got[#got + 1] = lease(KEYS[1], KEYS[2], KEYS[3], m, ARGV[3], now + ARGV[1])
  got[#got + 1] = taken
  if string.sub(m, 1, 3) == 'in:' then count(KEYS[4], m) end
end
return got
