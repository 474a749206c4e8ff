-- adopt goes on with a chain that was cut: with an entry that says what is missing,
-- numbered after all that the chain ever had. The link is tied to the last entry that
-- is there.
--
-- KEYS 1 audit, 2 what was gone on without
-- ARGV 1 number of the entry, 2 audit entry, 3 its SHA-256, 4 what was gone on without,
--      sealed, 5 id of the last entry as it was read ('': none)
-- Returns the entry's number, or 0 when the chain is another one by now.
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if (last and last[1] or '') ~= ARGV[5] then return 0 end
local at, link = int(clock()), last and last[2][8] or KEYS[1]
redis.call('XADD', KEYS[1], ARGV[1] .. '-0', 'at', at, 'body', ARGV[2], 'sum', ARGV[3],
  'link', redis.sha1hex(link .. ' ' .. ARGV[1] .. ' ' .. at .. ' ' .. ARGV[3]))
redis.call('SET', KEYS[2], ARGV[4])
return tonumber(ARGV[1])
