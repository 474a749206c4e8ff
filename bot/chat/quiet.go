package chat

// warn logs a fault of Socket Mode, at its beginning and then ever more rarely.
func (c *Chat) warn(say string, err error) {
	if silent, yes := c.quiet.Tell(say, err, c.now()); yes {
		c.log.Warn(say, "silent", silent, "err", err)
	}
}
