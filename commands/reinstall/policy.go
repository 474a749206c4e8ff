package reinstall

import (
	"maps"
	"strings"
	"time"
)

// Policy is the operator's say: who may ask, who must agree, and on what
// terms. The policy file is read in package commands; here are its rules.
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
	Around       map[string]Weight // by a sight's code
	Price        bool              // a price must be quoted
	Market       bool              // marketplace images only warn
	IgnoreTags   []string          // keys that jobs rewrite: not compared, if nothing hangs on them
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
	Asking       Asking        `json:"asking,omitzero"`
	Forbid       string        `json:"forbid,omitempty"`
	// Price: a price afterwards that is not known blocks. Market: a marketplace
	// image that the machine does not run warns, and does not block.
	Price  bool `json:"price,omitempty"`
	Market bool `json:"market,omitempty"`

	// IgnoreTags are keys of tags that may change without taking a key back.
	IgnoreTags []string `json:"ignore_tags,omitempty"`

	Around map[string]Weight `json:"around,omitempty"`
	// Owed are the sights for which Approvals has one more each.
	Owed []string `json:"owed,omitempty"`
}

// For returns the terms for a subject: the policy's values, replaced by the
// first rule that matches. A rule that forbids counts wherever it stands: no
// earlier rule can lift a protection.
func (p Policy) For(s Subject) Terms {
	t := Terms{
		Approvals: p.Approvals, Approvers: p.Approvers, Quorum: p.Quorum, Calendar: p.Calendar, Backup: p.Backup,
		BackupMaxAge: p.BackupMaxAge, Countdown: p.Countdown, ExpiresAfter: p.ExpiresAfter, Around: p.Around, Asking: p.Asking,
		IgnoreTags: p.ignored(), Price: p.Price, Market: p.Market,
	}
	for _, v := range p.Verdicts(s) {
		r := p.Rules[v.Rule-1]
		if v.Forbids && t.Forbid == "" {
			t.Forbid = r.Forbid
		}
		if !v.Decides {
			continue
		}
		t.Rule = v.Rule
		if r.Approvals != nil || r.Approvers != nil { // they stand for a quorum of their own
			t.Quorum = nil
		}
		set(&t.Approvals, r.Approvals)
		set(&t.Approvers, r.Approvers)
		set(&t.Quorum, r.Quorum)
		set(&t.Calendar.Zone, r.Zone)
		set(&t.Calendar.Open, r.Open)
		set(&t.Calendar.Closed, r.Closed)
		set(&t.Backup, r.Backup)
		set(&t.BackupMaxAge, r.BackupMaxAge)
		set(&t.Countdown, r.Countdown)
		set(&t.ExpiresAfter, r.ExpiresAfter)
		set(&t.Price, r.Price)
		set(&t.Market, r.Market)
		t.Around = merged(t.Around, r.Around)
		t.Asking = r.Asking.Onto(t.Asking).in(r.Zone)
	}
	if len(t.Quorum) > 0 {
		t.Approvals, t.Approvers = Total(t.Quorum), Everybody(t.Quorum)
	}
	if t.Calendar.Always() {
		t.Calendar = Calendar{}
	}
	return t
}

// merged is a with b's entries put over it.
func merged[K comparable, V any](a, b map[K]V) map[K]V {
	if len(b) == 0 {
		return a
	}
	out := map[K]V{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

func set[T any](dst *T, src *T) {
	if src != nil {
		*dst = *src
	}
}

func (t Terms) fields() []Field {
	backup := "optional"
	if t.Backup {
		backup = "required"
	}
	return []Field{
		{"approvals needed", t.approvals()},
		{"approvers", t.owners()},
		{fieldLater, t.Asking.later()},
		{"backup", backup},
		{"backup's greatest age", t.BackupMaxAge.String()},
		{"countdown", t.Countdown.String()},
		{"forbidden", t.Forbid},
		{fieldHours, t.Calendar.String()},
		{fieldIgnored, list(t.IgnoreTags)},
		{fieldPrice, where(t.Price, "required")},
		{fieldMarket, where(t.Market, "warned of")},
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

// where is the word if it holds, and nothing otherwise, as in older records.
func where(holds bool, word string) string {
	if holds {
		return word
	}
	return ""
}

// owners are the approvers, or each seat of a quorum, by id.
func (t Terms) owners() string {
	if len(t.Quorum) == 0 {
		return list(t.Approvers.ids())
	}
	var out []string
	for _, s := range t.Quorum {
		out = append(out, s.String())
	}
	return strings.Join(out, "; ")
}

// Groups lists every user group that the policy names, each once.
func (p Policy) Groups() []string {
	all := People{}.With(p.Approvers).With(p.Proposers).With(p.Asking.EscalateTo).With(Everybody(p.Quorum))
	for _, r := range p.Rules {
		if r.Approvers != nil {
			all = all.With(*r.Approvers)
		}
		if r.Quorum != nil {
			all = all.With(Everybody(*r.Quorum))
		}
		if r.Asking.EscalateTo != nil {
			all = all.With(*r.Asking.EscalateTo)
		}
	}
	return all.Groups
}

// Allows reports whether proposals may be made in the channel.
func (p Policy) Allows(channel string) bool {
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
