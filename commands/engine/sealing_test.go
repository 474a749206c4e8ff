package engine_test

import (
	"testing"

	"twokey/commands/seal"
)

// sealing are the keys of these tests.
func sealing(t testing.TB) *seal.Keys {
	t.Helper()
	k, err := seal.New("the sealing key of these tests, and of nothing else")
	if err != nil {
		t.Fatal(err)
	}
	return k
}
