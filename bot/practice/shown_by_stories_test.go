package main

import (
	"sync"
	"testing"

	"twokey/bot/fakeslack/conform"
)

// ways are those in which the bot shows something. All stories together must
// have used each, so that each was held against Slack's types and lengths.
var ways = []string{
	"chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.update", "response_url",
}

// shown gathers how the bot showed things, of all stories.
type shown struct {
	mu      sync.Mutex
	seen    conform.Shown
	stories int
}

// shownBy looks at the end whether each way was used, where all stories were
// played: -run may pick some.
func shownBy(t *testing.T) *shown {
	s := &shown{seen: conform.Shown{}}
	t.Cleanup(func() {
		if s.stories < len(storyNames()) {
			return
		}
		for _, how := range ways {
			if s.seen[how] == 0 {
				t.Errorf("no story shows anything by %s: %v", how, s.seen)
			}
		}
	})
	return s
}

// checkShown holds all that a story's bot showed against Slack's types and lengths.
func (s *shown) checkShown(t *testing.T, p *play) {
	seen, wrong := conform.All(p.stage.slack.Calls(), p.stage.slack.Requests())
	for _, w := range wrong {
		t.Errorf("Slack would not take what was shown: %s", w)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stories++
	for how, n := range seen {
		s.seen[how] += n
	}
}
