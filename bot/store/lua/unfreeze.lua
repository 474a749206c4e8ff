-- unfreeze ends the global stop, with its audit entry, once by its key.
--
-- KEYS 1 the stop, 2 told (guard of the note's key), 3 audit
-- ARGV 1 life of the guard in ms, 2 audit entry, 3 its SHA-256
-- Returns 1 when written, 0 when it was before.
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
chain(KEYS[3], clock(), ARGV[2], ARGV[3])
redis.call('SET', KEYS[2], 1, 'PX', ARGV[1])
redis.call('DEL', KEYS[1])
return 1
