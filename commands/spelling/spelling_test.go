package spelling_test

import (
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/spelling"
)

func TestDistanceCountsEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"image", "imgae", 2},
		{"disk", "disc", 1},
		{"disk", "dïsk", 1},
		{"kitten", "sitting", 3},
	} {
		if got := spelling.Distance(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %d edits, not %d", c.a, c.b, got, c.want)
		}
	}
}

func TestDistanceIsAMetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("abé-")), 0, 6, -1)
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		ab, ba := spelling.Distance(a, b), spelling.Distance(b, a)
		if ab != ba || (ab == 0) != (a == b) || spelling.Distance(a, c) > ab+spelling.Distance(b, c) {
			t.Fatalf("%q, %q, %q", a, b, c)
		}
	})
}
