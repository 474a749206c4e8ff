-- seen notes how many replicas a master has now, and returns the most that it, or
-- the master before it, ever had. It writes each time: a Redis that takes no writes
-- refuses it.
--
-- KEYS 1 replicas
-- ARGV 1 how many there are now
local now = tonumber(ARGV[1])
local most = tonumber(redis.call('HGET', KEYS[1], 'most')) or 0
if now > most then most = now end
redis.call('HSET', KEYS[1], 'most', int(most), 'at', int(clock()))
return most
