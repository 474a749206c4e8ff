package deploy_test

import (
	"slices"
	"testing"

	"twokey/bot/fakeslack/conform"
)

// Each state of the card fits Slack's own types and lengths; lines, whispers and
// forms are held against them wherever a story of package practice shows one.
func TestSlacksOwnTypesTakeEveryCard(t *testing.T) {
	double, _, all := exhibited(t)
	seen, wrong := conform.All(double.Calls(), double.Requests())
	for _, w := range wrong {
		t.Error(w)
	}
	if n := len(slices.Concat(cardStates...)); seen["chat.postMessage"] != n || len(all) != n {
		t.Errorf("%v were held against them, of %d cards", seen, n)
	}
}
