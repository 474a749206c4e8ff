package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// approvalsText is how many are needed, as part of the plan.
func (t Terms) approvalsText() string {
	s := fmt.Sprint(t.Approvals)
	if t.Asking.BreakGlass && t.Approvals > 1 {
		s += ", or one less by break-glass"
	}
	return s
}

// Policy is what the operator decides: who may ask, who must agree, and on what terms.
// Package policy reads its file; here are its rules.
type Policy struct {
	Accounts     []Account
	Channels     []string // empty: wherever the bot was invited
	Proposers    People   // empty: every full member
	Approvers    People
	Approvals    int
	Quorum       []Seat // empty: Approvals of the Approvers
	Calendar     Calendar
	Backup       bool // required
	BackupMaxAge time.Duration
	Countdown    time.Duration
	ExpiresAfter time.Duration
	Hold         HoldBy
	Around       map[string]Weight // by the code of what is around
	Price        bool              // a price must be quoted
	Market       bool              // marketplace images only warn
	IgnoreTags   []string          // keys that jobs rewrite: not compared, if nothing depends on them
	Limits       Limits
	Rules        []Rule
	Asking       Asking
	WatchEvery   time.Duration // how often machines of ended proposals are looked at
	Probe        *Probe        // nil: login services are not looked for
}

// Account is one cloud account that the bot may act in.
type Account struct {
	Name     string
	Regions  []string
	Currency string
}

// Limits is the disruption budget of one account; zero means no limit.
type Limits struct {
	AtOnce  int
	PerHour int
	ByTag   []TagLimit // in the order of their tags
}

// Rule replaces values of the policy for the instances it matches. Unset
// values (nil) keep the policy's. Forbid ends a proposal with its sentence.
type Rule struct {
	// What it matches: all that is given must hold; nothing given matches none.
	Tags           map[string]string
	Name           string // a pattern for the whole name, as of path.Match
	Regions        []string
	Accounts       []string
	PlatformChange *bool

	Approvals    *int
	Approvers    *People
	Quorum       *[]Seat // in place of Approvals and Approvers
	Zone         *string
	Open         *[]Window
	Closed       *[]Closure
	Backup       *bool
	BackupMaxAge *time.Duration
	Countdown    *time.Duration
	ExpiresAfter *time.Duration
	Hold         *HoldBy
	Around       map[string]Weight // added to the policy's
	Price        *bool
	Market       *bool
	Asking       AskingRule
	Forbid       string
}

// Terms are the policy's values for one instance. They are part of the plan:
// a change of policy is drift.
type Terms struct {
	Rule         int           `json:"rule"` // 1-based number of the rule that matched; 0: none
	Approvals    int           `json:"approvals"`
	Approvers    People        `json:"approvers"` // all who may turn an approval key
	Quorum       []Seat        `json:"quorum,omitempty"`
	Calendar     Calendar      `json:"calendar,omitzero"`
	Backup       bool          `json:"backup"`
	BackupMaxAge time.Duration `json:"backup_max_age"`
	Countdown    time.Duration `json:"countdown"`
	ExpiresAfter time.Duration `json:"expires_after"`
	Hold         HoldBy        `json:"hold,omitempty"` // no part of the plan's fingerprint
	Asking       Asking        `json:"asking,omitzero"`
	Forbid       string        `json:"forbid,omitempty"`
	// Price: a price afterwards that is not known blocks. Market: a marketplace
	// image that the machine does not run warns, and does not block.
	Price  bool `json:"price,omitempty"`
	Market bool `json:"market,omitempty"`

	// IgnoreTags are keys of tags that may change without taking a key back.
	IgnoreTags []string `json:"ignore_tags,omitempty"`

	Around map[string]Weight `json:"around,omitempty"`
	// OneMoreFor are the codes for which Approvals has one more each.
	OneMoreFor []string `json:"owed,omitempty"`
}

