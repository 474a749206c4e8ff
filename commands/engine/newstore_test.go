package engine_test

import (
	"testing"
	"testing/synctest"

	"github.com/alicebob/miniredis/v2"

	"twokey/bot/store"
	"twokey/commands/port"
	"twokey/commands/port/memory"
)

// newStore returns an empty store. With -short it is the one in memory; else it is
// the shipped one, with its scripts, on a miniredis.
func newStore(t *testing.T) port.Store {
	t.Helper()
	if testing.Short() {
		return memory.New(nil).Open()
	}
	s, err := store.Open(t.Context(), store.Options{
		URL: "redis://" + miniredis.RunT(t).Addr(), BestEffort: true, Seal: sealing(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// inBubble runs a test in which time passes at once when all wait. It takes the store
// in memory: a connection has no part in that time.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}
