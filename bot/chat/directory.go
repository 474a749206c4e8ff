package chat

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"twokey/bot/chat/webapi"
)

// directory says who somebody is, and who is in a group or channel. Callers that
// ask for the same at the same time share one answer.
type directory struct {
	web      *webapi.Client
	now      func() time.Time
	appToken string

	who            atomic.Pointer[Identity]
	shared         singleflight.Group
	groupMembers   *cache[string, []string]
	channelMembers *cache[string, []string]
	handles        *cache[string, map[string]string] // of all groups, under one key
}

const (
	// membersAge is how old a membership may be: the method's tier allows no more
	// (section 9.4).
	membersAge = 30 * time.Second
	// handlesAge is how old the names of user groups may be.
	handlesAge = 10 * time.Minute
)

func newDirectory(cfg Config, web *webapi.Client) *directory {
	return &directory{
		web: web, now: cfg.Now, appToken: cfg.AppToken,
		groupMembers:   newCache[string, []string](cfg.Now, membersAge),
		channelMembers: newCache[string, []string](cfg.Now, membersAge),
		handles:        newCache[string, map[string]string](cfg.Now, handlesAge),
	}
}

// askOnce has all who ask for the same key at the same time wait for one call. The call
// goes on when one of them leaves.
func askOnce[T any](ctx context.Context, d *directory, key string, ask func(context.Context) (T, error)) (T, error) {
	ch := d.shared.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), webapi.CallTimeout)
		defer cancel()
		return ask(ctx)
	})
	var none T
	select {
	case r := <-ch:
		if r.Err != nil {
			return none, r.Err
		}
		return r.Val.(T), nil
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}
