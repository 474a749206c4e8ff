package screen

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// warnedOf has so many warnings of as many letters each.
func warnedOf(n, letters int) func(*oper) {
	return func(op *oper) {
		for i := range n {
			op.Warnings = append(op.Warnings, model.Finding{
				Code: fmt.Sprintf("w%d", i), Why: fmt.Sprintf("%02d %s", i, strings.Repeat("w", letters)),
			})
		}
	}
}

// Warnings that have no room are counted: none goes without a word, and none of those
// that weigh more goes at all.
func TestWarningsWithoutRoomAreCounted(t *testing.T) {
	lines := func(n int, what string) []text {
		var out []text
		for i := range n {
			out = append(out, say(fmt.Sprintf("%s %d", what, i)))
		}
		return out
	}
	for name, c := range map[string]struct {
		heavy, light, room int
		shown              int
		last               string
	}{
		"room for all":             {2, 3, 5, 5, "light 2"},
		"one too many":             {2, 4, 5, 5, "2 more warnings: press Details"},
		"room for the count alone": {2, 4, 3, 3, "4 more warnings: press Details"},
		"no room at all":           {5, 2, 3, 6, "2 more warnings: press Details"},
		"one, and no room":         {5, 1, 3, 6, "1 more warning: press Details"},
		"none":                     {3, 0, 1, 3, "heavy 2"},
	} {
		got := fitWarnings(lines(c.heavy, "heavy"), lines(c.light, "light"), c.room)
		if len(got) != c.shown || wordsOf(got[len(got)-1]) != c.last {
			t.Errorf("%s: %d lines, the last %q", name, len(got), got[len(got)-1])
		}
		for i := range c.heavy {
			if got[i].String() != fmt.Sprintf("heavy %d", i) {
				t.Errorf("%s: heavy %d is not in its place", name, i)
			}
		}
	}
}

// However many warnings there are, the buttons of a waiting card stand within what a
// phone shows: its title and thirteen lines.
func TestTheButtonsOfAWaitingCardAreInSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "warnings")
		op := webOp(reinstall.Proposed, warnedOf(n, rapid.IntRange(1, 160).Draw(t, "letters")),
			needing(rapid.IntRange(1, 5).Draw(t, "approvals")), publicIPs("1.2.3.4"), disks(200))
		ls := DrawCard([]oper{op}, 1, yuan, night, nil).Lines
		if got := heightOf(ls); got > mostLines {
			t.Fatalf("%d lines:\n%s", got, wordsOf(ls...))
		}
		shown, counted := 0, 0
		for _, l := range ls {
			words := wordsOf(l)
			if strings.Contains(words, "ww") || strings.HasSuffix(words, "w.") {
				shown++
			}
			if strings.Contains(words, " more warning") {
				if _, err := fmt.Sscanf(words, "%d more", &counted); err != nil {
					t.Fatal(err)
				}
			}
		}
		if shown+counted != n {
			t.Fatalf("%d warnings are shown and %d counted, of %d:\n%s", shown, counted, n, wordsOf(ls...))
		}
		all := wordsOf(DetailsForm([]oper{op}, 1, yuan, night).Intro...)
		if got := strings.Count(all, "Warning:"); got != n {
			t.Fatalf("Details have %d warnings of %d", got, n)
		}
	})
}

// What may cost data comes before what costs money, and what the card shows as a change
// is no warning beside it.
func TestTheWeightiestWarningComesFirst(t *testing.T) {
	op := webOp(reinstall.Proposed, func(op *oper) {
		for _, code := range append(slices.Clone(lightFindings), "disk-grows", "family") {
			op.Warnings = append(op.Warnings, model.Finding{Code: code, Why: code})
		}
	})
	want := "Family.\nImage-deprecated.\nStopped.\nPrice-unquoted.\n" + strings.ToUpper(model.CodeUnasked[:1]) +
		model.CodeUnasked[1:] + "."
	if got := strings.ReplaceAll(wordsOf(findingLines(op)...), "\n ", "\n"); strings.TrimSpace(got) != want {
		t.Errorf("%q", got)
	}
	if got := wordsOf(fullFindings(op)...); !strings.Contains(got, "Warning: price.") ||
		!strings.Contains(got, "Warning: disk-grows.") {
		t.Errorf("Details lack one: %s", got)
	}
}

