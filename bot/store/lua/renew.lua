-- renew extends leases of one partition that are still held.
--
-- KEYS 1 due, 2 own
-- ARGV 1 lease in ms, then member, holder ("token worker"), member, holder, ..
-- Returns for each pair 1 (extended) or 0 (lost).
local now = clock()
local held = {}
for i = 2, #ARGV, 2 do
  if owner(KEYS[2], ARGV[i]) == ARGV[i + 1] then
    redis.call('ZADD', KEYS[1], int(now + ARGV[1]), ARGV[i])
    held[#held + 1] = 1
  else
    held[#held + 1] = 0
  end
end
return held
