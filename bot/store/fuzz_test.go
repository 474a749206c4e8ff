package store

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/audit"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// FuzzRecord reads records and audit entries as they might lie in Redis after
// an accident: an error or a record that says the same when it is written
// again, never a panic, never a record of another operation.
func FuzzRecord(f *testing.F) {
	op := reinstall.Operation{
		ID: "7K3Q", State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ANN",
		ProposedAt: t0,
	}
	data, err := json.Marshal(op)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("1", "1", string(data), `{"channel":"C0INFRA","ts":"1.2"}`)
	f.Add("x", "99", `{"id":"7K3Q"}`, "")
	f.Add("1", "1", `{"id":"0000"}`, "{")
	f.Fuzz(func(t *testing.T, rev, v, data, card string) {
		rec, err := stored{rev: rev, v: v, data: data, card: card}.parse("7K3Q")
		if err != nil {
			if errors.Is(err, port.ErrNotFound) {
				t.Errorf("a broken record reads as none: %v", err)
			}
		} else if rec.Op.ID != "7K3Q" {
			t.Errorf("a record of %q", rec.Op.ID)
		} else {
			sameWhenWritten(t, rec)
		}
		m := redis.XMessage{ID: rev + "-0", Values: map[string]any{
			"body": data, "sum": card, "link": v, "at": rev,
			"state": data,
		}}
		if e, err := audit.DecodeEntry("0", m); err == nil {
			var w audit.Verifier
			w.Add(e)
			if broken := w.End(nil); len(broken) == 0 {
				t.Errorf("%+v was never written, and is whole", e)
			}
		}
		if _, err := decodeEntry(m); err == nil && rev == "" {
			t.Error("a line of the log without a revision")
		}
	})
}

func sameWhenWritten(t *testing.T, rec port.Record) {
	t.Helper()
	b, err := json.Marshal(rec.Op)
	if err != nil {
		t.Fatalf("it was read and cannot be written: %v", err)
	}
	var again reinstall.Operation
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	c, err := json.Marshal(again)
	if err != nil || !reflect.DeepEqual(b, c) {
		t.Errorf("written again it is another: %s, not %s (%v)", c, b, err)
	}
}
