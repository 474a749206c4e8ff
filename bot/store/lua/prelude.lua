-- Put before every script. Times are milliseconds by this server's clock.

-- clock returns the time now.
local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function int(n) return string.format('%d', n) end

-- owner returns who holds member, as "token worker", or false. Both count: where
-- Redis lost its counter of tokens, another worker may get an equal one.
local function owner(own, member)
  return redis.call('HGET', own, member)
end

-- running says whether the lease on a member that has an owner has time left.
local function running(due, member, now)
  local till = redis.call('ZSCORE', due, member)
  return till and tonumber(till) > now
end

-- free forgets the lease on member and the wish to see it again.
local function free(own, member)
  redis.call('HDEL', own, member, '!' .. member)
end

-- lease hands member to worker and returns the new fencing token.
local function lease(due, own, tok, member, worker, till)
  local token = redis.pcall('INCR', tok)
  if type(token) ~= 'number' then -- it was made something else: the time is higher than any before
    token = clock()
    redis.call('SET', tok, int(token))
  end
  redis.call('HSET', own, member, int(token) .. ' ' .. worker)
  redis.call('HDEL', own, '!' .. member)
  redis.call('ZADD', due, int(till), member)
  return token
end

-- wake makes member due after delay; never where delay is negative.
local function wake(due, member, now, delay)
  if delay < 0 then
    redis.call('ZREM', due, member)
  else
    redis.call('ZADD', due, int(now + delay), member)
  end
end

-- tell appends ARGV[first..] to the outbox and makes it due at once, even where
-- it slept until an earlier entry may be tried again. While somebody drains it,
-- it is due when they give it back.
local function tell(own, out, due, now, first)
  if #ARGV < first then return end
  for i = first, #ARGV do
    redis.call('XADD', out, '*', 'post', ARGV[i])
  end
  if owner(own, 'out') and running(due, 'out', now) then
    redis.call('HSET', own, '!out', 1)
  else
    redis.call('ZADD', due, int(now), 'out')
  end
end

-- record returns the answer word and the operation as it is stored.
local function record(word, op)
  local r = redis.call('HMGET', op, 'rev', 'v', 'data', 'card', 'seal', 'ins')
  return {word, r[1], r[2] or '', r[3] or '', r[4] or '', r[5] or '', r[6] or ''}
end

-- chain appends an entry to the partition's audit chain: no audit, no action,
-- so it comes before any other write of a script. Its number follows the last
-- one's; where the chain was cut, the stream refuses the number and with it the
-- whole script. body is the entry, sum its SHA-256. The link ties it to all
-- before it, the first one to the chain's own name; SHA-1 is the hash that
-- Redis has.
local function chain(audit, now, body, sum)
  local last = redis.call('XREVRANGE', audit, '+', '-', 'COUNT', 1)[1]
  local seq, link = 1, audit
  if last then
    seq, link = tonumber(string.match(last[1], '^%d+')) + 1, last[2][8]
  end
  local at = int(now)
  redis.call('XADD', audit, int(seq) .. '-0', 'at', at, 'body', body, 'sum', sum,
    'link', redis.sha1hex(link .. ' ' .. int(seq) .. ' ' .. at .. ' ' .. sum))
end

-- unmoved says whether a value is still the one that was read; what is of another
-- type is put right by whoever writes next.
local function unmoved(key, was)
  if redis.call('TYPE', key).ok == 'string' then return redis.call('GET', key) == was end
  return was == ''
end

-- decide puts a value in the place of the one that was read, with the audit entry
-- that says so, once by the note's key. KEYS, ARGV and what it returns stand above
-- freeze and unfreeze.
local function decide()
  if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
  if not unmoved(KEYS[1], ARGV[4]) then return -1 end
  chain(KEYS[3], clock(), ARGV[2], ARGV[3])
  redis.call('SET', KEYS[2], 1, 'PX', ARGV[1])
  redis.call('SET', KEYS[1], ARGV[5])
  return 1
end

-- append writes a transition's line into the operation's log. Its number is
-- the revision; the stream itself refuses one that is not the next. This is
-- the only writer of the log: what every line must carry is added here.
local function append(log, rev, now, state, command, by, what, detail, print, seal)
  redis.call('XADD', log, int(rev) .. '-0', 'at', int(now), 'state', state, 'command', command,
    'by', by, 'what', what, 'detail', detail, 'print', print, 'seal', seal)
end

-- close notes when an operation ended, for life seconds. Of each partition the
-- newest 200 are kept.
local function close(ended, id, now, life)
  redis.call('ZADD', ended, int(now), id)
  redis.call('ZREMRANGEBYRANK', ended, 0, -201)
  redis.call('EXPIRE', ended, life)
end
