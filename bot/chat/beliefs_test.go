package chat

import (
	"strings"
	"testing"

	"twokey/commands/port"
	"twokey/commands/sample"
)

// atInfra is what the tests' workspace is looked at with.
func atInfra(t *testing.T) LookAt {
	t.Helper()
	cards, err := sample.Cards()
	if err != nil {
		t.Fatal(err)
	}
	at := LookAt{Channel: infra, Groups: []string{"S0ONCALL"}, Users: []string{"U0DEE", "U0REX", "U0TWOKEY"}}
	for _, c := range cards {
		at.Cards = append(at.Cards, SampleCard{Name: c.Name, Card: c.Card})
	}
	return at
}

func (b *theBench) looked(at LookAt) map[string]port.BeliefResult {
	b.t.Helper()
	out := map[string]port.BeliefResult{}
	for _, belief := range b.chat.Beliefs(at) {
		if belief.Name == "" || belief.Says == "" || belief.Source == "" ||
			(belief.Look == nil) != (belief.ByHand != "") {
			b.t.Errorf("a belief does not say what it is: %+v", belief)
		}
		if belief.Look != nil {
			out[belief.Name] = belief.Look(b.t.Context())
		}
	}
	return out
}

func TestAgainstTheDoubleEveryBeliefHolds(t *testing.T) {
	t.Parallel()
	b := bench(t)
	at := atInfra(t)
	if _, err := b.chat.PostCard(t.Context(), at.Cards[0].Card, "a-key"); err != nil {
		t.Fatal(err)
	}
	posts := len(b.slack.Messages(infra))
	for name, s := range b.looked(at) {
		if s.State != port.Holds {
			t.Errorf("%s: %s: %s", name, s.State, s.Detail)
		}
		for _, bad := range []string{"U0", "T0", "C0", "S0", "B0", "xoxb", "@", "Home", "dee", "oncall"} {
			if strings.Contains(s.Detail, bad) {
				t.Errorf("%s shows %s: %s", name, bad, s.Detail)
			}
		}
	}
	if n := len(b.slack.Messages(infra)); n != posts {
		t.Errorf("looking posted %d messages", n-posts)
	}
}

func TestEachBeliefDiffersWhereSlackIsOtherwise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ belief, name, seen string }{
		{"cards", "strict_blocks", "keys (failed_constraint at /2/elements/4"},
		{"bot", "bare_answers", "bot_id 1"},
		{"people", "bare_answers", "is_restricted 3, is_ultra_restricted 3"},
		{"channels", "bare_answers", "is_ext_shared 1, is_pending_ext_shared 1"},
		{"groups", "bare_answers", "date_delete"},
		{"scopes", "no_scopes", "names none"},
		{"metadata", "bare_answers", "posts of the bot 1, with its metadata 0"},
	} {
		t.Run(c.belief, func(t *testing.T) {
			t.Parallel()
			b := bench(t)
			at := atInfra(t)
			if _, err := b.chat.PostCard(t.Context(), at.Cards[0].Card, "a-key"); err != nil {
				t.Fatal(err)
			}
			if err := b.slack.Switch(c.name, "on"); err != nil {
				t.Fatal(err)
			}
			if s := b.looked(at)[c.belief]; s.State != port.Differs || !strings.Contains(s.Detail, c.seen) {
				t.Errorf("%s: %s", s.State, s.Detail)
			}
		})
	}
}

func TestWhatSlackDoesNotTellIsNoDifference(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "no_validate", "down", "revoke_token"} {
		t.Run(name, func(t *testing.T) {
			b := bench(t)
			at := atInfra(t)
			if name == "" {
				at = LookAt{} // the policy file names nothing
			} else if err := b.slack.Switch(name, "on"); err != nil {
				t.Fatal(err)
			}
			for belief, s := range b.looked(at) {
				if s.State == port.Differs {
					t.Errorf("%s: %s", belief, s.Detail)
				}
				if name == "no_validate" && belief == "cards" && (s.State != port.Inconclusive ||
					s.Detail != "Slack knows no blocks.validate here") {
					t.Errorf("%s: %s", s.State, s.Detail)
				}
			}
		})
	}
}

// A limit is waited for, as long as Slack says.
func TestCardsAreLookedAtAcrossARateLimit(t *testing.T) {
	t.Parallel()
	b := bench(t)
	if err := b.slack.Switch("blocks.validate:rate_limit", "1"); err != nil {
		t.Fatal(err)
	}
	if s := b.chat.lookAtCards(t.Context(), atInfra(t).Cards[:2]); s.State != port.Holds {
		t.Errorf("%s: %s", s.State, s.Detail)
	}
}
