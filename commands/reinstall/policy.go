package reinstall

import (
	"fmt"
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
	Backup       bool // required
	BackupMaxAge time.Duration
	Countdown    time.Duration
	ExpiresAfter time.Duration
	Limits       Limits
	Rules        []Rule
	WatchEvery   time.Duration // how often machines of ended proposals are looked at
}

// Account is one cloud account that the bot may act in.
type Account struct {
	Name     string
	Regions  []string
	Currency string
}

// People are user groups and users, by id.
type People struct {
	Groups []string `json:"groups,omitempty"`
	Users  []string `json:"users,omitempty"`
}

// Empty reports whether nobody is named.
func (p People) Empty() bool { return len(p.Groups) == 0 && len(p.Users) == 0 }

// Limits is the disruption budget of one account; zero means no limit.
type Limits struct {
	AtOnce  int
	PerHour int
}

// Rule replaces values of the policy for the instances it matches. Unset
// values (nil) keep the policy's. Forbid ends a proposal with its sentence.
type Rule struct {
	Tags         map[string]string // all must match
	Approvals    *int
	Approvers    *People
	Backup       *bool
	BackupMaxAge *time.Duration
	Countdown    *time.Duration
	ExpiresAfter *time.Duration
	Forbid       string
}

// Terms are the policy's values for one instance. They are part of the plan:
// a change of policy is drift.
type Terms struct {
	Rule         int           `json:"rule"` // 1-based number of the rule that matched; 0: none
	Approvals    int           `json:"approvals"`
	Approvers    People        `json:"approvers"`
	Backup       bool          `json:"backup"`
	BackupMaxAge time.Duration `json:"backup_max_age"`
	Countdown    time.Duration `json:"countdown"`
	ExpiresAfter time.Duration `json:"expires_after"`
	Forbid       string        `json:"forbid,omitempty"`
}

// For returns the terms for an instance with these tags: the policy's values,
// replaced by the first rule that matches. A rule that forbids counts wherever
// it stands: no earlier rule can lift a protection.
func (p Policy) For(tags map[string]string) Terms {
	t := Terms{
		Approvals: p.Approvals, Approvers: p.Approvers, Backup: p.Backup, BackupMaxAge: p.BackupMaxAge,
		Countdown: p.Countdown, ExpiresAfter: p.ExpiresAfter,
	}
	for i, r := range p.Rules {
		if !r.matches(tags) {
			continue
		}
		if r.Forbid != "" && t.Forbid == "" {
			t.Forbid = r.Forbid
		}
		if t.Rule > 0 {
			continue
		}
		t.Rule = i + 1
		set(&t.Approvals, r.Approvals)
		set(&t.Approvers, r.Approvers)
		set(&t.Backup, r.Backup)
		set(&t.BackupMaxAge, r.BackupMaxAge)
		set(&t.Countdown, r.Countdown)
		set(&t.ExpiresAfter, r.ExpiresAfter)
	}
	return t
}

// matches reports whether every tag of the rule is on the instance. A rule
// without tags matches nothing: an empty selection is never 'all'.
func (r Rule) matches(tags map[string]string) bool {
	if len(r.Tags) == 0 {
		return false
	}
	for k, v := range r.Tags {
		if got, ok := tags[k]; !ok || got != v {
			return false
		}
	}
	return true
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
		{"approvals needed", fmt.Sprint(t.Approvals)},
		{"approvers", strings.Join(append(append([]string{}, t.Approvers.Groups...), t.Approvers.Users...), ", ")},
		{"backup", backup},
		{"backup's greatest age", t.BackupMaxAge.String()},
		{"countdown", t.Countdown.String()},
		{"forbidden", t.Forbid},
	}
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
