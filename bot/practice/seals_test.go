package main

import (
	"testing"

	"twokey/commands/seal"
)

// practiceSeals are the keys of a bot in practice, which has none but its token.
func practiceSeals(t testing.TB) *seal.Keys {
	t.Helper()
	k, err := seal.FromToken("xoxb-practice")
	if err != nil {
		t.Fatal(err)
	}
	return k
}
