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

func (c *changed) wasChanged(machine string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[machine]
}

func (c *changed) addMachine(machine string) {
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
	keys := in.findKeys("twokey:{*}:op:*")
	for range min(len(keys), 20) {
		op := r.mayChange(in, keys[r.pickOne(len(keys))])
		if op.id == "" {
			continue
		}
		field, text := "seal", in.readString("HGET", op.key, "seal")
		if r.pickOne(2) == 0 {
			field, text = "data", in.readString("HGET", op.key, "data")
		}
		at := len(text) - 1 - r.pickOne(20)
		if _, after, found := strings.Cut(text, `"fingerprint":"`); found {
			at = len(text) - len(after) + r.pickOne(20)
		}
		if at < 0 || at >= len(text) {
			continue
		}
		spoilt := text[:at] + string(rune('0'+(text[at]+1+byte(r.pickOne(8)))%10)) + text[at+1:]
		if spoilt == text || in.runCommand("HSET", op.key, field, spoilt) != nil {
			return errBusy
		}
		machine := instanceIn(op)
		r.changed.addMachine(machine)
		go r.resolveWhenStopped(op.id, machine) // what it waits for may come after the storm
		return nil
	}
	return errBusy
}

// mayChange is a live operation that nobody has changed yet.
func (r *round) mayChange(in *intruder, key string) found {
	switch in.readString("HGET", key, "state") {
	case "proposed", "approved", "ready", "armed", "sent":
	default:
		return found{}
	}
	op, err := in.operationAt(key)
	if err != nil || r.changed.wasChanged(instanceIn(op)) {
		return found{}
	}
	return op
}

func instanceIn(op found) string {
	plan, _ := op.data["plan"].(map[string]any)
	return fmt.Sprint(plan["instance"])
}

// resolveWhenStopped has an approver settle a proposal whose card says that it is stopped,
// until it no longer does. One that was written meanwhile goes on by itself.
func (r *round) resolveWhenStopped(id, machine string) {
	p := &person{round: r, i: indexOf(machine)}
	ctx, cancel := context.WithTimeout(r.ctx, 10*time.Minute)
	defer cancel()
	for ctx.Err() == nil && !p.hasEnded() && !r.t.Failed() {
		if p.cardStatus() == "Stopped" {
			_, _ = r.stage.slack.Command(ctx, approverOf(p.i), roomOf(p.i), "resolve "+id+
				" failed its record was changed")
		}
		waitFor(ctx, 3*time.Second)
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

// isStopped reports whether the card of a machine shows that its record was changed,
// or that somebody has settled it.
func (p *person) isStopped() bool {
	s := p.cardStatus()
	return p.changed.wasChanged(machineOf(p.i)) && (s == "Stopped" || s == settled)
}

const settled = "Resolved by a person"
