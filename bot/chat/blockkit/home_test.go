package blockkit

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"twokey/bot/fakeslack"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

func anyHome(t *rapid.T) view.Home {
	h := view.Home{Foot: anyText(t, "foot"), Refresh: view.Button{Label: words(t, "refresh"), Verb: model.VerbRefresh}}
	for range rapid.IntRange(0, 3).Draw(t, "alerts") {
		h.Alerts = append(h.Alerts, anyText(t, "alert"))
	}
	for range rapid.IntRange(1, 5).Draw(t, "sections") {
		s := view.Section{Title: words(t, "title"), Empty: words(t, "empty")}
		for range rapid.IntRange(0, 15).Draw(t, "rows") {
			link := rapid.SampledFrom([]string{
				"", "https://home.slack.com/archives/C0INFRA/p1", "javascript:alert(1)",
				"https://x/" + strings.Repeat("y", 4000),
			}).Draw(t, "link")
			s.Rows = append(s.Rows, view.HomeRow{
				Name: words(t, "name"), Text: anyText(t, "row"), Link: link,
				Open: rapid.SampledFrom([]string{"", "Open"}).Draw(t, "open"),
			})
			if rapid.Bool().Draw(t, "approve") {
				r := &s.Rows[len(s.Rows)-1]
				r.ID, r.Rev = "7K3Q", int64(len(h.Sections)*100+len(s.Rows))
				r.Approve = view.Button{Label: "Approve", Verb: model.VerbApprove, Confirm: &view.Confirm{
					Title: words(t, "asks"), Text: words(t, "says"), Yes: words(t, "yes"), No: words(t, "no"), Danger: true,
				}}
				r.Lines = []view.Text{anyText(t, "line")}
			}
		}
		s.Total = len(s.Rows) + rapid.IntRange(0, 1000).Draw(t, "more")
		h.Sections = append(h.Sections, s)
	}
	return h
}

func TestEveryHomeIsDrawnWithinSlacksLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyHome(t)
		v := HomeTab(h, func(r view.HomeRow) string { return r.ID })
		if bad := fakeslack.CheckView(v); len(bad) > 0 {
			t.Fatal(bad)
		}
		if err := CheckHome(v); err != nil {
			t.Fatalf("it would not be shown: %v", err)
		}
	})
}
