-- peek counts what is due in one partition.
--
-- KEYS 1 due
-- Returns the number.
return redis.call('ZCOUNT', KEYS[1], '-inf', int(clock()))
