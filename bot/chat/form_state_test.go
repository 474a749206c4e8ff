package chat

import (
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/view"
)

func TestTheStateOfEveryFormComesBack(t *testing.T) {
	chat, err := New(Config{Token: "xoxb-1", SigningSecret: "s"})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		f := view.Form{
			Verb: rapid.StringMatching(`[a-z]{1,20}`).Draw(t, "verb"), Op: rapid.SampledFrom([]string{
				"",
				"7K3Q",
			}).Draw(t, "op"),
			Rev: rapid.Int64Range(0, 1e9).Draw(t, "rev"), Channel: infra, Thread: "1800000000.000100",
		}
		if s, ok := chat.openState(chat.sealState(f)); !ok || s.Verb != f.Verb || s.Op != f.Op || s.Rev != f.Rev ||
			s.Channel != infra {
			t.Fatalf("the state does not come back: %+v", s)
		}
	})
}
