package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2/proto"
)

// Somebody changes a byte of a live record in Redis, and the people of the chaos
// settle what is stopped by that.

// changed are the machines whose record was changed.
type changed struct {
	mu sync.Mutex
	m  map[string]bool
}

func (c *changed) is(machine string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[machine]
}

func (c *changed) note(machine string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[string]bool{}
	}
	c.m[machine] = true
}

// changesARecord changes one byte of the record of a proposal that is live: of its
// seal, or of its plan's fingerprint, so that the channel and the machine, by which
// people find it, stay.
func changesARecord(r *round, _ *replica) error {
	r.redis.Lock()
	defer r.redis.Unlock()
	c, err := proto.Dial(strings.TrimPrefix(r.stage.redis.url, "redis://"))
	if err != nil {
		return errBusy
	}
	defer func() { _ = c.Close() }()
	in := &intruder{c}
	keys := in.keys("twokey:{*}:op:*")
	for range min(len(keys), 20) {
		op := r.mayChange(in, keys[r.pick(len(keys))])
		if op.id == "" {
			continue
		}
		field, text := "seal", in.get("HGET", op.key, "seal")
		if r.pick(2) == 0 {
			field, text = "data", in.get("HGET", op.key, "data")
		}
		at := len(text) - 1 - r.pick(20)
		if _, after, found := strings.Cut(text, `"fingerprint":"`); found {
			at = len(text) - len(after) + r.pick(20)
		}
		if at < 0 || at >= len(text) {
			continue
		}
		spoilt := text[:at] + string(rune('0'+(text[at]+1+byte(r.pick(8)))%10)) + text[at+1:]
		if spoilt == text || in.do("HSET", op.key, field, spoilt) != nil {
			return errBusy
		}
		machine := instanceIn(op)
		r.changed.note(machine)
		go r.settles(op.id, machine) // what it waits for may come after the storm
		return nil
	}
	return errBusy
}

// mayChange is a live operation that nobody has changed yet.
func (r *round) mayChange(in *intruder, key string) found {
	switch in.get("HGET", key, "state") {
	case "proposed", "approved", "ready", "armed", "sent":
	default:
		return found{}
	}
	op, err := in.operationAt(key)
	if err != nil || r.changed.is(instanceIn(op)) {
		return found{}
	}
	return op
}

func instanceIn(op found) string {
	plan, _ := op.data["plan"].(map[string]any)
	return fmt.Sprint(plan["instance"])
}

// settles has an approver settle a proposal whose card says that it is stopped,
// until it no longer does. One that was written meanwhile goes on by itself.
func (r *round) settles(id, machine string) {
	p := &person{round: r, i: indexOf(machine)}
	ctx, cancel := context.WithTimeout(r.ctx, 10*time.Minute)
	defer cancel()
	for ctx.Err() == nil && !p.ended() && !r.t.Failed() {
		if p.status() == "Stopped" {
			_, _ = r.stage.slack.Command(ctx, approverOf(p.i), roomOf(p.i), "resolve "+id+" failed its record was changed")
		}
		passes(ctx, 3*time.Second)
	}
}

func indexOf(machine string) (i int) {
	_, _ = fmt.Sscanf(machine, "ins-%d", &i)
	return i
}

// wipedWrongly counts calls of which one was too many, or for which the thread does
// not show that both keys were turned.
func (p *person) wipedWrongly() int {
	n := p.stage.cloud.ResetRequests(machineOf(p.i))
	if n > 0 && (!p.threadHas("Approved by") || !p.threadHas("Backup confirmed")) {
		return n
	}
	return max(n-1, 0)
}

// stopped reports whether the card of a machine shows that its record was changed,
// or that somebody has settled it.
func (p *person) stopped() bool {
	s := p.status()
	return p.changed.is(machineOf(p.i)) && (s == "Stopped" || s == settled)
}

const settled = "Resolved by a person"
