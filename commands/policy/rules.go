package policy

import (
	"fmt"
	"strings"
	"time"

	"twokey/commands/reinstall"
)

// match reads what a rule selects.
func (r *reader) match(path string, y matchYAML, out *reinstall.Rule, head reinstall.Policy) {
	if len(y.Tags) == 0 && y.Name == nil && y.Regions == nil && y.Accounts == nil && y.PlatformChange == nil {
		r.wrong(path, "a rule that names nothing would match nothing; name at least one of tags, name, regions, accounts, platform_change")
	}
	out.Tags, out.PlatformChange = y.Tags, y.PlatformChange
	if y.Name != nil {
		out.Name = *y.Name
		if err := reinstall.CheckPattern(out.Name); err != nil || strings.TrimSpace(out.Name) == "" {
			r.wrong(path+".name", "%q is no pattern of names; write a name such as web-01, or web-* for all that begin so", out.Name)
		}
	}
	known := map[string]bool{}
	for _, a := range head.Accounts {
		known["account "+a.Name] = true
		for _, region := range a.Regions {
			known["region "+region] = true
		}
	}
	list := func(key, kind string, names *[]string) []string {
		if names == nil {
			return nil
		}
		if len(*names) == 0 {
			r.wrong(path+"."+key, "no %s is named; name at least one, or leave it out", kind)
		}
		for i, n := range *names {
			if !known[kind+" "+n] {
				r.wrong(fmt.Sprintf("%s.%s[%d]", path, key, i), "no account of this file has the %s %q, so the rule could never match", kind, n)
			}
		}
		return *names
	}
	out.Regions, out.Accounts = list("regions", "region", y.Regions), list("accounts", "account", y.Accounts)
}

// quorum reads the seats that must be filled.
func (r *reader) quorum(path string, y termsYAML, out *reinstall.Rule) {
	if y.Quorum == nil {
		return
	}
	if y.Approvers != nil || y.Approvals != nil {
		r.wrong(path+".quorum", "a quorum says who approves and how many; leave approvers and approvals out beside it")
	}
	var seats []reinstall.Seat
	for i, s := range *y.Quorum {
		at := fmt.Sprintf("%s.quorum[%d]", path, i)
		seat := reinstall.Seat{People: reinstall.People{Groups: s.Groups, Users: s.Users}, Approvals: or(s.Approvals, 1)}
		if seat.Empty() {
			r.wrong(at, "nobody is named; name groups or users")
		}
		r.approvals(at+".approvals", seat.Approvals)
		seats = append(seats, seat)
	}
	if n := reinstall.Total(seats); len(seats) == 0 {
		r.wrong(path+".quorum", "nobody is named, so nothing could ever be approved; name at least one group or user")
	} else if n > reinstall.MostApprovals {
		r.wrong(path+".quorum", "it asks for %d approvals in all; at most %d", n, reinstall.MostApprovals)
	}
	out.Quorum = &seats
}

// approvals checks how many are asked for.
func (r *reader) approvals(path string, n int) {
	if n < 1 || n > reinstall.MostApprovals {
		r.wrong(path, "%d is not a number from 1 to %d", n, reinstall.MostApprovals)
	}
}

// calendar reads when calls may go out; zone is the head's, for a rule.
func (r *reader) calendar(path string, y termsYAML, zone string, out *reinstall.Rule) {
	if y.Timezone != nil {
		zone, out.Zone = *y.Timezone, y.Timezone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" || zone == "" {
		if y.Timezone != nil {
			r.wrong(path+".timezone", "%q is no time zone; write it like Asia/Shanghai or UTC", zone)
		}
		loc = time.UTC
	}
	if y.Open != nil {
		open := []reinstall.Window{}
		for i, s := range *y.Open {
			w, err := reinstall.ParseWindow(s)
			if err != nil {
				r.wrong(fmt.Sprintf("%s.open[%d]", path, i), "%v", err)
			}
			open = append(open, w)
		}
		out.Open = &open
	}
	if y.Closed != nil {
		closed := []reinstall.Closure{}
		for i, s := range *y.Closed {
			closed = append(closed, r.closure(fmt.Sprintf("%s.closed[%d]", path, i), s, loc))
		}
		out.Closed = &closed
	}
}

// closure reads from and to. A date alone means its whole day, also as the last.
func (r *reader) closure(path string, y shutYAML, loc *time.Location) reinstall.Closure {
	from, _, ok := moment(y.From, loc)
	to, day, ok2 := moment(y.To, loc)
	if day {
		to = to.AddDate(0, 0, 1)
	}
	if y.From == "" || y.To == "" {
		r.wrong(path, "a closure has from and to, each a date or a time")
	}
	const form = "%q is no date and no time; write it like 2026-12-24 or 2026-12-24 18:00"
	if y.From != "" && !ok {
		r.wrong(path+".from", form, y.From)
	}
	if y.To != "" && !ok2 {
		r.wrong(path+".to", form, y.To)
	}
	if ok && ok2 && !from.Before(to) {
		r.wrong(path+".to", "it ends at %s, before it begins", y.To)
	}
	return reinstall.Closure{From: from.UTC(), To: to.UTC(), Why: y.Why}
}

// moment reads a date, a local time, or a time with its own offset.
func moment(s string, loc *time.Location) (t time.Time, day, ok bool) {
	for _, form := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.DateTime, "2006-01-02T15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, loc); err == nil {
			return t, form == time.DateOnly, true
		}
	}
	return time.Time{}, false, false
}
