package chat

import (
	"context"
	"errors"
	"testing"
	"time"

	"twokey/commands/view"
)

// away is a memory that does not answer.
type away struct{}

func (away) TakePost(context.Context, string, time.Duration, int) (time.Duration, error) {
	return 0, errors.New("LOADING")
}

// What people must know of Redis itself is posted when Redis is full or away.
func TestWithoutTheOthersAReplicaCountsForItself(t *testing.T) {
	b := bench(t)
	b.chat.Among(away{}, nil)
	a := b.postCard(aCard())
	b.must(b.chat.PostLine(t.Context(), a, view.Say("Redis is full"), "7K3Q.2.0"))
	if n := len(b.slack.Thread(infra, a.TS)); n != 2 {
		t.Errorf("%d messages", n)
	}
}
