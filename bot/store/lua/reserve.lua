-- reserve takes a place in an account's budget; an operation that has one
-- among the running keeps it.
--
-- KEYS 1 run, 2 hour (both: operation -> when it was let in)
-- ARGV 1 operation id, 2 limit at once, 3 limit in an hour (0: none)
-- Returns {1 | 0, running, in the last hour}, counted after the decision.
local now = clock()
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', int(now - 3600000))
local in_run = redis.call('ZSCORE', KEYS[1], ARGV[1])
local in_hour = redis.call('ZSCORE', KEYS[2], ARGV[1])
local running, hour = redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2])
if in_run then return {1, running, hour} end
local once, per = tonumber(ARGV[2]), tonumber(ARGV[3])
if once > 0 and running >= once then return {0, running, hour} end
if per > 0 and hour >= per and not in_hour then return {0, running, hour} end
redis.call('ZADD', KEYS[1], int(now), ARGV[1])
redis.call('ZADD', KEYS[2], 'NX', int(now), ARGV[1])
redis.call('PEXPIRE', KEYS[2], 3600000)
return {1, redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2])}
