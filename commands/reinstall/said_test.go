package reinstall_test

import (
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func TestATextOfNothingButMarksSaysNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		marks := []string{
			"", " ", "\t", "\n", "\u00a0", "\u200b", "\u200d", "\ufeff", "\u2060", "\u3000", "\u00ad", "\u202e", "\u115f", "\u3164", "\u2800", "\ufe0f", "\u0301",
			`"`, "'", "“", "”", "„", "‘", "’", "«", "»", "‹", "›", "「", "」", "`", "´", "＂", "″",
		}
		s := ""
		for _, m := range rapid.SliceOfN(rapid.SampledFrom(marks), 0, 8).Draw(t, "marks") {
			s += m
		}
		if got := model.CleanText(s); got != "" {
			t.Errorf("%+q says %+q", s, got)
		}
	})
}

func TestATextIsKeptWithoutWhatStandsAroundIt(t *testing.T) {
	for typed, want := range map[string]string{
		"fire": "fire", "  fire\u00a0": "fire", `"fire"`: "fire", "“fire”": "fire", "'fire'": "fire", "„fire“": "fire", "\u200b«fire»": "fire",
		`he said "stop"`: `he said "stop"`, `"a" and "b"`: `"a" and "b"`, "it's": "it's", "🔥": "🔥", "?": "?", "着火": "着火", `"`: "", `" fire "`: "fire",
	} {
		if got := model.CleanText(typed); got != want {
			t.Errorf("%q says %q, not %q", typed, got, want)
		}
	}
}

// Each of these ends or settles something by somebody's word: without one it is
// refused, however the nothing was typed.
func TestWhereAReasonIsNeededOneThatSaysNothingIsNone(t *testing.T) {
	for _, nothing := range []string{"", " ", `""`, "“”", "\u200b", "\u00a0", "' '"} {
		for _, e := range []func(string) (reinstall.Operation, reinstall.Event){
			func(why string) (reinstall.Operation, reinstall.Event) {
				return proposal(t, 1), reinstall.Reject{By: person("U0BOB"), Why: why}
			},
			func(why string) (reinstall.Operation, reinstall.Event) {
				op := proposal(t, 1)
				op.State, op.End = reinstall.Unknown, &reinstall.End{}
				return op, reinstall.Resolve{By: person("U0BOB"), As: reinstall.Done, Why: why}
			},
			func(why string) (reinstall.Operation, reinstall.Event) {
				op := glass(t, 2)
				return op, reinstall.BreakGlass{By: person("U0BOB"), Why: why, Fingerprint: op.Fingerprint}
			},
		} {
			op, ev := e(nothing)
			if _, r := reinstall.Step(op, ev, now); r == nil {
				t.Errorf("%s with the reason %+q is taken", ev.Name(), nothing)
			}
			op, ev = e("the disk is broken")
			if _, r := reinstall.Step(op, ev, now); r != nil {
				t.Errorf("%s with a reason is refused: %s", ev.Name(), r.Why)
			}
		}
	}
}
