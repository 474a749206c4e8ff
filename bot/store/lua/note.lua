-- note appends a refusal or a decision to the audit chain, with what is told of
-- it, once by its key.
--
-- KEYS 1 told (guard of the note's key), 2 out, 3 due, 4 own, 5 audit
-- ARGV 1 life of the guard in ms, 2 audit entry, 3 its SHA-256, 4.. posts
-- Returns 1 when appended, 0 when it was before.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local now = clock()
chain(KEYS[5], now, ARGV[2], ARGV[3])
redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
tell(KEYS[4], KEYS[2], KEYS[3], now, 4)
return 1
