-- pace takes the next post of a channel, of all that take from here: one every so
-- often, and some at once after a pause. The key is when the posts taken so far are
-- paid for, in ms.
--
-- KEYS 1 pace
-- ARGV 1 ms for one, 2 how many at once
-- Returns 0, or for how many ms to wait; then nothing was taken.
local now = clock()
local every, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local paid = math.max(tonumber(redis.call('GET', KEYS[1])) or 0, now)
if paid - now > every * burst * 2 then paid = now end -- it was made something else
local wait = paid + every - now - every * burst
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', paid + every), 'PX', math.ceil(paid + every - now) + 1000)
return 0
