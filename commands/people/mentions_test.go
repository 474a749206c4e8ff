package people

import (
	"context"
	"strings"
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// withMail is a directory whose people have mailboxes and names, and whose channels
// and groups have names.
type withMail struct{ port.Directory }

func (d withMail) Person(ctx context.Context, user string) (model.Person, error) {
	p, err := d.Directory.Person(ctx, user)
	p.Email, p.Name = strings.ToLower(user)+"@home.example", strings.TrimPrefix(user, "U0")
	return p, err
}

func (d withMail) Channel(_ context.Context, id string) (port.ChannelInfo, error) {
	return port.ChannelInfo{ID: id, Name: "infra", Private: id == "C0SECRET"}, nil
}

func (d withMail) Handle(_ context.Context, group string) (string, error) {
	if group == "S0GONE" {
		return "", errAway
	}
	return "oncall", nil
}

// A reason is kept with the names that it refers to, and nobody is called by it. What
// Slack does not say stays an id; a private channel keeps its name.
func TestAReasonIsKeptWithNames(t *testing.T) {
	it := port.Item{Verb: model.VerbReject, Channel: "C0INFRA"}
	for said, want := range map[string]string{
		"nothing to see":                "nothing to see",
		"ask <@U0BOB> in <#C0INFRA>":    "ask @BOB in #infra",
		"<!subteam^S0DBA|@dba> says no": "@oncall says no",
		"ask <!subteam^S0GONE>":         "ask @S0GONE",
		"see <#C0SECRET>":               "see #private-channel",
		"<@U0BOB>, <@U0BOB|bob>":        "@BOB, @BOB",
	} {
		l, _ := asked(t, "")
		l.chat = withMail{l.chat}
		line := port.Line{Verb: model.VerbReject, Text: said, Request: model.Request{Reason: said}}
		if got := l.ResolveNames(t.Context(), it, line); got.Text != want || got.Request.Reason != want {
			t.Errorf("%q is kept as %q and %q, not %q", said, got.Text, got.Request.Reason, want)
		}
	}
	l, _ := asked(t, "person")
	if got := l.withNames(t.Context(), it, "ask <@U0BOB>"); got != "ask @U0BOB" {
		t.Errorf("without Slack: %q", got)
	}
}

// What was typed as a confirmation is compared letter by letter: it stays as it is.
func TestAConfirmationKeepsItsReferences(t *testing.T) {
	l, _ := asked(t, "")
	l.chat = withMail{l.chat}
	line := port.Line{Verb: model.VerbBackup, Text: "<@U0BOB>"}
	if got := l.ResolveNames(t.Context(), port.Item{Verb: model.VerbBackup}, line); got.Text != line.Text {
		t.Errorf("%q", got.Text)
	}
}
