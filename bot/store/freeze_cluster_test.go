package store

import (
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// A freeze that was acknowledged is on a replica of its own shard, whichever partition
// the item came from.
func TestAFreezeIsSettledOnItsOwnShard(t *testing.T) {
	t.Parallel()
	nodes, url := startThree(t)
	s := open(t, Options{ClusterURL: url})
	s.db.ConfirmWithin = 200 * time.Millisecond
	m, err := s.db.Master(t.Context(), keys.Freeze)
	if err != nil {
		t.Fatal(err)
	}
	var behind *server
	for _, n := range nodes {
		info := n.client(t).InfoMap(t.Context(), "replication").Item
		if info("Replication", "role") == "slave" &&
			net.JoinHostPort(info("Replication", "master_host"), info("Replication", "master_port")) == m.Options().Addr {
			behind = n
		}
	}
	if behind == nil {
		t.Fatal("the shard has no replica")
	}
	stop := func(sig syscall.Signal) {
		t.Helper()
		if err := behind.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
	}
	note := port.Note{Key: "i1.decided", Kind: port.NoteDecision, By: "U0AAA111", What: "freeze"}
	freeze := func() error {
		return s.Freeze(t.Context(), model.Freeze{By: "U0AAA111", Why: "fire", When: t0}, note)
	}
	stop(syscall.SIGSTOP)
	if err := freeze(); !errors.Is(err, port.ErrNotDurable) || !strings.Contains(err.Error(), "freeze") {
		t.Errorf("it is on no replica, and was told: %v", err)
	}
	stop(syscall.SIGCONT)
	s.db.ConfirmWithin = patience
	if err := freeze(); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if f, err := s.Frozen(t.Context()); err != nil || f.Why != "fire" {
		t.Errorf("%+v, %v", f, err)
	}
}
