package reinstall_test

import (
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// guessed is an operation of which somebody else's reset was taken for its own:
// by the machine's record, or by CloudAudit for a key that somebody shares.
func guessed(t failer, s reinstall.State, audited bool) reinstall.Operation {
	t.Helper()
	op := mustStep(t, inState(t, reinstall.Armed), reinstall.Accepted{
		RequestID: "req-9", Inferred: !audited,
		Audited: audited,
	}, soon)
	switch s {
	case reinstall.Done:
		op = mustStep(t, op, reinstall.Succeeded{Probe: &model.Probe{SSH: 22, Within: time.Minute}}, soon)
	case reinstall.Failed:
		op = mustStep(t, op, reinstall.ResetFailed{Why: "x"}, soon)
	case reinstall.Unknown:
		op = mustStep(t, op, reinstall.BecameUnknown{Why: "x", LastKnown: reinstall.LastKnown{Latest: aReset("req-9")}},
			soon)
	}
	return op
}

// Whoever sends knows best whether anything was sent. A process that was frozen
// between the intent and the call reports late. What was inferred meanwhile is
// somebody else's.
func TestTheSendersNoIsHeardUntilItsOwnAnswerIsKnown(t *testing.T) {
	for word, c := range map[string]struct {
		e    reinstall.Event
		ends reinstall.State
	}{
		"nothing was sent":  {reinstall.NothingSent{Why: "Twokey sent no request"}, reinstall.NotSent},
		"the cloud refused": {reinstall.Declined{Code: "X", Why: "no"}, reinstall.Refused},
	} {
		for _, s := range []reinstall.State{reinstall.Sent, reinstall.Done, reinstall.Failed, reinstall.Unknown} {
			for _, audited := range []bool{false, true} {
				op := mustStep(t, guessed(t, s, audited), c.e, soon)
				if op.State != c.ends || op.RequestID != "" || op.Inferred || op.Audited || op.Proof != nil {
					t.Errorf("%s, in %s: %s, request %q", word, s, op.State, op.RequestID)
				}
				if op.Disclaimed != "req-9" || !op.ForeignReset(aReset("req-9")) {
					t.Errorf("%s, in %s: the reset from outside is not reported", word, s)
				}
			}
			own := inState(t, s)
			if next, r := reinstall.Step(own, c.e, soon); r == nil {
				t.Errorf("%s, in %s by the call's own answer: it became %s", word, s, next.State)
			}
		}
		lost := mustStep(t, inState(t, reinstall.Armed), reinstall.BecameUnknown{Why: "covered"}, soon)
		if op := mustStep(t, lost, c.e, soon); op.State != c.ends || op.End.LastKnown != nil {
			t.Errorf("%s, of an unknown outcome: %s", word, op.State)
		}
		if _, r := reinstall.Step(inState(t, reinstall.Resolved), c.e, soon); r == nil {
			t.Errorf("%s: a person's word was overruled", word)
		}
	}
}

func TestTheCallsOwnAnswerGivesBackWhatWasTakenForIt(t *testing.T) {
	for _, audited := range []bool{false, true} {
		op := mustStep(t, guessed(t, reinstall.Sent, audited), reinstall.Accepted{RequestID: "req-1"}, soon)
		if op.RequestID != "req-1" || op.Disclaimed != "req-9" || op.Inferred || op.Audited {
			t.Errorf("%+v", op)
		}
	}
	same := mustStep(t, guessed(t, reinstall.Sent, false), reinstall.Accepted{RequestID: "req-9"}, soon)
	if same.Disclaimed != "" || same.RequestID != "req-9" || same.Inferred {
		t.Errorf("%+v", same)
	}
}

// Any key that ever signed a call of ours for the machine is ours; an event that
// names none is unsure, and so is another one while an earlier key is not known.
func TestAKeyThatWasEverOursIsOurs(t *testing.T) {
	event := func(key string, h model.Caller) model.CloudEvent {
		e := resetBy(h, "req-1", now)
		e.Key = key
		return e
	}
	older, newer, unsigned := inState(t, reinstall.Done), inState(t, reinstall.Armed), inState(t, reinstall.Done)
	older.Arming.Key, newer.Arming.Key, unsigned.Arming.Key = "key-1", "key-2", ""
	never := inState(t, reinstall.Cancelled)
	for what, c := range map[string]struct {
		ops  []reinstall.Operation
		e    model.CloudEvent
		want model.Caller
	}{
		"the call's, rotated since": {
			[]reinstall.Operation{newer},
			event("key-2", model.CallerForeign),
			model.CallerOurs,
		},
		"an earlier call's": {
			[]reinstall.Operation{newer, older, never},
			event("key-1", model.CallerForeign), model.CallerOurs,
		},
		"the one in use": {
			[]reinstall.Operation{newer},
			event("key-3", model.CallerOurs),
			model.CallerOurs,
		},
		"a stranger's": {
			[]reinstall.Operation{newer, older, never},
			event("key-9", model.CallerForeign), model.CallerForeign,
		},
		"a stranger's, or an older record's": {
			[]reinstall.Operation{newer, unsigned},
			event("key-9", model.CallerForeign), model.CallerUnsure,
		},
		"none": {
			[]reinstall.Operation{newer},
			event("", model.CallerUnsure),
			model.CallerUnsure,
		},
		"none, whatever somebody else made of": {
			[]reinstall.Operation{newer},
			event("", model.CallerForeign),
			model.CallerUnsure,
		},
	} {
		own, all := reinstall.SigningKeys(c.ops)
		if got := audit(c.e).WithCallers(own, all).Events[0].Caller; got != c.want {
			t.Errorf("%s: %q", what, got)
		}
	}
}
