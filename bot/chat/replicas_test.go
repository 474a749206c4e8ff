package chat

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"twokey/bot/chat/webapi"
	"twokey/bot/fakeslack"
)

// Slack counts an app's calls, whichever replica makes them (section
// 5.1). Each of three calls as often as it is let.
func TestReplicasTogetherStayWithinATier(t *testing.T) {
	const replicas, each = 3, 13 // more than a window of one, and than two of a share
	const scale = 60             // a minute in a second
	b := bench(t, func(f *fakeslack.Config, c *Config) { f.RateScale, c.RateScale = scale, scale })
	cfg := b.cfg
	chats := []*Chat{b.chat}
	for range replicas - 1 {
		c, err := New(cfg)
		b.must(err)
		chats = append(chats, c)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for i, c := range chats {
		c.Share(replicas)
		all.Go(func() {
			for range each {
				if _, err := c.MembersNow(ctx, "S0ONCALL"); err != nil {
					t.Errorf("replica %d: %v", i, err)
				}
			}
		})
	}
	all.Wait()
	limited := map[string]int{}
	for _, c := range b.slack.Calls() {
		if c.RetryAfter > 0 {
			limited[c.Method]++
		}
	}
	if len(limited) > 0 {
		t.Errorf("Slack refused %s", fmt.Sprint(limited))
	}
	if n := len(b.calls(webapi.UsergroupsUsersList)); n != replicas*each {
		t.Errorf("%d calls", n)
	}
}
