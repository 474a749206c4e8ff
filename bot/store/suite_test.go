package store

import (
	"testing"

	"twokey/bot/store/storetest"
	"twokey/commands/port"
)

// What every port.Store promises holds on each kind of Redis.
func TestSuite(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Opener {
				o := k.fresh(t)
				return func(t testing.TB) port.Store { return open(t, o) }
			})
		})
	}
}
