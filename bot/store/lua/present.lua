-- present notes that a process is alive, forgets those that were not for long, and
-- returns how many there are.
--
-- KEYS 1 present
-- ARGV 1 the process, 2 after how many ms without a word one counts as gone
local now = clock()
redis.call('ZADD', KEYS[1], int(now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', int(now - tonumber(ARGV[2])))
return redis.call('ZCARD', KEYS[1])
