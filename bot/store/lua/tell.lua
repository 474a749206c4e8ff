-- tell appends one post that belongs to no transition, once by its key.
--
-- KEYS 1 told (guard of the post's key), 2 out, 3 due, 4 own
-- ARGV 1 life of the guard in ms, 2 the post
-- Returns 1 when appended, 0 when it was before.
if not redis.call('SET', KEYS[1], 1, 'PX', ARGV[1], 'NX') then return 0 end
tell(KEYS[4], KEYS[2], KEYS[3], clock(), 2)
return 1
