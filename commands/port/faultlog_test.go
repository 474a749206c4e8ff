package port_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"twokey/commands/port"
)

// A logged is what one line of the log says.
type logged struct {
	Level, Msg, Doing, Op, Err string
	Silent                     int
}

// aLog is a log of faults, and what reads its lines since the last time.
func aLog(t *testing.T) (*port.FaultLog, func() []logged) {
	t.Helper()
	var out bytes.Buffer
	read := func() (lines []logged) {
		for dec := json.NewDecoder(&out); dec.More(); {
			var l logged
			if err := dec.Decode(&l); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, l)
		}
		return lines
	}
	return port.NewFaultLog(slog.New(slog.NewJSONHandler(&out, nil)), time.Now), read
}

// A fault that lasts is a line at its beginning, and the next one says how many were
// left out. Another fault at the same place is a line of its own.
func TestAFaultThatLastsIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, read := aLog(t)
		away := errors.New("dial tcp 10.0.0.7:6379: connection refused")
		for range 20 {
			log.Error("engine: step failed, retrying", "approve", away, "op", "7K3Q")
			time.Sleep(time.Second)
		}
		lines := read()
		if len(lines) < 2 || len(lines) > 4 {
			t.Fatalf("20 s of one fault are %d lines: %+v", len(lines), lines)
		}
		want := logged{
			Level: "ERROR", Msg: "engine: step failed, retrying", Doing: "approve", Op: "7K3Q", Err: away.Error(),
		}
		if lines[0] != want {
			t.Errorf("it begins with %+v", lines[0])
		}
		if lines[1].Silent != 4 {
			t.Errorf("5 s later %d lines were left out, not 4", lines[1].Silent)
		}
		log.Error("engine: step failed, retrying", "approve", errors.New("EOF"))
		log.Error("engine: step failed, retrying", "arm", away)
		if lines := read(); len(lines) != 2 {
			t.Errorf("two other faults are %d lines", len(lines))
		}
	})
}

// What goes on in spite of a fault is a warning, about one thing at a time.
func TestAWarningIsAboutOneThing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, read := aLog(t)
		for _, channel := range []string{"C0INFRA", "C0INFRA", "C0OTHER"} {
			log.Warn("outbox: channel refuses posts", channel, errors.New("is_archived"))
		}
		lines := read()
		if len(lines) != 2 || lines[0].Level != "WARN" || lines[0].Err != "is_archived" {
			t.Errorf("two channels are %+v", lines)
		}
	})
}

// A fault that has ended says how long it lasted, once, and begins anew.
func TestAFaultThatEndedBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, _ := aLog(t)
		if _, yes := log.ShouldLog("Redis"); !yes {
			t.Fatal("its beginning is not told")
		}
		time.Sleep(90 * time.Second)
		if lasted, was := log.Recovered("Redis"); !was || lasted != 90*time.Second {
			t.Errorf("it lasted %s, %v", lasted, was)
		}
		if _, was := log.Recovered("Redis"); was {
			t.Error("it ends twice")
		}
		if silent, yes := log.ShouldLog("Redis"); !yes || silent != 0 {
			t.Errorf("the next one is told: %v, with %d left out", yes, silent)
		}
	})
}

// What was quiet for long is forgotten, so that the memory of faults does not grow.
func TestAFaultThatIsQuietForLongBeginsAnew(t *testing.T) {
	var h port.Throttle
	now := time.Unix(1_800_000_000, 0)
	h.ShouldLog("full", now)
	h.ShouldLog("full", now.Add(time.Second))
	now = now.Add(11 * time.Minute)
	h.ShouldLog("another", now)
	if _, was := h.Recovered("full", now); was {
		t.Error("it is remembered after 11 quiet minutes")
	}
}

// A log that says the same about many ports and times says it once.
func TestALogOfOneTroubleIsOneLine(t *testing.T) {
	var q port.LogThrottle
	now := time.Unix(1_800_000_000, 0)
	told := 0
	for port := range 50 {
		err := fmt.Errorf("asking: %w", fmt.Errorf("read tcp 127.0.0.1:%d: i/o timeout", 40000+port))
		if _, yes := q.ShouldLog("slack: connection lost", err, now); yes {
			told++
		}
	}
	if told != 1 {
		t.Errorf("one trouble of 50 ports is told %d times", told)
	}
	if _, yes := q.ShouldLog("slack: connection lost", nil, now); !yes {
		t.Error("what has no error is taken for what has one")
	}
}
