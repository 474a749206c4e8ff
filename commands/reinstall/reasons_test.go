package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
)

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
