-- freeze sets the global stop, or ends it, with its audit entry, once by its key.
--
-- KEYS 1 the stop, 2 told (guard of the note's key), 3 audit
-- ARGV 1 the stop ('' ends it), 2 life of the guard in ms, 3 audit entry, 4 its SHA-256
-- Returns 1 when written, 0 when it was before.
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
chain(KEYS[3], clock(), ARGV[3], ARGV[4])
redis.call('SET', KEYS[2], 1, 'PX', ARGV[2])
if ARGV[1] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1])
end
return 1
