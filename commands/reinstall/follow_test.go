package reinstall_test

import (
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func TestWhatASightProvesAfterArming(t *testing.T) {
	armed, sent := inState(t, reinstall.Armed), inState(t, reinstall.Sent)
	t0 := armed.Arming.At
	base := armed.Arming.Baseline
	ours := model.Latest{Operation: "ResetInstance", State: "SUCCESS", RequestID: "req-1"}
	other := model.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: "req-9"}
	see := func(l model.Latest, state, image string, after time.Duration) reinstall.Observation {
		i := machine().Instance
		i.Latest, i.State, i.ImageID = l, state, image
		return reinstall.Observation{Instance: i, ServerTime: t0.Add(after)}
	}
	img := sent.Plan.Image.ID
	none := reinstall.AuditEvidence{}
	name := func(e reinstall.Event) string {
		if e == nil {
			return "wait"
		}
		return e.Name()
	}
	for what, c := range map[string]struct{ got, want string }{
		"armed, record unchanged, signature alive": {name(reinstall.Reconcile(armed,
			see(base, "RUNNING", img, 399*time.Second), none)), "wait"},
		"armed, record unchanged, signature dead": {name(reinstall.Reconcile(armed,
			see(base, "RUNNING", img, 400*time.Second), none)), "not sent"},
		"armed, a reset on top": {name(reinstall.Reconcile(armed,
			see(ours, "RUNNING", img, time.Second), none)), "sent (inferred)"},
		"armed, another operation on top": {name(reinstall.Reconcile(armed,
			see(other, "RUNNING", img, time.Second), none)), "unknown"},
		"armed, a null record": {name(reinstall.Reconcile(armed,
			see(model.Latest{}, "RUNNING", img, 500*time.Second), none)), "wait"},
		"armed, a null record for an hour": {name(reinstall.Reconcile(armed,
			see(model.Latest{}, "RUNNING", img, time.Hour), none)), "unknown"},
		"sent, stale read": {name(reinstall.Follow(sent,
			see(base, "RUNNING", img, time.Second), none)), "wait"},
		"sent, success as planned": {name(reinstall.Follow(sent,
			see(ours, "RUNNING", img, time.Minute), none)), "done"},
		"sent, success but not running": {name(reinstall.Follow(sent,
			see(ours, "STARTING", img, time.Minute), none)), "wait"},
		"sent, success with another image": {name(reinstall.Follow(sent,
			see(ours, "RUNNING", "img-other", time.Minute), none)), "wait"},
		"sent, success with another image, an hour": {name(reinstall.Follow(sent,
			see(ours, "RUNNING", "img-other", time.Hour), none)), "unknown"},
		"sent, covered by another operation": {name(reinstall.Follow(sent, see(other, "RUNNING", img, time.Minute),
			none)), "unknown"},
		"sent, failed": {name(reinstall.Follow(sent, see(model.Latest{
			Operation: "ResetInstance",
			State:     "FAILED", RequestID: "req-1",
		}, "STOPPED", "x", time.Minute), none)), "failed"},
		"sent, an hour without an end": {name(reinstall.Follow(sent, see(model.Latest{
			Operation: "ResetInstance",
			State:     "OPERATING", RequestID: "req-1",
		}, "STOPPED", "x", time.Hour), none)), "unknown"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", what, c.got, c.want)
		}
	}
}
