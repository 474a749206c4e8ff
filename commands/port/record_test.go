package port_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// The first record leads a proposal of several machines: their order stays.
func TestOperationsStayInTheOrderOfTheirRecords(t *testing.T) {
	var recs []port.Record
	for _, id := range []string{"7K3S", "7K3Q", "7K3R"} {
		recs = append(recs, port.Record{Op: reinstall.Operation{ID: id}})
	}
	ops := port.Ops(recs)
	if len(ops) != 3 || ops[0].ID != "7K3S" || ops[1].ID != "7K3Q" || ops[2].ID != "7K3R" {
		t.Errorf("%v", ops)
	}
	if ops := port.Ops(nil); len(ops) != 0 {
		t.Errorf("no records are %v", ops)
	}
}

// Promise 4: after a kill a proposal goes on within 15 s, also if the first try fails.
func TestALeaseEndsInTimeForThePromise(t *testing.T) {
	if longest := port.Lease + port.RetryIn + port.Again; longest >= 15*time.Second {
		t.Errorf("after a kill and one fault it goes on after %s", longest)
	}
	if port.Never >= 0 {
		t.Error("what nothing has to wake is woken")
	}
}

// Only what is marked is urgent, and whatever is done under it.
func TestWhatIsUrgentSaysSo(t *testing.T) {
	if port.IsUrgent(t.Context()) {
		t.Error("everything is urgent")
	}
	urgent, cancel := context.WithCancel(context.WithValue(t.Context(), port.UrgentKey{}, true))
	defer cancel()
	if !port.IsUrgent(urgent) {
		t.Error("what is urgent leaves its place to others")
	}
}

// A denial of the cloud says what is not allowed, to whoever wraps it and to the log.
func TestADenialNamesWhatIsNotAllowed(t *testing.T) {
	cause := errors.New("UnauthorizedOperation: cvm:ResetInstance, ap-guangzhou, main")
	err := fmt.Errorf("arming: %w", &port.AccessDeniedError{Action: "cvm:ResetInstance", Cause: cause})
	denied, ok := errors.AsType[*port.AccessDeniedError](err)
	if !ok || denied.Action != "cvm:ResetInstance" || denied.Error() != cause.Error() {
		t.Errorf("%v", err)
	}
	explained := &port.ExplainedError{Why: "the key is wrong", Next: "set another", Cause: cause}
	if explained.Error() != cause.Error() {
		t.Errorf("the log has people's words in place of the cloud's: %v", explained)
	}
}
