-- freeze sets the global stop, with its audit entry, once by its key. Its end is
-- unfreeze: no value of the stop means that there is none.
--
-- KEYS 1 the stop, 2 told (guard of the note's key), 3 audit
-- ARGV 1 life of the guard in ms, 2 audit entry, 3 its SHA-256, 4 the stop as it was
--      read ('': none), 5 the stop, sealed
-- Returns 1 when written, 0 when it was before, -1 when the stop is another by now.
if not ARGV[5] or ARGV[5] == '' then return redis.error_reply('ERR a freeze without a body') end
return decide()
