-- apply writes one transition by compare-and-set on the revision.
--
-- KEYS 1 op, 2 log, 3 due, 4 ins, 5 hist, 6 out, 7 own, 8 audit, 9 ended
-- ARGV 1 operation id, 2 command, 3 due member, 4 delay in ms (negative: never),
--      5 state, 6 schema version, 7 data, 8 ended (1) or not (0), 9 retention in s,
--      10 instance, 11 by, 12 what, 13 detail, 14 fingerprint,
--      15 revision it was decided on, 16 holder, as "token worker" ('' for a click),
--      17 audit entry, 18 its SHA-256, 19 seal of the record at the revision
--      after it, 20 seal of the log's entry, 21.. posts
-- Returns {'ok', card}, {'gone'}, {'fenced'}, or {'dup' | 'stale', rev, v, data, card,
--      seal, instance}.
--      All but 'ok' wrote nothing.
--
-- The order matters: a command that is in the log already is 'dup' whatever
-- else holds, for the lost reply may be of the commit that gave the lease back.
local was = redis.call('HMGET', KEYS[1], 'rev', 'c:' .. ARGV[2], 'card')
local rev = was[1]
if not rev then return {'gone'} end
if was[2] then return record('dup', KEYS[1]) end
local holder = owner(KEYS[7], ARGV[3])
if ARGV[16] ~= '' and holder ~= ARGV[16] then return {'fenced'} end
if rev ~= ARGV[15] then return record('stale', KEYS[1]) end

local now = clock()
local new = tonumber(rev) + 1
chain(KEYS[8], now, ARGV[17], ARGV[18])
append(KEYS[2], new, now, ARGV[5], ARGV[2], ARGV[11], ARGV[12], ARGV[13], ARGV[14], ARGV[20])
redis.call('HSET', KEYS[1], 'rev', int(new), 'state', ARGV[5], 'cmd', ARGV[2], 'v', ARGV[6],
  'data', ARGV[7], 'seal', ARGV[19], 'c:' .. ARGV[2], int(new))
if ARGV[8] == '1' then
  -- Who gives the lock back has ended just now; what is noted later is no end.
  if redis.call('HGET', KEYS[4], ARGV[10]) == ARGV[1] then
    redis.call('HDEL', KEYS[4], ARGV[10])
    close(KEYS[9], ARGV[1], now, ARGV[9])
  end
  redis.call('EXPIRE', KEYS[1], ARGV[9])
  redis.call('EXPIRE', KEYS[2], ARGV[9])
  redis.call('EXPIRE', KEYS[5], ARGV[9])
end
if holder and ARGV[16] == '' and running(KEYS[3], ARGV[3], now) then
  -- A click must not take the lease from a worker: its release sees the mark.
  redis.call('HSET', KEYS[7], '!' .. ARGV[3], 1)
else
  if holder then free(KEYS[7], ARGV[3]) end
  wake(KEYS[3], ARGV[3], now, tonumber(ARGV[4]))
end
tell(KEYS[7], KEYS[6], KEYS[3], now, 21)
return {'ok', was[3] or ''}
