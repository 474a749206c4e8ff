package model_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

var zones = []string{
	"", "Asia/Shanghai", "Europe/Amsterdam", "America/New_York", "America/Sao_Paulo",
	"Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
}

// anyMoment is near a change of clocks half of the time.
func anyMoment(t *rapid.T, what string) time.Time {
	base := instant(t, rapid.SampledFrom([]string{
		"2026-11-24T03:00:00Z",
		"2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z", // Amsterdam
		"2026-03-08T06:00:00Z", "2026-11-01T05:00:00Z", // New York
		"2018-11-04T02:00:00Z", "2018-02-18T01:00:00Z", // Sao Paulo, at midnight
		"2011-12-30T09:00:00Z", // Apia leaves a whole day out
	}).Draw(t, what+" near"))
	return base.Add(time.Duration(rapid.IntRange(-10*1440, 10*1440).Draw(t, what+" minutes")) * time.Minute)
}

func anyWindow(t *rapid.T) model.Window {
	var w model.Window
	for i := range w.Days {
		w.Days[i] = rapid.Bool().Draw(t, "day")
	}
	w.Days[rapid.IntRange(0, 6).Draw(t, "one day")] = true
	w.From = rapid.IntRange(0, 1439).Draw(t, "from")
	w.To = rapid.IntRange(0, 1440).Filter(func(m int) bool { return m != w.From }).Draw(t, "to")
	return w
}

func anyCalendar(t *rapid.T) model.Calendar {
	c := model.Calendar{Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
	for range rapid.IntRange(0, 3).Draw(t, "windows") {
		c.Open = append(c.Open, anyWindow(t))
	}
	for range rapid.IntRange(0, 3).Draw(t, "closures") {
		from := anyMoment(t, "closed")
		c.Closed = append(c.Closed, model.Closure{
			From: from,
			To:   from.Add(time.Duration(rapid.IntRange(1, 5*1440).Draw(t, "for")) * time.Minute),
		})
	}
	return c
}

func TestTheNextOpeningIsOpenAndNothingBeforeItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := anyCalendar(t), anyMoment(t, "now")
		p := c.PauseAt(at)
		if p == nil {
			return
		}
		if p.Next.IsZero() {
			t.Fatalf("%s never opens after %s", c, at)
		}
		if !p.Next.After(at) || c.PauseAt(p.Next) != nil {
			t.Fatalf("%s: at %s the next opening is %s, and then it is not open", c, at, p.Next)
		}
		for probe := at; probe.Before(p.Next); probe = probe.Add(max(p.Next.Sub(at)/200, time.Minute)) {
			if c.PauseAt(probe) == nil {
				t.Fatalf("%s: at %s the next opening is %s, but it is open at %s", c, at, p.Next, probe)
			}
		}
		if c.PauseAt(p.Next.Add(-time.Second)) == nil {
			t.Fatalf("%s: it is open before %s", c, p.Next)
		}
	})
}

func TestNothingIsOpenInAClosureOrOutsideTheHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := anyCalendar(t), anyMoment(t, "now")
		if c.PauseAt(at) != nil {
			return
		}
		for _, x := range c.Closed {
			if !at.Before(x.From) && at.Before(x.To) {
				t.Fatalf("%s is open at %s", c, at)
			}
		}
		c.Closed = nil
		for i := range c.Open {
			c.Open[i].Days = [7]bool{}
		}
		if len(c.Open) > 0 && c.PauseAt(at) == nil {
			t.Fatalf("open on no day at all")
		}
	})
}

func TestAWindowIsReadAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyWindow(t)
		if got := window(t, w.String()); got != w {
			t.Fatalf("%q became %q", w, got)
		}
	})
	for s, want := range map[string]string{
		"mon-fri 09:00-17:00": "Mon-Fri 09:00-17:00", "Fri-Mon 10:00-24:00": "Mon,Fri-Sun 10:00-24:00",
		"22:00-06:00": "22:00-06:00", "Sat,Sun 00:00-24:00": "Sat,Sun 00:00-24:00",
	} {
		if got := window(t, s).String(); got != want {
			t.Errorf("%q became %q", s, got)
		}
	}
	for _, s := range []string{
		"", "Mon", "Mon 9-17", "Mon 09:00-25:00", "Mon 09:60-10:00", "Mon 09:00-09:00",
		"Mon-Fry 09:00-17:00", "Mon 24:00-01:00", "Mon 09:00-17:00 UTC", "Mon,, 09:00-17:00",
	} {
		if _, err := model.ParseWindow(s); err == nil {
			t.Errorf("%q was read", s)
		}
	}
}

func TestTheCallsOpenByTheWallClockAlsoWhereItIsSet(t *testing.T) {
	for name, c := range map[string]struct {
		zone, open, now, next string // next empty: it is open
	}{
		"in the hours":        {"Asia/Shanghai", "Mon-Fri 09:00-17:00", "2026-11-24T03:00:00Z", ""},
		"at the first moment": {"Asia/Shanghai", "Mon-Fri 09:00-17:00", "2026-11-24T01:00:00Z", ""},
		"at the last one": {
			"Asia/Shanghai", "Mon-Fri 09:00-17:00", "2026-11-24T09:00:00Z",
			"2026-11-25T01:00:00Z",
		},
		"on Friday evening": {
			"Asia/Shanghai", "Mon-Fri 09:00-17:00", "2026-11-27T12:00:00Z",
			"2026-11-30T01:00:00Z",
		},
		"Friday there, Thursday here": {"Pacific/Auckland", "Fri 00:00-06:00", "2026-11-26T12:00:00Z", ""},
		"over midnight":               {"", "Mon 22:00-06:00", "2026-11-24T05:59:00Z", ""},
		"over midnight, a day later":  {"", "Mon 22:00-06:00", "2026-11-25T05:59:00Z", "2026-11-30T22:00:00Z"},
		"the night clocks go forward": {
			"Europe/Amsterdam", "09:00-17:00", "2026-03-29T01:30:00Z",
			"2026-03-29T07:00:00Z",
		},
		"the night clocks go back": {
			"Europe/Amsterdam", "09:00-17:00", "2026-10-25T01:30:00Z",
			"2026-10-25T08:00:00Z",
		},
		"the day before they go forth": {
			"America/New_York", "Sun 09:00-17:00", "2026-03-07T18:00:00Z",
			"2026-03-08T13:00:00Z",
		},
	} {
		cal := model.Calendar{Zone: c.zone, Open: []model.Window{window(t, c.open)}}
		p := cal.PauseAt(instant(t, c.now))
		if (p == nil) != (c.next == "") || p != nil && !p.Next.Equal(instant(t, c.next)) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestAZoneThatIsNotKnownClosesForGood(t *testing.T) {
	c := model.Calendar{Zone: "Asia/Nowhere", Open: []model.Window{window(t, "00:00-24:00")}}
	if p := c.PauseAt(now); p == nil || !p.Next.IsZero() || !strings.Contains(p.Why, "Asia/Nowhere") {
		t.Errorf("%+v", p)
	}
}

func TestACalendarIsKeptInARecordAndOlderRecordsHaveNone(t *testing.T) {
	tm := modeltest.Terms(1)
	old, err := json.Marshal(tm)
	if err != nil || strings.Contains(string(old), "calendar") || strings.Contains(string(old), "quorum") {
		t.Errorf("%s, %v", old, err)
	}
	tm.Calendar = model.Calendar{
		Zone: "Asia/Shanghai", Open: []model.Window{window(t, "Mon-Fri 09:00-17:00")},
		Closed: []model.Closure{{From: now, To: now.Add(time.Hour), Why: "holidays"}},
	}
	tm.Quorum = []model.Seat{{People: model.People{Groups: []string{"S0A"}}, Approvals: 1}}
	b, err := json.Marshal(tm)
	var got model.Terms
	if err != nil || json.Unmarshal(b, &got) != nil || !reflect.DeepEqual(got, tm) {
		t.Errorf("%s became %+v, %v", b, got, err)
	}
}
