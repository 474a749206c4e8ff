package chat

import (
	"context"
	"time"
)

// handlesAge is how old the names of user groups may be.
const handlesAge = 10 * time.Minute

// handles are the names of all user groups, and when they were asked for.
type handles struct {
	of    map[string]string
	asked time.Time
}

// Handle implements commands.Chat.
func (c *Chat) Handle(ctx context.Context, group string) (string, error) {
	if h := c.handles.Load(); h != nil && c.now().Sub(h.asked).Abs() <= handlesAge {
		return h.of[group], nil
	}
	v, err := c.once(ctx, "handles", func(ctx context.Context) (any, error) {
		h := handles{of: map[string]string{}, asked: c.now()}
		all, err := c.Groups(ctx)
		for _, g := range all {
			h.of[g.ID] = g.Handle
		}
		if err == nil {
			c.handles.Store(&h)
		}
		return h, err
	})
	if err != nil {
		return "", err
	}
	return v.(handles).of[group], nil
}
