package people

import (
	"errors"
	"slices"
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// A proposal is refused only if it is certain that too few could approve it; what Slack
// does not say is a warning.
func TestAProposalNeedsEnoughApprovers(t *testing.T) {
	for name, c := range map[string]struct {
		needs     int
		approvers model.People
		fails     string
		want      string // warned, refused, error or empty
		named     []string
	}{
		"one of two":     {1, model.People{Users: []string{"U0BOB", "U0CHO"}}, "", "", nil},
		"through groups": {1, model.People{Groups: []string{"S0ONCALL"}}, "", "", nil},
		"too few":        {2, model.People{Users: []string{"U0BOB"}}, "", "refused", nil},
		"a guest":        {1, model.People{Users: []string{"U0GUS"}}, "", "refused", []string{"U0GUS"}},
		"a bot and one who left": {
			1,
			model.People{Users: []string{"U0BOT", "U0REX"}},
			"", "refused",
			[]string{"U0BOT", "U0REX"},
		},
		"the proposer alone": {1, model.People{Users: []string{"U0ANN"}}, "", "refused", nil},
		"no list of members": {1, model.People{Groups: []string{"S0ONCALL"}}, "members", "warned", nil},
		"who proposes is not known": {
			1, model.People{Users: []string{"U0BOB"}}, "person", "error", nil,
		},
	} {
		l, _ := asked(t, c.fails)
		l.chat = withMail{l.chat}
		plan := model.Plan{Terms: model.Terms{Approvals: c.needs, Approvers: c.approvers}}
		warn, err := l.CheckEnoughApprovers(t.Context(), "U0ANN", plan)
		r := port.AsRefusal(err)
		got := ""
		switch {
		case r != nil:
			got = "refused"
		case errors.Is(err, errAway):
			got = "error"
		case len(warn) == 1 && warn[0].Severity == model.Warns:
			got = "warned"
		}
		if got != c.want {
			t.Errorf("%s: %q, not %q: %v, %v", name, got, c.want, warn, err)
		}
		if r != nil && !slices.Equal(r.People.Users, c.named) {
			t.Errorf("%s: it names %v, not %v", name, r.People.Users, c.named)
		}
	}
}
