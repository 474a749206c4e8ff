package outbox

import (
	"errors"
	"testing"
	"time"

	"twokey/commands/port"
)

func infraLanes(own, kind string) backoffKeys {
	return backoffKeys{own: own, channel: "room C0INFRA", kind: kind + " C0INFRA", limit: kind}
}

func TestARefusalHoldsBackNoMoreThanWhatItReaches(t *testing.T) {
	line, other, card := infraLanes("AAAA.line", "lines"), infraLanes("BBBB.line", "lines"),
		infraLanes("AAAA.card", "edits")
	for reach, rest := range map[port.Reach]struct{ other, card bool }{
		port.ReachChannel: {true, true}, port.ReachKind: {true, false}, port.ReachThread: {false, false},
	} {
		var r breakers
		now := time.Unix(1000, 0)
		refusal := refusedBy(reach)
		r.tripAfter(now, line, refusal)
		for what, c := range map[string]struct {
			l     backoffKeys
			rests bool
		}{"the line": {line, true}, "another's line": {other, rest.other}, "the card": {card, rest.card}} {
			wait, why := r.timeToWait(now, c.l)
			if wait > 0 != c.rests {
				t.Errorf("reach %d: %s waits for %s", reach, what, wait)
			}
			if c.rests && !errors.Is(why, refusal) {
				t.Errorf("reach %d: %s waits because of %v", reach, what, why)
			}
		}
	}
}

func TestWhileAChannelRefusesOneAtATimeFindsOutWithinAMinute(t *testing.T) {
	var r breakers
	now, l := time.Unix(1000, 0), infraLanes("AAAA.line", "lines")
	for range 12 {
		wait := r.tripAfter(now, l, refusedBy(port.ReachChannel))
		if wait > time.Minute {
			t.Fatalf("the channel is tried again after %s", wait)
		}
		now = now.Add(wait)
		if wait, _ = r.timeToWait(now, l); wait > 0 {
			t.Fatalf("nobody may try after its rest: %s", wait)
		}
		if wait, _ = r.timeToWait(now, infraLanes("BBBB.card", "edits")); wait <= 0 {
			t.Fatal("two try at once")
		}
	}
	r.closeBreakers(l)
	if wait, _ := r.timeToWait(now, infraLanes("BBBB.card", "edits")); wait > 0 {
		t.Errorf("it is open again, and a card waits for %s", wait)
	}
}
