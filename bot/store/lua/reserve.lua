-- reserve takes a place in an account's budget; an operation that has one
-- among the running keeps it. Those ahead come first: each that could be let in
-- now has its place kept for it, and one that its own tag's limit holds back
-- keeps nobody else waiting.
--
-- KEYS 1 run, 2 hour (both: operation -> when it was let in), 3 tags (operation ->
--      its tags, each between line feeds)
-- ARGV 1 operation id, 2 its tags, 3 number of limits, then for each limit its tag
--      ('': all), how many at once and how many in an hour (0: no limit), then for
--      each ahead, first come first, its id and its tags
-- Returns {limit that is full (0: let in), 1 at once or 2 in an hour, running, in the
--      last hour, taken or kept for those ahead, of those ahead how many wait for it},
--      counted of that limit, or of the first one, after the decision.
local now = clock()
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', int(now - 3600000))
local me, tags, n = ARGV[1], ARGV[2], tonumber(ARGV[3])
local limits = {}
for i = 1, n do
  local at = 1 + i * 3
  limits[i] = {tag = ARGV[at], once = tonumber(ARGV[at + 1]), per = tonumber(ARGV[at + 2])}
end

local function under(l, list)
  return l.tag == '' or (list and string.find(list, '\n' .. l.tag .. '\n', 1, true) ~= nil)
end

-- What is taken, of each limit; tags of operations that are nowhere are forgotten.
local run, hour = {}, {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do run[id] = true end
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do hour[id] = true end
local of = {}
local flat = redis.call('HGETALL', KEYS[3])
for i = 1, #flat, 2 do
  of[flat[i]] = flat[i + 1]
  if not run[flat[i]] and not hour[flat[i]] then redis.call('HDEL', KEYS[3], flat[i]) end
end
local function count()
  for _, l in ipairs(limits) do
    l.run, l.hour = 0, 0
    for id in pairs(run) do if under(l, of[id]) then l.run = l.run + 1 end end
    for id in pairs(hour) do if under(l, of[id]) then l.hour = l.hour + 1 end end
    l.keptrun, l.kepthour = l.run, l.hour
  end
end
count()

-- full is the first limit that lets id in no more, and why.
local function full(id, list)
  for i, l in ipairs(limits) do
    if under(l, list) then
      if l.once > 0 and l.keptrun >= l.once then return i, 1 end
      if l.per > 0 and l.kepthour >= l.per and not hour[id] then return i, 2 end
    end
  end
  return 0, 0
end

-- inside is the answer to one that has its place.
local function inside() return {0, 0, limits[1].run, limits[1].hour, limits[1].run, 0} end

local function enter()
  redis.call('ZADD', KEYS[1], int(now), me)
  redis.call('ZADD', KEYS[2], 'NX', int(now), me)
  redis.call('PEXPIRE', KEYS[2], 3600000)
  if tags ~= '\n' then redis.call('HSET', KEYS[3], me, tags) end
  run[me], hour[me], of[me] = true, true, tags
  count()
  return inside()
end

if run[me] then return inside() end
for at = 4 + n * 3, #ARGV, 2 do
  local id, list = ARGV[at], ARGV[at + 1]
  if not run[id] and full(id, list) == 0 then
    for _, l in ipairs(limits) do
      if under(l, list) then
        l.keptrun = l.keptrun + 1
        if not hour[id] then l.kepthour = l.kepthour + 1 end
      end
    end
  end
end
local i, why = full(me, tags)
if i == 0 then return enter() end
local l, ahead = limits[i], 0
for at = 4 + n * 3, #ARGV, 2 do
  if not run[ARGV[at]] and under(l, ARGV[at + 1]) then ahead = ahead + 1 end
end
return {i, why, l.run, l.hour, why == 1 and l.keptrun or l.kepthour, ahead}
