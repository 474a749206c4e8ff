package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
)

// PolicyFile is the policy file, read: the rules, and how to reach each
// account.
type PolicyFile struct {
	Policy reinstall.Policy
	Access []Access // one for each account, in the same order
	// BestEffort: a call may be armed although Redis would lose the record of it
	// in a crash.
	BestEffort bool
	// Replicas is how many replicas each master of Redis has, for good; nil: as
	// many as it ever had.
	Replicas *int
	// Audit is where the audit goes besides Redis.
	Audit reinstall.AuditTo
}

// Access is how an account is reached. Names of environment variables stand in
// the file, never secrets.
type Access struct {
	Account  string
	IDEnv    string // default TENCENTCLOUD_SECRET_ID
	KeyEnv   string // default TENCENTCLOUD_SECRET_KEY
	RoleARN  string // assumed with those, where set
	Domain   string // "" or intl
	Currency string
}

// reader turns the file's shape into a policy, and collects its mistakes.
type reader struct {
	source
	mistakes Mistakes
	// excused are paths whose mistake is told already: what follows from it for
	// them, for what is in them and for what they are in is none of its own.
	excused []string
}

// below reports whether a path is another one or lies in it.
func below(p, in string) bool {
	rest, ok := strings.CutPrefix(p, in)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// wrong notes a mistake at a path of the file, such as $.rules[0].approvals.
func (r *reader) wrong(path, format string, args ...any) {
	for _, e := range r.excused {
		if below(path, e) || below(e, path) {
			return
		}
	}
	words := strings.TrimPrefix(path, "$.") + ": " + fmt.Sprintf(format, args...)
	r.mistakes = append(r.mistakes, r.at(r.find(path), words))
}

// What an operator gets who leaves a value out.
const (
	defaultApprovals = 1
	defaultMaxAge    = 24 * time.Hour
	defaultCountdown = 30 * time.Second
	defaultExpires   = 4 * time.Hour
	defaultWatch     = time.Minute
)

// leastCountdown is the shortest that people can still see and stop.
const leastCountdown = 5 * time.Second

const mostCountdown = time.Hour

func (r *reader) file(y fileYAML) PolicyFile {
	f := PolicyFile{Policy: reinstall.Policy{
		Channels: y.Channels, Proposers: people(&y.Proposers),
		Limits: r.limits(y.Limits),
	}}
	r.accounts(y.Accounts, &f)
	p, top := &f.Policy, r.terms("$", y.Terms, "")
	p.Approvals, p.Backup = or(top.Approvals, defaultApprovals), or(top.Backup, true)
	p.BackupMaxAge, p.Countdown = or(top.BackupMaxAge, defaultMaxAge), or(top.Countdown, defaultCountdown)
	p.ExpiresAfter, p.Around = or(top.ExpiresAfter, defaultExpires), top.Around
	p.Price, p.Market = or(top.Price, false), or(top.Market, false)
	p.Asking = r.head(top.Asking)
	p.WatchEvery = or(r.duration("$.watch_every", y.WatchEvery, time.Second), defaultWatch)
	p.Probe = r.probe("$.probe", y.Probe)
	p.Calendar = reinstall.Calendar{Zone: or(top.Zone, ""), Open: or(top.Open, nil), Closed: or(top.Closed, nil)}
	if p.Quorum = or(top.Quorum, nil); top.Quorum != nil {
		p.Approvers, p.Approvals = reinstall.Everybody(p.Quorum), reinstall.Total(p.Quorum)
	} else if top.Approvers == nil || top.Approvers.Empty() {
		r.wrong("$.approvers", "nobody is named, so nothing could ever be approved; name groups or users")
	} else {
		p.Approvers = *top.Approvers
	}
	if y.Durability != nil {
		if f.BestEffort = *y.Durability == "best-effort"; !f.BestEffort && *y.Durability != "required" {
			r.wrong("$.durability", "%q is not known; use required or best-effort", *y.Durability)
		}
	}
	if f.Replicas = y.Replicas; f.Replicas != nil && *f.Replicas < 0 {
		r.wrong("$.replicas", "%d is not a number of replicas; write how many each primary of Redis has, or 0", *f.Replicas)
	}
	f.Audit = r.auditTo("$.audit", y.Audit)
	for i, x := range y.Rules {
		path := fmt.Sprintf("$.rules[%d]", i)
		p.Rules = append(p.Rules, r.rule(path, x, f.Policy))
		r.asksInRule(path, &p.Rules[i].Asking, p.Asking)
	}
	r.ignoreTags(y.IgnoreTags, p)
	return f
}

func (r *reader) accounts(ys []accountYAML, f *PolicyFile) {
	if len(ys) == 0 {
		r.wrong("$.accounts", "no account is named; name at least one, with its regions")
	}
	var names []string
	for i, a := range ys {
		path := fmt.Sprintf("$.accounts[%d]", i)
		switch {
		case a.Name == "" || strings.ContainsAny(a.Name, "/ "):
			r.wrong(path+".name", "an account needs a name without spaces and slashes")
		case slices.Contains(names, a.Name):
			r.wrong(path+".name", "two accounts are called %q", a.Name)
		case len(a.Regions) == 0:
			r.wrong(path+".regions", "no region is named; name each that Twokey looks after, such as ap-guangzhou")
		case a.Domain != "" && a.Domain != "intl":
			r.wrong(path+".domain", "%q is not known; leave it out, or use intl for the international site", a.Domain)
		case (a.SecretIDEnv == "") != (a.SecretKeyEnv == ""):
			r.wrong(path, "secret_id_env and secret_key_env belong together")
		}
		names = append(names, a.Name)
		f.Policy.Accounts = append(f.Policy.Accounts, reinstall.Account{Name: a.Name, Regions: a.Regions, Currency: a.Currency})
		f.Access = append(f.Access, Access{
			Account: a.Name, RoleARN: a.RoleARN, Domain: a.Domain, Currency: a.Currency,
			IDEnv: cmp.Or(a.SecretIDEnv, "TENCENTCLOUD_SECRET_ID"), KeyEnv: cmp.Or(a.SecretKeyEnv, "TENCENTCLOUD_SECRET_KEY"),
		})
	}
}

func (r *reader) rule(path string, y ruleYAML, head reinstall.Policy) reinstall.Rule {
	out := r.terms(path, y.Terms, head.Calendar.Zone)
	r.match(path+".match", y.Match, &out, head)
	if out.Forbid = or(y.Forbid, ""); y.Forbid != nil && strings.TrimSpace(*y.Forbid) == "" {
		r.wrong(path+".forbid", "it gives no reason, and would forbid nothing; write the sentence that people read, or take the line out")
	}
	if half := y.Terms.Approvers == nil != (y.Terms.Approvals == nil); half && out.Quorum == nil && len(head.Quorum) > 0 {
		r.wrong(path, "the head asks for a quorum; name a quorum here as well, or both approvers and approvals")
	}
	if out.Approvers != nil && out.Approvers.Empty() {
		r.wrong(path+".approvers", "nobody is named; leave it out, or name groups or users")
	}
	return out
}

// terms reads what the file's head and its rules have in common.
func (r *reader) terms(path string, y termsYAML, zone string) reinstall.Rule {
	var out reinstall.Rule
	r.quorum(path, y, &out)
	r.calendar(path, y, zone, &out)
	if y.Approvers != nil {
		out.Approvers = new(people(y.Approvers))
	}
	if y.Approvals != nil {
		r.approvals(path+".approvals", *y.Approvals)
		out.Approvals = y.Approvals
	}
	out.Backup = r.either(path+".backup", y.Backup, "required", "optional")
	out.Price = r.either(path+".price", y.Price, "required", "optional")
	out.Market = r.either(path+".images.marketplace", y.Images.Marketplace, "warn", "block")
	out.BackupMaxAge = r.duration(path+".backup_max_age", y.BackupMaxAge, time.Minute)
	out.Countdown = r.countdown(path+".countdown", y.Countdown)
	out.ExpiresAfter = r.duration(path+".expires_after", y.ExpiresAfter, time.Second)
	out.Around = r.around(path+".around", y.Around)
	out.Asking = r.asking(path, y, zone)
	return out
}

// either reads one of two words, and reports whether it is the first.
func (r *reader) either(path string, word *string, yes, no string) *bool {
	if word == nil {
		return nil
	}
	if *word != yes && *word != no {
		r.wrong(path, "%q is not known; use %s or %s", *word, yes, no)
	}
	return new(*word == yes)
}

func (r *reader) duration(path string, s *string, least time.Duration) *time.Duration {
	if s == nil {
		return nil
	}
	d, err := time.ParseDuration(*s)
	if err != nil {
		r.wrong(path, "%q is not a duration; write it like 30s, 15m or 24h", *s)
	} else if d < least {
		r.wrong(path, "%s is too short; at least %s", *s, least)
	}
	return &d
}

// countdown reads how long people have to stop a reset: never too short for a
// click, never so long that the card is forgotten.
func (r *reader) countdown(path string, s *string) *time.Duration {
	d := r.duration(path, s, leastCountdown)
	if d != nil && *d > mostCountdown {
		r.wrong(path, "%s is too long; at most %s", *s, mostCountdown)
	}
	return d
}

func people(y *peopleYAML) reinstall.People {
	return reinstall.People{Groups: y.Groups, Users: y.Users}
}

func or[T any](p *T, d T) T {
	if p == nil {
		return d
	}
	return *p
}
