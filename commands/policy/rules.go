package policy

import (
	"fmt"
	"strings"
	"time"

	"twokey/commands/reinstall/model"
)

// readMatch reads what a rule selects.
func (r *reader) readMatch(path string, y matchYAML, out *model.Rule, head model.Policy) {
	if len(y.Tags) == 0 && y.Name == nil && y.Regions == nil && y.Accounts == nil && y.PlatformChange == nil {
		r.addMistake(path, "a rule that names nothing would match nothing; name at least one of tags, name, "+
			"regions, accounts, platform_change")
	}
	out.Tags, out.PlatformChange = y.Tags, y.PlatformChange
	if y.Name != nil {
		out.Name = *y.Name
		if err := model.CheckPattern(out.Name); err != nil || strings.TrimSpace(out.Name) == "" {
			r.addMistake(path+".name", "%q is not a pattern of names; write a name such as web-01, or web-* for all "+
				"that begin so", out.Name)
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
			r.addMistake(path+"."+key, "no %s is named; name at least one, or leave it out", kind)
		}
		for i, n := range *names {
			if !known[kind+" "+n] {
				r.addMistake(fmt.Sprintf("%s.%s[%d]", path, key, i),
					"no account of this file has the %s %q, so the rule could never match", kind, n)
			}
		}
		return *names
	}
	out.Regions, out.Accounts = list("regions", "region", y.Regions), list("accounts", "account", y.Accounts)
}

// readQuorum reads the seats that must be filled.
func (r *reader) readQuorum(path string, y termsYAML, out *model.Rule) {
	if y.Quorum == nil {
		return
	}
	if y.Approvers != nil || y.Approvals != nil {
		r.addMistake(path+".quorum", "a quorum says who approves and how many; leave approvers and approvals out "+
			"beside it")
	}
	var seats []model.Seat
	for i, s := range *y.Quorum {
		at := fmt.Sprintf("%s.quorum[%d]", path, i)
		seat := model.Seat{People: model.People{Groups: s.Groups, Users: s.Users}, Approvals: valueOr(s.Approvals, 1)}
		if seat.Empty() {
			r.addMistake(at, "nobody is named; name groups or users")
		}
		r.checkApprovals(at+".approvals", seat.Approvals)
		seats = append(seats, seat)
	}
	if n := model.ApprovalsOfSeats(seats); len(seats) == 0 {
		r.addMistake(path+".quorum", "nobody is named, so nothing could ever be approved; name at least one group "+
			"or user")
	} else if n > model.MostApprovals {
		r.addMistake(path+".quorum", "it asks for %d approvals in all; at most %d", n, model.MostApprovals)
	}
	out.Quorum = &seats
}

// checkApprovals checks how many are asked for.
func (r *reader) checkApprovals(path string, n int) {
	if n < 1 || n > model.MostApprovals {
		r.addMistake(path, "%d is not a number from 1 to %d", n, model.MostApprovals)
	}
}

// readCalendar reads when calls may go out; zone is the head's, for a rule.
func (r *reader) readCalendar(path string, y termsYAML, zone string, out *model.Rule) {
	if y.Timezone != nil {
		zone, out.Zone = *y.Timezone, y.Timezone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" || zone == "" {
		if y.Timezone != nil {
			r.addMistake(path+".timezone", "%q is not a time zone; write it like Asia/Shanghai or UTC", zone)
		}
		loc = time.UTC
	}
	if y.Open != nil {
		open := []model.Window{}
		for i, s := range *y.Open {
			w, err := model.ParseWindow(s)
			if err != nil {
				r.addMistake(fmt.Sprintf("%s.open[%d]", path, i), "%v", err)
			}
			open = append(open, w)
		}
		out.Open = &open
	}
	if y.Closed != nil {
		closed := []model.Closure{}
		for i, s := range *y.Closed {
			closed = append(closed, r.readClosure(fmt.Sprintf("%s.closed[%d]", path, i), s, loc))
		}
		out.Closed = &closed
	}
}

// readClosure reads from and to. A date alone means its whole day, also as the last.
func (r *reader) readClosure(path string, y shutYAML, loc *time.Location) model.Closure {
	from, _, ok := parseMoment(y.From, loc)
	to, day, ok2 := parseMoment(y.To, loc)
	if day {
		to = to.AddDate(0, 0, 1)
	}
	if y.From == "" || y.To == "" {
		r.addMistake(path, "a closure has from and to, each a date or a time")
	}
	const form = "%q is not a date or a time; write it like 2026-12-24 or 2026-12-24 18:00"
	if y.From != "" && !ok {
		r.addMistake(path+".from", form, y.From)
	}
	if y.To != "" && !ok2 {
		r.addMistake(path+".to", form, y.To)
	}
	if ok && ok2 && !from.Before(to) {
		r.addMistake(path+".to", "it ends at %s, before it begins", y.To)
	}
	return model.Closure{From: from.UTC(), To: to.UTC(), Why: y.Why}
}

// parseMoment reads a date, a local time, or a time with its own offset.
func parseMoment(s string, loc *time.Location) (t time.Time, day, ok bool) {
	for _, form := range []string{
		time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.DateTime,
		"2006-01-02T15:04:05", time.RFC3339,
	} {
		if t, err := time.ParseInLocation(form, s, loc); err == nil {
			return t, form == time.DateOnly, true
		}
	}
	return time.Time{}, false, false
}
