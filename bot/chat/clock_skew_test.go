package chat

import (
	"testing"
	"time"

	"twokey/bot/fakeslack"
	"twokey/commands/view"
)

// Whichever clock is wrong, and however much: what was posted is found, so that
// nothing is posted twice.
func TestAPostIsFoundWhateverOurClockSays(t *testing.T) {
	for name, ours := range map[string]time.Duration{
		"three minutes ahead": 3 * time.Minute, "an hour ahead": time.Hour,
		"an hour behind": -time.Hour, "right": 0,
	} {
		t.Run(name, func(t *testing.T) {
			b := bench(t, func(_ *fakeslack.Config,
				c *Config,
			) {
				c.Now = func() time.Time { return time.Now().Add(ours) }
			})
			began := b.chat.directory.now()
			if _, err := b.chat.PostCard(t.Context(), view.Card{
				ID: "7K3Q", Channel: infra, Title: "web-01",
				Lines: []view.Text{view.Say("x")},
			}, "7K3Q.card"); err != nil {
				t.Fatal(err)
			}
			if _, found, err := b.chat.FindCard(t.Context(), infra, "7K3Q.card", began); err != nil || !found {
				t.Errorf("found: %v, %v", found, err)
			}
		})
	}
}
