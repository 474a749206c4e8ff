package reinstall_test

import (
	"strings"
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func TestAResetWithOurKeyIsNeverCalledOneFromOutside(t *testing.T) {
	for what, c := range map[string]struct {
		hand    model.Caller
		on      []reinstall.Operation
		says    string
		outside bool
	}{
		"no record has it": {
			model.CallerOurs, nil,
			"a request with our access key, id req-9; Redis has no record of it (was Redis restored?)", false,
		},
		"another record has it": {model.CallerOurs, []reinstall.Operation{{
			ID:        "7K3Q",
			ResetCall: reinstall.ResetCall{RequestID: "req-9"},
		}}, "the request of proposal 7K3Q (request req-9)", false},
		"it is another's key":     {model.CallerForeign, nil, "with another access key", true},
		"nobody can tell the key": {model.CallerUnsure, nil, "that may be ours", true},
	} {
		events := reinstall.AuditEvidence{Asked: now, Events: []model.CloudEvent{{
			Operation: "ResetInstance",
			RequestID: "req-9", At: now, User: "42", Key: "k", Caller: c.hand,
		}}}.WithProposals(c.on)
		e, _ := events.EventOf("req-9")
		says := reinstall.RecheckResult{Latest: aReset("req-9"), OutsideReset: &e}.MeanwhileText()
		if !strings.Contains(says, c.says) || strings.Contains(says, "from outside") != c.outside {
			t.Errorf("%s: %s", what, says)
		}
		if own := events.OwnCallText(aReset("req-9")); (own == "") != c.outside {
			t.Errorf("%s: its own: %q", what, own)
		}
	}
}
