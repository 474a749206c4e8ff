-- release gives a lease back. A click that came meanwhile makes the thing due
-- at once; so do entries left in an outbox that was to sleep for good.
--
-- KEYS 1 due, 2 own, 3 out
-- ARGV 1 member, 2 holder, as "token worker", 3 delay in ms (negative: never)
-- Returns 1, or 0 when somebody else holds it now. Given back twice is 1.
local holder = owner(KEYS[2], ARGV[1])
if not holder then return 1 end
if holder ~= ARGV[2] then return 0 end
local delay = tonumber(ARGV[3])
if redis.call('HEXISTS', KEYS[2], '!' .. ARGV[1]) == 1 then
  delay = 0
elseif ARGV[1] == 'out' and delay < 0 and redis.call('XLEN', KEYS[3]) > 0 then
  delay = 0
end
free(KEYS[2], ARGV[1])
wake(KEYS[1], ARGV[1], clock(), delay)
return 1
