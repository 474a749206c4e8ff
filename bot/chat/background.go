package chat

import (
	"context"
	"fmt"
	"sync"

	"twokey/bot/chat/webapi"
)

// background is the work that goes on after acks.
type background struct{ work sync.WaitGroup }

// start runs do on a goroutine of its own.
func (b *background) start(do func()) { b.work.Go(do) }

// continueAfter runs what goes on after an answer, with a time limit of its own.
func (b *background) continueAfter(ctx context.Context, then func(context.Context)) {
	if then == nil {
		return
	}
	b.start(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), webapi.CallTimeout)
		defer cancel()
		then(ctx)
	})
}

// wait returns once all work is done, or with an error when ctx ends.
func (b *background) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() { defer close(done); b.work.Wait() }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("messages to Slack were still under way: %w", context.Cause(ctx))
	}
}