// One bar says how far it is, since when, and how long such a reset usually takes.
func TestProgressIsOneLine(t *testing.T) {
	proving := func(op *oper) {
		op.Proof = &reinstall.Proof{Service: model.ServiceSSH, Host: "1.2.3.4", Port: 22, Until: night.Add(time.Hour)}
	}
	took := map[string]EarlierResets{"7K3Q": {Took: []time.Duration{4 * time.Minute, 2 * time.Minute, 3 * time.Minute}}}
	others := map[string]EarlierResets{"7K3Q": {Took: []time.Duration{4 * time.Minute}, Of: SameImage}}
	for name, c := range map[string]struct {
		ops    []oper
		before map[string]EarlierResets
		want   string
	}{
		"going out": {
			[]oper{webOp(reinstall.Armed, sent)}, nil, "▰▱▱ 1 of 3, since 2026-11-24 03:00:00 UTC, usually 10 to 30 min",
		},
		"reinstalling": {
			[]oper{webOp(reinstall.Sent, sent)}, nil, "▰▰▱ 2 of 3, since 2026-11-24 03:00:00 UTC, usually 10 to 30 min",
		},
		"as before": {
			[]oper{webOp(reinstall.Sent, sent)},
			took,
			"▰▰▱ 2 of 3, since 2026-11-24 03:00:00 UTC, usually 2 min to 4 min (half of them within 3 min)",
		},
		"as others": {
			[]oper{webOp(reinstall.Sent, sent)},
			others,
			"▰▰▱ 2 of 3, since 2026-11-24 03:00:00 UTC, usually 4 min with this image",
		},
		"its port is tried": {
			[]oper{webOp(reinstall.Done, sent, proving)}, nil, "▰▰▰ 3 of 3: its SSH port is looked at until 2026-11-24 " +
				"04:00:00 UTC",
		},
		"one of three runs": {
			together(webOp(reinstall.Done, sent, endedBy("", "")), webOp(reinstall.Sent, sent), webOp(reinstall.Approved)),
			nil, "▰▱▱ 1 of 3 done, since 2026-11-24 03:00:00 UTC, usually 10 min",
		},
		"nothing runs": {[]oper{webOp(reinstall.Done, sent)}, nil, ""},
		"none of two":  {many(2, reinstall.Ready, countingDown), nil, ""},
	} {
		if got := wordsOf(progressText(c.ops, c.before)); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Silence of the cloud is said with its end: the moment from which nobody knows.
func TestAnOutageSaysUntilWhenItIsWaitedFor(t *testing.T) {
	silent := func(op *oper) {
		op.Outage = &reinstall.Outage{Since: night, Why: "it is not permitted", Next: "Ask whoever keeps the key"}
	}
	making := func(op *oper) {
		op.Making = &reinstall.BackupImage{Stage: reinstall.ImageMaking, ID: "img-1", At: night}
	}
	for name, c := range map[string]struct {
		op   oper
		want []string
	}{
		"while it runs": {
			webOp(reinstall.Sent, sent, silent),
			[]string{
				"The cloud cannot be asked about web-01, since 2026-11-24 03:00:00 UTC: it is not permitted. Ask whoever " +
					"keeps the key.",
				"without an answer by 2026-11-24 ", " the outcome counts as unknown, and an approver says what it was.",
			},
		},
		"for an image": {
			webOp(reinstall.Proposed, silent, making),
			[]string{"The cloud cannot be asked about web-01", " the image counts as failed."},
		},
	} {
		got := wordsOf(DrawCard([]oper{c.op}, 1, yuan, night, nil).Lines...)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q:\n%s", name, w, got)
			}
		}
	}
	slow := webOp(reinstall.Sent, sent, func(op *oper) { op.Slow = true })
	if got := wordsOf(progressLines([]oper{slow}, nil)...); !strings.Contains(got,
		"submit a ticket: name ins-1a2b3c4d and request req-1.") {
		t.Errorf("slow: %s", got)
	}
}
