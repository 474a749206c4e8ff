-- create stores a new operation and takes the instance's lock.
--
-- KEYS 1 op, 2 log, 3 due, 4 ins, 5 hist, 6 out, 7 made (guard of the command), 8 own, 9 audit, 10 ended
-- ARGV 1 operation id, 2 command, 3 due member, 4 delay in ms (negative: never),
--      5 state, 6 schema version, 7 data, 8 ended (1) or not (0), 9 retention in s,
--      10 instance, 11 by, 12 what, 13 detail, 14 fingerprint,
--      15 life of the guard in ms, 16 length of the history,
--      17 audit entry, 18 its SHA-256, 19 seal of the record, 20 seal of the
--      log's entry, 21.. posts
-- Returns {'ok'}, {'made', id} when this command created that operation before,
--      {'exists'} or {'locked', id of the holder}. All but 'ok' wrote nothing.
local made = redis.call('GET', KEYS[7])
if made then return {'made', made} end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'exists'} end
local holder = redis.call('HGET', KEYS[4], ARGV[10])
if holder and holder ~= ARGV[1] then return {'locked', holder} end

local now = clock()
chain(KEYS[9], now, ARGV[17], ARGV[18])
append(KEYS[2], 1, now, ARGV[5], ARGV[2], ARGV[11], ARGV[12], ARGV[13], ARGV[14], ARGV[20])
redis.call('HSET', KEYS[1], 'rev', 1, 'state', ARGV[5], 'cmd', ARGV[2], 'ins', ARGV[10],
  'v', ARGV[6], 'data', ARGV[7], 'seal', ARGV[19], 'c:' .. ARGV[2], 1)
redis.call('SET', KEYS[7], ARGV[1], 'PX', ARGV[15])
redis.call('LPUSH', KEYS[5], ARGV[1])
redis.call('LTRIM', KEYS[5], 0, ARGV[16] - 1)
redis.call('EXPIRE', KEYS[5], ARGV[9])
if ARGV[8] == '1' then
  close(KEYS[10], ARGV[1], now, ARGV[9])
  redis.call('EXPIRE', KEYS[1], ARGV[9])
  redis.call('EXPIRE', KEYS[2], ARGV[9])
else
  redis.call('HSET', KEYS[4], ARGV[10], ARGV[1])
end
wake(KEYS[3], ARGV[3], now, tonumber(ARGV[4]))
tell(KEYS[8], KEYS[6], KEYS[3], now, 21)
return {'ok'}
