package model_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

func TestQuietHoursEndInTheMorningOfTheirZone(t *testing.T) {
	shanghai := model.QuietHours{From: 22 * 60, To: 7 * 60, Zone: "Asia/Shanghai"}
	noon := model.QuietHours{From: 12 * 60, To: 13*60 + 30}
	for _, c := range []struct {
		q         model.QuietHours
		from, end string
	}{
		{shanghai, "2026-11-24T21:59:59+08:00", "2026-11-24T21:59:59+08:00"},
		{shanghai, "2026-11-24T22:00:00+08:00", "2026-11-25T07:00:00+08:00"},
		{shanghai, "2026-12-31T23:30:00+08:00", "2027-01-01T07:00:00+08:00"},
		{shanghai, "2026-11-24T06:59:59+08:00", "2026-11-24T07:00:00+08:00"},
		{shanghai, "2026-11-24T07:00:00+08:00", "2026-11-24T07:00:00+08:00"},
		{noon, "2026-11-24T11:59:00Z", "2026-11-24T11:59:00Z"},
		{noon, "2026-11-24T12:00:00Z", "2026-11-24T13:30:00Z"},
		{noon, "2026-11-24T13:30:00Z", "2026-11-24T13:30:00Z"},
		{
			model.QuietHours{From: 60, To: 150, Zone: "Europe/Amsterdam"},
			"2027-03-28T01:30:00+01:00",
			"2027-03-28T03:30:00+02:00",
		},
		{model.QuietHours{}, "2026-11-24T03:00:00Z", "2026-11-24T03:00:00Z"},
		{model.QuietHours{To: 60, Zone: "Nowhere/Land"}, "2026-11-24T00:30:00Z", "2026-11-24T00:30:00Z"},
	} {
		if got := c.q.NextAllowed(instant(t, c.from)); !got.Equal(instant(t, c.end)) {
			t.Errorf("%+v from %s: %s, not %s", c.q, c.from, got, c.end)
		}
	}
}

func TestNoMomentOfQuietHoursIsEverCalledIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := model.QuietHours{
			From: rapid.IntRange(0, 1439).Draw(t, "from"), To: rapid.IntRange(0, 1439).Draw(t, "to"),
			Zone: rapid.SampledFrom([]string{
				"", "Asia/Shanghai", "Asia/Kolkata", "Europe/Amsterdam",
				"America/St_Johns",
			}).Draw(t, "zone"),
		}
		from := now.Add(time.Duration(rapid.IntRange(0, 366*24*3600).Draw(t, "seconds")) * time.Second)
		at := q.NextAllowed(from)
		if at.Before(from) || at.Sub(from) > 26*time.Hour {
			t.Fatalf("from %s: %s", from, at)
		}
		if again := q.NextAllowed(at); again.Sub(at) > time.Hour { // an hour that comes twice may be quiet twice
			t.Fatalf("%s is quiet still, until %s", at, again)
		}
	})
}
