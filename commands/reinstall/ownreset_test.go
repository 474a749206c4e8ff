package reinstall_test

import (
	"strings"
	"testing"

	"twokey/commands/reinstall"
)

func TestAResetWithOurKeyIsNeverCalledOneFromOutside(t *testing.T) {
	for what, c := range map[string]struct {
		hand    reinstall.Hand
		on      []reinstall.Operation
		says    string
		outside bool
	}{
		"no record has it":        {reinstall.OurHand, nil, "a call with our access key, request req-9, of which Redis has no record (was Redis restored?)", false},
		"another record has it":   {reinstall.OurHand, []reinstall.Operation{{ID: "7K3Q", ResetCall: reinstall.ResetCall{RequestID: "req-9"}}}, "the call of proposal 7K3Q (request req-9)", false},
		"it is another's key":     {reinstall.Foreign, nil, "with another access key", true},
		"nobody can tell the key": {reinstall.Unsure, nil, "cannot be told from ours", true},
	} {
		events := reinstall.Testimony{Asked: now, Events: []reinstall.CloudEvent{{Operation: "ResetInstance", RequestID: "req-9", At: now, User: "42", Key: "k", Hand: c.hand}}}.Recorded(c.on)
		e, _ := events.Of("req-9")
		says := reinstall.Reading{Latest: aReset("req-9"), By: &e}.Meanwhile()
		if !strings.Contains(says, c.says) || strings.Contains(says, "from outside") != c.outside {
			t.Errorf("%s: %s", what, says)
		}
		if own := events.Own(aReset("req-9")); (own == "") != c.outside {
			t.Errorf("%s: its own: %q", what, own)
		}
	}
}
