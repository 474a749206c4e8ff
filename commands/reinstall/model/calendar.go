package model

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Calendar says when calls may go out. The zero value is: always.
type Calendar struct {
	Zone   string    `json:"zone,omitempty"` // IANA name; empty: UTC
	Open   []Window  `json:"open,omitempty"` // empty: always, except for what is closed
	Closed []Closure `json:"closed,omitempty"`
}

// Window is open each week on some days, by the wall clock of the calendar's zone. If
// To is not after From, it ends on the next day.
type Window struct {
	Days     [7]bool // by time.Weekday
	From, To int     // minutes since midnight; To at most 24 h
}

// Closure is closed once, from From until just before To.
type Closure struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  string    `json:"why,omitempty"`
}

// A Pause is why calls may not go out now, and from when on they may.
type Pause struct {
	Why  string    // a clause: "reinstalls are not allowed now: holidays"
	Next time.Time // zero: no opening is known
}

// Always reports whether the calendar never closes.
func (c Calendar) Always() bool { return len(c.Open) == 0 && len(c.Closed) == 0 }

// PauseAt returns nil if calls may go out at t. A zone that cannot be loaded closes
// for good: a failed check counts as no.
func (c Calendar) PauseAt(t time.Time) *Pause {
	if c.Always() {
		return nil
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return &Pause{Why: "reinstalls are not allowed now: the time zone " + Quote(c.Zone) + " is not known here"}
	}
	shut := c.closureAt(t)
	if shut == nil && c.inWindow(t, zone) {
		return nil
	}
	p := &Pause{Why: "reinstalls are not allowed now: they are open " + c.windowsText()}
	if shut != nil {
		p.Why = "reinstalls are not allowed now"
		if shut.Why != "" {
			p.Why += ": " + shut.Why
		}
	}
	p.Next = c.nextOpening(t, zone)
	return p
}

// closureAt is the closure that t lies in, or nil.
func (c Calendar) closureAt(t time.Time) *Closure {
	i := slices.IndexFunc(c.Closed, func(x Closure) bool { return !t.Before(x.From) && t.Before(x.To) })
	if i < 0 {
		return nil
	}
	return &c.Closed[i]
}

// inWindow reports whether t lies in a window. One that began yesterday may still be
// open. If clocks are set at midnight, tomorrow's may be open already.
func (c Calendar) inWindow(t time.Time, zone *time.Location) bool {
	if len(c.Open) == 0 {
		return true
	}
	y, m, d := t.In(zone).Date()
	for _, w := range c.Open {
		for _, day := range []int{d - 1, d, d + 1} {
			if from, to, ok := w.openingOn(y, m, day, zone); ok && !t.Before(from) && t.Before(to) {
				return true
			}
		}
	}
	return false
}

// openingOn is the window's opening on a day. On a day on which clocks are set,
// time.Date decides which moment a wall clock's time is.
func (w Window) openingOn(y int, m time.Month, d int, zone *time.Location) (from, to time.Time, ok bool) {
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Weekday()
	end := d
	if w.To <= w.From {
		end++
	}
	return time.Date(y, m, d, 0, w.From, 0, 0, zone), time.Date(y, m, end, 0, w.To, 0, 0, zone), w.Days[day]
}

// nextOpening is the first moment from t on that is open; zero: there is none. Each
// closure is left once at most, so the search ends.
func (c Calendar) nextOpening(t time.Time, zone *time.Location) time.Time {
	for range 2*len(c.Closed) + 2 {
		switch shut := c.closureAt(t); {
		case shut != nil:
			t = shut.To
		case c.inWindow(t, zone):
			return t
		default:
			begins, ok := c.nextWindowStart(t, zone)
			if !ok {
				return time.Time{}
			}
			t = begins
		}
	}
	return time.Time{}
}