// TermsFor returns the terms for a subject: the policy's values, replaced by the
// first rule that matches. A rule that forbids counts wherever it stands: no
// earlier rule can lift a protection.
func (p Policy) TermsFor(s Subject) Terms {
	t := Terms{
		Approvals: p.Approvals, Approvers: p.Approvers, Quorum: p.Quorum, Calendar: p.Calendar, Backup: p.Backup,
		BackupMaxAge: p.BackupMaxAge, Countdown: p.Countdown, ExpiresAfter: p.ExpiresAfter, Around: p.Around,
		Asking: p.Asking, Hold: p.Hold,
		IgnoreTags: p.ignoredTags(), Price: p.Price, Market: p.Market,
	}
	for _, v := range p.RuleResults(s) {
		r := p.Rules[v.Rule-1]
		if v.Forbids && t.Forbid == "" {
			t.Forbid = r.Forbid
		}
		if !v.Decides {
			continue
		}
		t.Rule = v.Rule
		if r.Approvals != nil || r.Approvers != nil { // they replace a quorum
			t.Quorum = nil
		}
		setIfGiven(&t.Approvals, r.Approvals)
		setIfGiven(&t.Approvers, r.Approvers)
		setIfGiven(&t.Quorum, r.Quorum)
		setIfGiven(&t.Calendar.Zone, r.Zone)
		setIfGiven(&t.Calendar.Open, r.Open)
		setIfGiven(&t.Calendar.Closed, r.Closed)
		setIfGiven(&t.Backup, r.Backup)
		setIfGiven(&t.BackupMaxAge, r.BackupMaxAge)
		setIfGiven(&t.Countdown, r.Countdown)
		setIfGiven(&t.ExpiresAfter, r.ExpiresAfter)
		setIfGiven(&t.Hold, r.Hold)
		setIfGiven(&t.Price, r.Price)
		setIfGiven(&t.Market, r.Market)
		t.Around = mergeMaps(t.Around, r.Around)
		t.Asking = r.Asking.MergeInto(t.Asking).inZone(r.Zone)
	}
	if len(t.Quorum) > 0 {
		t.Approvals, t.Approvers = ApprovalsOfSeats(t.Quorum), PeopleOfSeats(t.Quorum)
	}
	if t.Calendar.Always() {
		t.Calendar = Calendar{}
	}
	return t
}

