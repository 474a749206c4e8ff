-- settle writes an ended operation in place of a record that was changed outside
-- Twokey, of which nothing is kept but where its card is. A log that takes no
-- line more is put aside, so that nobody stops a person by spoiling it.
--
-- KEYS 1 op, 2 log, 3 due, 4 ins, 5 hist, 6 out, 7 own, 8 audit, 9 ended, 10 log
--      that is put aside
-- ARGV 1 operation id, 2 command, 3 due member, 4 delay in ms (negative: never),
--      5 state, 6 schema version, 7 data, 8 what is no address of the card ('': it is one), 9 retention in s,
--      10 instance, 11 by, 12 what, 13 detail, 14 fingerprint,
--      15 seal of the record that was read ('': none), 16 its revision from now on,
--      17 audit entry, 18 its SHA-256, 19 seal of the record, 20 seal of the
--      log's entry, 21.. posts
-- Returns 1 when written, 0 when the record is another one by now.
local was, card = '', false
if redis.call('TYPE', KEYS[1]).ok == 'hash' then
  was = redis.call('HGET', KEYS[1], 'seal') or ''
  card = redis.call('HGET', KEYS[1], 'card')
end
if was ~= ARGV[15] then return 0 end

local now = clock()
chain(KEYS[8], now, ARGV[17], ARGV[18])
local kind = redis.call('TYPE', KEYS[2]).ok
local last = kind == 'stream' and redis.call('XINFO', 'STREAM', KEYS[2]) or {}
local top = 0
for i = 1, #last, 2 do
  if last[i] == 'last-generated-id' then top = tonumber(string.match(last[i + 1], '^%d+')) end
end
if (kind ~= 'none' and kind ~= 'stream') or top >= tonumber(ARGV[16]) then
  redis.call('RENAME', KEYS[2], KEYS[10])
  redis.call('EXPIRE', KEYS[10], ARGV[9])
end
append(KEYS[2], tonumber(ARGV[16]), now, ARGV[5], ARGV[2], ARGV[11], ARGV[12], ARGV[13], ARGV[14], ARGV[20])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'rev', ARGV[16], 'state', ARGV[5], 'cmd', ARGV[2], 'ins', ARGV[10], 'v', ARGV[6],
  'data', ARGV[7], 'seal', ARGV[19], 'c:' .. ARGV[2], ARGV[16])
if card and card ~= ARGV[8] then redis.call('HSET', KEYS[1], 'card', card) end
if redis.call('HGET', KEYS[4], ARGV[10]) == ARGV[1] then
  redis.call('HDEL', KEYS[4], ARGV[10])
end
close(KEYS[9], ARGV[1], now, ARGV[9])
redis.call('EXPIRE', KEYS[1], ARGV[9])
redis.call('EXPIRE', KEYS[2], ARGV[9])
redis.call('EXPIRE', KEYS[5], ARGV[9])
free(KEYS[7], ARGV[3])
wake(KEYS[3], ARGV[3], now, tonumber(ARGV[4]))
tell(KEYS[7], KEYS[6], KEYS[3], now, 21)
return 1