// nextWindowStart is the first beginning of a window after t. The setting of clocks
// may leave a window no time on its day. Then the weeks after are searched. A place
// may also leave out a whole day: then the order of the days is not that of the
// moments.
func (c Calendar) nextWindowStart(t time.Time, zone *time.Location) (first time.Time, ok bool) {
	y, m, d := t.In(zone).Date()
	for day := d - 1; day <= d+21; day++ {
		for _, w := range c.Open {
			from, to, on := w.openingOn(y, m, day, zone)
			if on && from.After(t) && from.Before(to) && (!ok || from.Before(first)) {
				first, ok = from, true
			}
		}
	}
	return first, ok
}

// windowsText words the windows.
func (c Calendar) windowsText() string {
	var out []string
	for _, w := range c.Open {
		out = append(out, w.String())
	}
	return strings.Join(out, ", ") + ", " + c.zoneName() + " time"
}

func (c Calendar) zoneName() string {
	if c.Zone == "" {
		return "UTC"
	}
	return c.Zone
}

// String words the calendar; empty for one that never closes.
func (c Calendar) String() string {
	var out []string
	if len(c.Open) > 0 {
		out = append(out, "open "+c.windowsText())
	}
	for _, x := range c.Closed {
		s := "closed from " + FormatTime(x.From) + " until " + FormatTime(x.To)
		if x.Why != "" {
			s += " (" + x.Why + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

var days = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

// String is the window as the policy file has it: "Mon-Fri 09:00-17:00".
func (w Window) String() string {
	hours := formatHours(w.From, w.To)
	if w.Days == [7]bool{true, true, true, true, true, true, true} {
		return hours
	}
	var out []string
	for i := 1; i <= 7; i++ { // from Monday
		if !w.Days[i%7] {
			continue
		}
		last := i
		for last < 7 && w.Days[(last+1)%7] {
			last++
		}
		switch last - i {
		case 0, 1:
			out = append(out, days[i%7])
			last = i
		default:
			out = append(out, days[i%7]+"-"+days[last%7])
		}
		i = last
	}
	return strings.Join(out, ",") + " " + hours
}

// formatHours writes minutes since midnight as the policy file does: "09:00-17:00".
func formatHours(from, to int) string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, to/60, to%60)
}

// MarshalText and UnmarshalText keep it in a record as people write it.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (w *Window) UnmarshalText(b []byte) (err error) {
	*w, err = ParseWindow(string(b))
	return err
}

// ParseWindow reads days and hours, such as "Mon-Fri 09:00-17:00", "Sat,Sun
// 10:00-12:00" or, for every day, "22:00-06:00".
func ParseWindow(s string) (Window, error) {
	var w Window
	f := strings.Fields(s)
	if len(f) == 1 {
		f = []string{"Mon-Sun", f[0]}
	}
	if len(f) != 2 {
		return w, fmt.Errorf("%q is not a window; write it like Mon-Fri 09:00-17:00", s)
	}
	for part := range strings.SplitSeq(f[0], ",") {
		first, last, isRange := strings.Cut(part, "-")
		a, b := parseWeekday(first), parseWeekday(last)
		if !isRange {
			b = a
		}
		if a < 0 || b < 0 {
			return w, fmt.Errorf("%q names no days; use Mon, Tue, Wed, Thu, Fri, Sat, Sun, such as Mon-Fri or Sat,Sun",
				f[0])
		}
		for i := a; ; i = (i + 1) % 7 {
			w.Days[i] = true
			if i == b {
				break
			}
		}
	}
	from, to, _ := strings.Cut(f[1], "-")
	var ok, ok2 bool
	w.From, ok = parseClock(from)
	w.To, ok2 = parseClock(to)
	if !ok || !ok2 || w.From == 24*60 || w.From == w.To {
		return w, fmt.Errorf("%q is not a time of day from one to another; write it like 09:00-17:00", f[1])
	}
	return w, nil
}

func parseWeekday(s string) int {
	return slices.IndexFunc(days, func(d string) bool { return strings.EqualFold(d, s) })
}

// parseClock reads 00:00 to 24:00 as minutes.
func parseClock(s string) (int, bool) {
	var h, m int
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for i, c := range []byte(s) {
		if i != 2 && (c < '0' || c > '9') {
			return 0, false
		}
	}
	h, m = int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, m < 60 && h*60+m <= 24*60
}