// mergeMaps is a with b's entries put over it.
func mergeMaps[K comparable, V any](a, b map[K]V) map[K]V {
	if len(b) == 0 {
		return a
	}
	out := map[K]V{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

func setIfGiven[T any](dst *T, src *T) {
	if src != nil {
		*dst = *src
	}
}

func (t Terms) planFields() []Field {
	backup := "optional"
	if t.Backup {
		backup = "required"
	}
	return []Field{
		{"approvals needed", t.approvalsText()},
		{"approvers", t.approversText()},
		{fieldLater, t.Asking.laterApprovers()},
		{"backup", backup},
		{"backup's greatest age", t.BackupMaxAge.String()},
		{"countdown", t.Countdown.String()},
		{"forbidden", t.Forbid},
		{fieldHours, t.Calendar.String()},
		{fieldIgnored, sortedList(t.IgnoreTags)},
		{fieldPrice, wordIf(t.Price, "required")},
		{fieldMarket, wordIf(t.Market, "warned of")},
	}
}

// Fields of the calendar, and of whom an escalation calls in.
const (
	fieldHours = "hours of the calls"
	fieldLater = "approvers after an escalation"
	// fieldIgnored are the tags that are left out.
	fieldIgnored = "tags not compared"
	fieldPrice   = "a price"
	fieldMarket  = "other marketplace images"
)

// wordIf is the word if it holds, and nothing otherwise, as in older records.
func wordIf(holds bool, word string) string {
	if holds {
		return word
	}
	return ""
}

// approversText are the approvers, or each seat of a quorum, by id.
func (t Terms) approversText() string {
	if len(t.Quorum) == 0 {
		return sortedList(t.Approvers.allIDs())
	}
	var out []string
	for _, s := range t.Quorum {
		out = append(out, s.String())
	}
	return strings.Join(out, "; ")
}

// Groups lists every user group that the policy names, each once.
func (p Policy) Groups() []string {
	all := People{}.With(p.Approvers).With(p.Proposers).With(p.Asking.EscalateTo).With(PeopleOfSeats(p.Quorum))
	for _, r := range p.Rules {
		if r.Approvers != nil {
			all = all.With(*r.Approvers)
		}
		if r.Quorum != nil {
			all = all.With(PeopleOfSeats(*r.Quorum))
		}
		if r.Asking.EscalateTo != nil {
			all = all.With(*r.Asking.EscalateTo)
		}
	}
	return all.Groups
}

// AllowsChannel reports whether proposals may be made in the channel.
func (p Policy) AllowsChannel(channel string) bool {
	if len(p.Channels) == 0 {
		return true
	}
	for _, c := range p.Channels {
		if c == channel {
			return true
		}
	}
	return false
}

// None reports whether nothing is limited.
func (l Limits) None() bool { return l.AtOnce == 0 && l.PerHour == 0 && len(l.ByTag) == 0 }

// LimitsFor lists the limits that hold for a machine with these tags: the account's
// first, with an empty tag, then those of its tags.
func (l Limits) LimitsFor(tags map[string]string) []TagLimit {
	out := []TagLimit{{AtOnce: l.AtOnce, PerHour: l.PerHour}}
	for _, t := range l.ByTag {
		k, v, _ := strings.Cut(t.Tag, "=")
		if got, ok := tags[k]; ok && got == v {
			out = append(out, t)
		}
	}
	return out
}

// SlotSeats are the quorum, place by place: the number of its seat. Approvals that
// the terms ask for beyond the quorum are open to every approver.
func (t Terms) SlotSeats() []int {
	var out []int
	for i, s := range t.Quorum {
		for range s.Approvals {
			out = append(out, i)
		}
	}
	for len(out) < t.Approvals {
		out = append(out, openSeat)
	}
	return out
}

// FillSlots seats the people whose approvals count. The order is the policy's.
func (t Terms) FillSlots(order []string, may map[string][]int) []Slot {
	places := t.SlotSeats()
	by := MatchSlots(places, may, order)
	named := func(i int) People {
		if places[i] == openSeat {
			return t.Approvers
		}
		return t.Quorum[places[i]].People
	}
	out := make([]Slot, len(places))
	for i := range places {
		out[i] = Slot{People: named(i), By: by[i]}
		if by[i] != "" {
			continue
		}
		for _, j := range reachableSlots(places, may, by, i) {
			out[i].Candidates = out[i].Candidates.With(named(j))
		}
	}
	return out
}

// AllSeats are the numbers of a quorum's seats.
func (t Terms) AllSeats() []int {
	out := make([]int, len(t.Quorum))
	for i := range out {
		out[i] = i
	}
	return out
}

// MostFilled is how many places these people could fill at most; may are the seats
// of each.
func (t Terms) MostFilled(may map[string][]int) int {
	n := 0
	for _, who := range MatchSlots(t.SlotSeats(), may, slices.Sorted(maps.Keys(may))) {
		if who != "" {
			n++
		}
	}
	return n
}

// LaterApprovers are those who may approve after an escalation; nobody if there is
// none.
func (t Terms) LaterApprovers() People {
	if !t.Asking.HasEscalation() {
		return People{}
	}
	return t.Asking.EscalateTo
}

// PossibleApprovers are all who may approve under these terms, now or later.
func (t Terms) PossibleApprovers() People { return t.Approvers.With(t.LaterApprovers()) }

// NotifiesDirectly reports whether anybody gets direct messages, by the head of the
// policy or by a rule.
func (p Policy) NotifiesDirectly() bool {
	if p.Asking.Notify.Directly() {
		return true
	}
	for _, r := range p.Rules {
		if r.Asking.Notify != nil && r.Asking.Notify.Directly() {
			return true
		}
	}
	return false
}
