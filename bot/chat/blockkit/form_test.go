package blockkit

import (
	"testing"

	"pgregory.net/rapid"

	"twokey/bot/fakeslack"
)

func TestEveryFormIsDrawnWithinSlacksLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyForm(t)
		v := Modal(f, `{"v":"x"}`)
		if err := CheckModal(v); err != nil {
			t.Fatalf("%+v\n%v", f, err)
		}
		if bad := fakeslack.CheckView(v); len(bad) > 0 {
			t.Fatalf("the double refuses what the check lets through: %v", bad)
		}
	})
}
