package model_test

import (
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

func TestATextOfNothingButMarksSaysNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		marks := []string{
			"", " ", "\t", "\n", "\u00a0", "\u200b", "\u200d", "\ufeff", "\u2060", "\u3000", "\u00ad", "\u202e",
			"\u115f", "\u3164", "\u2800", "\ufe0f", "\u0301",
			`"`, "'", "“", "”", "„", "‘", "’", "«", "»", "‹", "›", "「", "」", "`", "´", "＂", "″",
		}
		s := ""
		for _, m := range rapid.SliceOfN(rapid.SampledFrom(marks), 0, 8).Draw(t, "marks") {
			s += m
		}
		if got := model.CleanText(s); got != "" {
			t.Errorf("%+q says %+q", s, got)
		}
	})
}

func TestATextIsKeptWithoutWhatStandsAroundIt(t *testing.T) {
	for typed, want := range map[string]string{
		"fire": "fire", "  fire\u00a0": "fire", `"fire"`: "fire", "“fire”": "fire", "'fire'": "fire", "„fire“": "fire",
		"\u200b«fire»":   "fire",
		`he said "stop"`: `he said "stop"`, `"a" and "b"`: `"a" and "b"`, "it's": "it's", "🔥": "🔥", "?": "?",
		"着火": "着火", `"`: "", `" fire "`: "fire",
	} {
		if got := model.CleanText(typed); got != want {
			t.Errorf("%q says %q, not %q", typed, got, want)
		}
	}
}
