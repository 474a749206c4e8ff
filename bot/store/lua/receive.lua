-- receive stores a delivery once, due, and leased to its receiver.
--
-- KEYS 1 seen (guard of the delivery), 2 in, 3 due, 4 own, 5 tok, 6 tries, 7 stops
-- ARGV 1 nonce of this call, 2 life of the guard in ms, 3 data, 4 due member,
--      5 lease in ms, 6 worker, 7 what it stops ('': nothing)
-- Returns {1, token} when stored by this call (also when the client sent the
--      script again because the reply was lost), {0, 0} when stored before.
local was = redis.call('GET', KEYS[1])
if was then
  local nonce, token = string.match(was, '^(%S+) (%d+)$')
  if nonce == ARGV[1] then return {1, tonumber(token)} end
  return {0, 0}
end
local token = lease(KEYS[3], KEYS[4], KEYS[5], ARGV[4], ARGV[6], clock() + ARGV[5])
redis.call('SET', KEYS[2], ARGV[3])
redis.call('HSET', KEYS[6], ARGV[4], 1)
if ARGV[7] ~= '' then redis.call('HSET', KEYS[7], ARGV[4], ARGV[7]) end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. int(token), 'PX', ARGV[2])
return {1, token}
