-- card remembers where an operation's card is; the first address stays.
--
-- KEYS 1 op
-- ARGV 1 the address
-- Returns the address that holds, or '' when there is no such operation.
if redis.call('EXISTS', KEYS[1]) == 0 then return '' end
redis.call('HSETNX', KEYS[1], 'card', ARGV[1])
return redis.call('HGET', KEYS[1], 'card')
