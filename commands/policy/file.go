package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall/model"
)

// File is the policy file, read: the rules, and how to reach each
// account.
type File struct {
	Policy model.Policy
	Access []Access // one for each account, in the same order
	// BestEffort: a call may be armed although Redis would lose the record of it
	// in a crash.
	BestEffort bool
	// Replicas is how many replicas each master of Redis has, for good; nil: as
	// many as it ever had.
	Replicas *int
	// Audit is where the audit goes besides Redis.
	Audit model.AuditTo
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

// isBelow reports whether a path is another one or lies in it.
func isBelow(p, in string) bool {
	rest, ok := strings.CutPrefix(p, in)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// addMistake notes a mistake at a path of the file, such as $.rules[0].approvals.
func (r *reader) addMistake(path, format string, args ...any) {
	for _, e := range r.excused {
		if isBelow(path, e) || isBelow(e, path) {
			return
		}
	}
	words := strings.TrimPrefix(path, "$.") + ": " + fmt.Sprintf(format, args...)
	r.mistakes = append(r.mistakes, r.mistakeAt(r.tokenAt(path), words))
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

func (r *reader) readFile(y fileYAML) File {
	f := File{Policy: model.Policy{
		Channels: y.Channels, Proposers: peopleOf(&y.Proposers),
		Limits: r.readLimits(y.Limits),
	}}
	r.readAccounts(y.Accounts, &f)
	p, top := &f.Policy, r.readTerms("$", y.Terms, "")
	p.Approvals, p.Backup = valueOr(top.Approvals, defaultApprovals), valueOr(top.Backup, true)
	p.BackupMaxAge, p.Countdown = valueOr(top.BackupMaxAge, defaultMaxAge), valueOr(top.Countdown, defaultCountdown)
	p.ExpiresAfter, p.Around = valueOr(top.ExpiresAfter, defaultExpires), top.Around
	p.Hold = valueOr(top.Hold, model.HoldAnyone)
	p.Price, p.Market = valueOr(top.Price, false), valueOr(top.Market, false)
	p.Asking = r.completeHead(top.Asking)
	p.WatchEvery = valueOr(r.readDuration("$.watch_every", y.WatchEvery, time.Second), defaultWatch)
	p.Probe = r.readProbe("$.probe", y.Probe)
	p.Calendar = model.Calendar{
		Zone: valueOr(top.Zone, ""), Open: valueOr(top.Open, nil),
		Closed: valueOr(top.Closed, nil),
	}
	if p.Quorum = valueOr(top.Quorum, nil); top.Quorum != nil {
		p.Approvers, p.Approvals = model.PeopleOfSeats(p.Quorum), model.ApprovalsOfSeats(p.Quorum)
	} else if top.Approvers == nil || top.Approvers.Empty() {
		r.addMistake("$.approvers", "nobody is named, so nothing could ever be approved; name groups or users")
	} else {
		p.Approvers = *top.Approvers
	}
	if y.Durability != nil {
		if f.BestEffort = *y.Durability == "best-effort"; !f.BestEffort && *y.Durability != "required" {
			r.addMistake("$.durability", "%q is not known; use required or best-effort", *y.Durability)
		}
	}
	if f.Replicas = y.Replicas; f.Replicas != nil && *f.Replicas < 0 {
		r.addMistake("$.replicas", "%d is not a number of replicas; write how many each primary of Redis has, or 0",
			*f.Replicas)
	}
	f.Audit = r.readAuditTarget("$.audit", y.Audit)
	for i, x := range y.Rules {
		path := fmt.Sprintf("$.rules[%d]", i)
		p.Rules = append(p.Rules, r.readRule(path, x, f.Policy))
		r.completeRule(path, &p.Rules[i].Asking, p.Asking)
	}
	r.readIgnoreTags(y.IgnoreTags, p)
	return f
}

func (r *reader) readAccounts(ys []accountYAML, f *File) {
	if len(ys) == 0 {
		r.addMistake("$.accounts", "no account is named; name at least one, with its regions")
	}
	var names []string
	for i, a := range ys {
		path := fmt.Sprintf("$.accounts[%d]", i)
		switch {
		case a.Name == "" || strings.ContainsAny(a.Name, "/ "):
			r.addMistake(path+".name", "an account needs a name without spaces and slashes")
		case slices.Contains(names, a.Name):
			r.addMistake(path+".name", "two accounts are called %q", a.Name)
		case len(a.Regions) == 0:
			r.addMistake(path+".regions", "no region is named; name each that Twokey looks after, such as ap-guangzhou")
		case a.Domain != "" && a.Domain != "intl":
			r.addMistake(path+".domain", "%q is not known; leave it out, or use intl for the international site",
				a.Domain)
		case (a.SecretIDEnv == "") != (a.SecretKeyEnv == ""):
			r.addMistake(path, "secret_id_env and secret_key_env belong together")
		}
		names = append(names, a.Name)
		f.Policy.Accounts = append(f.Policy.Accounts, model.Account{
			Name: a.Name, Regions: a.Regions,
			Currency: a.Currency,
		})
		f.Access = append(f.Access, Access{
			Account: a.Name, RoleARN: a.RoleARN, Domain: a.Domain, Currency: a.Currency,
			IDEnv: cmp.Or(a.SecretIDEnv, "TENCENTCLOUD_SECRET_ID"), KeyEnv: cmp.Or(a.SecretKeyEnv,
				"TENCENTCLOUD_SECRET_KEY"),
		})
	}
}

func (r *reader) readRule(path string, y ruleYAML, head model.Policy) model.Rule {
	out := r.readTerms(path, y.Terms, head.Calendar.Zone)
	r.readMatch(path+".match", y.Match, &out, head)
	if out.Forbid = valueOr(y.Forbid, ""); y.Forbid != nil && strings.TrimSpace(*y.Forbid) == "" {
		r.addMistake(path+".forbid", "it gives no reason, and would forbid nothing; write the sentence that people "+
			"read, or take the line out")
	}
	if half := y.Terms.Approvers == nil != (y.Terms.Approvals == nil); half && out.Quorum == nil &&
		len(head.Quorum) > 0 {
		r.addMistake(path, "the head asks for a quorum; name a quorum here as well, or both approvers and approvals")
	}
	if out.Approvers != nil && out.Approvers.Empty() {
		r.addMistake(path+".approvers", "nobody is named; leave it out, or name groups or users")
	}
	return out
}

// readTerms reads what the file's head and its rules have in common.
func (r *reader) readTerms(path string, y termsYAML, zone string) model.Rule {
	var out model.Rule
	r.readQuorum(path, y, &out)
	r.readCalendar(path, y, zone, &out)
	if y.Approvers != nil {
		out.Approvers = new(peopleOf(y.Approvers))
	}
	if y.Approvals != nil {
		r.checkApprovals(path+".approvals", *y.Approvals)
		out.Approvals = y.Approvals
	}
	out.Backup = r.readEither(path+".backup", y.Backup, "required", "optional")
	out.Price = r.readEither(path+".price", y.Price, "required", "optional")
	out.Market = r.readEither(path+".images.marketplace", y.Images.Marketplace, "warn", "block")
	out.BackupMaxAge = r.readDuration(path+".backup_max_age", y.BackupMaxAge, time.Minute)
	out.Countdown = r.readCountdown(path+".countdown", y.Countdown)
	out.ExpiresAfter = r.readDuration(path+".expires_after", y.ExpiresAfter, time.Second)
	out.Hold = r.readHold(path+".hold", y.Hold)
	out.Around = r.readAround(path+".around", y.Around)
	out.Asking = r.readAsking(path, y, zone)
	return out
}

// readEither reads one of two words, and reports whether it is the first.
func (r *reader) readEither(path string, word *string, yes, no string) *bool {
	if word == nil {
		return nil
	}
	if *word != yes && *word != no {
		r.addMistake(path, "%q is not known; use %s or %s", *word, yes, no)
	}
	return new(*word == yes)
}

func (r *reader) readDuration(path string, s *string, least time.Duration) *time.Duration {
	if s == nil {
		return nil
	}
	d, err := time.ParseDuration(*s)
	if err != nil {
		r.addMistake(path, "%q is not a duration; write it like 30s, 15m or 24h", *s)
	} else if d < least {
		r.addMistake(path, "%s is too short; at least %s", *s, least)
	}
	return &d
}

// readCountdown reads how long people have to stop a reset: never too short for a
// click, never so long that the card is forgotten.
func (r *reader) readCountdown(path string, s *string) *time.Duration {
	d := r.readDuration(path, s, leastCountdown)
	if d != nil && *d > mostCountdown {
		r.addMistake(path, "%s is too long; at most %s", *s, mostCountdown)
	}
	return d
}

func peopleOf(y *peopleYAML) model.People {
	return model.People{Groups: y.Groups, Users: y.Users}
}

func valueOr[T any](p *T, d T) T {
	if p == nil {
		return d
	}
	return *p
}
