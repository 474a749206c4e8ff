package port

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestATroubleThatLastsIsToldEverMoreRarely(t *testing.T) {
	var h Throttle
	now := time.Unix(1_800_000_000, 0)
	if _, was := h.Recovered("full", now); was {
		t.Fatal("it ends before it has begun")
	}
	told, silent := 0, 0
	for range 4 * 60 * 60 { // an hour, four times a second
		if n, yes := h.ShouldLog("full", now); yes {
			told++
			silent += n
		}
		now = now.Add(250 * time.Millisecond)
	}
	if told < 10 || told > 20 {
		t.Errorf("in an hour it is told %d times", told)
	}
	if told+silent > 4*60*60 || silent == 0 {
		t.Errorf("%d told, %d silent", told, silent)
	}
	if _, yes := h.ShouldLog("another", now); !yes {
		t.Error("another trouble is not told")
	}
	if lasted, was := h.Recovered("full", now); !was || lasted != time.Hour {
		t.Errorf("it lasted %s", lasted)
	}
	if _, yes := h.ShouldLog("full", now); !yes {
		t.Error("after its end it is not told again")
	}
}

func TestFaultsOfOneKindAreOneTrouble(t *testing.T) {
	full := &RefusedError{Why: "Redis is full", Cause: errors.New("OOM")}
	one, other := fmt.Errorf("operation 7K3Q: %w", full), fmt.Errorf("operation 8W4R: %w", full)
	if ErrorKind(one) != ErrorKind(other) {
		t.Errorf("%q and %q", ErrorKind(one), ErrorKind(other))
	}
	if ErrorKind(errors.New("read tcp 127.0.0.1:4711: i/o timeout")) != ErrorKind(errors.New("read tcp 127.0.0.1:4712: i/o timeout")) {
		t.Error("a port makes another kind")
	}
	if ErrorKind(errors.New("EOF")) == ErrorKind(full) {
		t.Error("two kinds are one")
	}
}
