package main

import (
	"context"
	"strings"
	"syscall"
	"testing"
)

// What one replica did is seen on a Home that was opened through another one.
func TestAHomeOpenedThroughOneReplicaShowsWhatAnotherDid(t *testing.T) {
	t.Parallel()
	st := setStage(t, setting{})
	other, err := st.newReplica(built(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*bot{st.bot, other} {
		if err := b.start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = other.stop(syscall.SIGTERM) })

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := st.slack.OpenHome(ctx, "U0ANN"); err != nil {
		t.Fatal(err)
	}
	home := func() string {
		v, _ := st.slack.Home("U0ANN")
		return st.slack.PlainBlocks(v.Blocks)
	}
	st.sendTo(other) // from here on the first hears of nothing
	for typed, shown := range map[string]string{
		"freeze network is on fire": "network is on fire", "web-01": "Also open (1)",
	} {
		if _, err := st.slack.Command(ctx, "U0BOB", channel, typed); err != nil {
			t.Fatal(err)
		}
		if err := st.slack.Wait(ctx, func() bool { return strings.Contains(home(), shown) }); err != nil {
			t.Fatalf("after %q: %v; there is:\n%s", typed, err, home())
		}
	}
}
