package commands

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

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

// The file's shape. Pointers tell what is set from what is not.
type (
	fileYAML struct {
		Accounts   []accountYAML `yaml:"accounts"`
		Channels   []string      `yaml:"channels"`
		Proposers  peopleYAML    `yaml:"proposers"`
		Terms      termsYAML     `yaml:",inline"`
		Limits     limitsYAML    `yaml:"limits"`
		Durability *string       `yaml:"durability"`
		WatchEvery *string       `yaml:"watch_every"`
		Rules      []ruleYAML    `yaml:"rules"`
	}
	accountYAML struct {
		Name         string   `yaml:"name"`
		Regions      []string `yaml:"regions"`
		Currency     string   `yaml:"currency"`
		SecretIDEnv  string   `yaml:"secret_id_env"`
		SecretKeyEnv string   `yaml:"secret_key_env"`
		RoleARN      string   `yaml:"role_arn"`
		Domain       string   `yaml:"domain"`
	}
	peopleYAML struct {
		Groups []string `yaml:"groups"`
		Users  []string `yaml:"users"`
	}
	termsYAML struct {
		Approvers    *peopleYAML `yaml:"approvers"`
		Approvals    *int        `yaml:"approvals"`
		Backup       *string     `yaml:"backup"`
		BackupMaxAge *string     `yaml:"backup_max_age"`
		Countdown    *string     `yaml:"countdown"`
		ExpiresAfter *string     `yaml:"expires_after"`
	}
	limitsYAML struct {
		AtOnce  int `yaml:"at_once"`
		PerHour int `yaml:"per_hour"`
	}
	ruleYAML struct {
		Match  matchYAML `yaml:"match"`
		Terms  termsYAML `yaml:",inline"`
		Forbid string    `yaml:"forbid"`
	}
	matchYAML struct {
		Tags map[string]string `yaml:"tags"`
	}
)

// ParsePolicy reads a policy file. Its error is one sentence that names the
// file, the line and what was meant; then nothing of the file counts.
func ParsePolicy(name string, src []byte) (PolicyFile, error) {
	var y fileYAML
	if err := yaml.UnmarshalWithOptions(src, &y, yaml.Strict()); err != nil {
		return PolicyFile{}, syntax(name, err)
	}
	tree, err := parser.ParseBytes(src, 0)
	if err != nil {
		return PolicyFile{}, syntax(name, err)
	}
	r := reader{name: name, tree: tree}
	f := r.file(y)
	if r.err != nil {
		return PolicyFile{}, r.err
	}
	return f, nil
}

var (
	unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)
	wrongType    = regexp.MustCompile(`^cannot unmarshal \S+ into Go .* of type (\S+)$`)
)

// kinds are what the file's types are called.
var kinds = map[string]string{
	"int": "a whole number", "string": "a word or text in quotation marks", "[]string": "a list in square brackets",
	"map[string]string": "a list of name: value pairs",
}

// syntax words the YAML library's error.
func syntax(name string, err error) error {
	var y yaml.Error
	if !errors.As(err, &y) || y.GetToken() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	line, msg := y.GetToken().Position.Line, y.GetMessage()
	if m := unknownField.FindStringSubmatch(msg); m != nil {
		msg = "unknown key “" + m[1] + "”"
		if near := nearest(m[1]); near != "" {
			msg += "; did you mean “" + near + "”?"
		}
	}
	if m := wrongType.FindStringSubmatch(msg); m != nil {
		msg = orWord(kinds[m[1]], "another shape") + " is expected here, not “" + y.GetToken().Value + "”"
	}
	return fmt.Errorf("%s, line %d: %s", name, line, msg)
}

// known are the file's keys.
var known = []string{
	"accounts", "channels", "proposers", "approvers", "approvals", "backup", "backup_max_age", "countdown",
	"expires_after", "limits", "rules", "name", "regions", "currency", "secret_id_env", "secret_key_env",
	"role_arn", "domain", "durability", "watch_every", "groups", "users", "at_once", "per_hour", "match", "tags", "forbid",
}

// nearest returns the known key that is at most two edits away.
func nearest(s string) string {
	best, at := "", 3
	for _, k := range known {
		if n := distance(s, k); n < at {
			best, at = k, n
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			sub := last
			if a[i] != b[j] {
				sub++
			}
			last = row[j+1]
			row[j+1] = min(sub, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// reader turns the file's shape into a policy; the first mistake is kept.
type reader struct {
	name string
	tree *ast.File
	err  error
}

// wrong notes a mistake at a path of the file, such as $.rules[0].approvals.
func (r *reader) wrong(path, format string, args ...any) {
	if r.err != nil {
		return
	}
	where := r.name
	for p := path; p != ""; p = parent(p) {
		if q, err := yaml.PathString(p); err == nil {
			if n, err := q.FilterFile(r.tree); err == nil && n != nil && n.GetToken() != nil {
				where = fmt.Sprintf("%s, line %d", r.name, n.GetToken().Position.Line)
				break
			}
		}
	}
	r.err = fmt.Errorf("%s: %s: %s", where, strings.TrimPrefix(path, "$."), fmt.Sprintf(format, args...))
}

func parent(p string) string {
	i := strings.LastIndexAny(p, ".[")
	if i <= 0 {
		return ""
	}
	return p[:i]
}

// What an operator gets who leaves a value out.
const (
	defaultApprovals = 1
	defaultMaxAge    = 24 * time.Hour
	defaultCountdown = 30 * time.Second
	defaultExpires   = 4 * time.Hour
	defaultWatch     = time.Minute
)

func (r *reader) file(y fileYAML) PolicyFile {
	f := PolicyFile{Policy: reinstall.Policy{
		Channels: y.Channels, Proposers: people(&y.Proposers),
		Limits: reinstall.Limits{AtOnce: y.Limits.AtOnce, PerHour: y.Limits.PerHour},
	}}
	r.accounts(y.Accounts, &f)
	p, top := &f.Policy, r.terms("$", y.Terms)
	p.Approvals, p.Backup = or(top.Approvals, defaultApprovals), or(top.Backup, true)
	p.BackupMaxAge, p.Countdown = or(top.BackupMaxAge, defaultMaxAge), or(top.Countdown, defaultCountdown)
	p.ExpiresAfter = or(top.ExpiresAfter, defaultExpires)
	p.WatchEvery = or(r.duration("$.watch_every", y.WatchEvery, time.Second), defaultWatch)
	if top.Approvers == nil || top.Approvers.Empty() {
		r.wrong("$.approvers", "nobody is named, so nothing could ever be approved; name groups or users")
	} else {
		p.Approvers = *top.Approvers
	}
	if y.Limits.AtOnce < 0 || y.Limits.PerHour < 0 {
		r.wrong("$.limits", "a limit is a number from 0 (none) up")
	}
	if y.Durability != nil {
		if f.BestEffort = *y.Durability == "best-effort"; !f.BestEffort && *y.Durability != "required" {
			r.wrong("$.durability", "%q is not known; use required or best-effort", *y.Durability)
		}
	}
	for i, x := range y.Rules {
		p.Rules = append(p.Rules, r.rule(fmt.Sprintf("$.rules[%d]", i), x))
	}
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
			IDEnv: orWord(a.SecretIDEnv, "TENCENTCLOUD_SECRET_ID"), KeyEnv: orWord(a.SecretKeyEnv, "TENCENTCLOUD_SECRET_KEY"),
		})
	}
}

func (r *reader) rule(path string, y ruleYAML) reinstall.Rule {
	if len(y.Match.Tags) == 0 {
		r.wrong(path+".match", "a rule without tags would match nothing; name at least one tag")
	}
	out := r.terms(path, y.Terms)
	out.Tags, out.Forbid = y.Match.Tags, y.Forbid
	if out.Approvers != nil && out.Approvers.Empty() {
		r.wrong(path+".approvers", "nobody is named; leave it out, or name groups or users")
	}
	return out
}

// terms reads what the file's head and its rules have in common.
func (r *reader) terms(path string, y termsYAML) reinstall.Rule {
	var out reinstall.Rule
	if y.Approvers != nil {
		p := people(y.Approvers)
		out.Approvers = &p
	}
	if y.Approvals != nil {
		if *y.Approvals < 1 || *y.Approvals > 5 {
			r.wrong(path+".approvals", "%d is not a number from 1 to 5", *y.Approvals)
		}
		out.Approvals = y.Approvals
	}
	if y.Backup != nil {
		if *y.Backup != "required" && *y.Backup != "optional" {
			r.wrong(path+".backup", "%q is not known; use required or optional", *y.Backup)
		}
		b := *y.Backup == "required"
		out.Backup = &b
	}
	out.BackupMaxAge = r.duration(path+".backup_max_age", y.BackupMaxAge, time.Minute)
	out.Countdown = r.duration(path+".countdown", y.Countdown, 0)
	out.ExpiresAfter = r.duration(path+".expires_after", y.ExpiresAfter, time.Second)
	return out
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

func people(y *peopleYAML) reinstall.People {
	return reinstall.People{Groups: y.Groups, Users: y.Users}
}

func or[T any](p *T, d T) T {
	if p == nil {
		return d
	}
	return *p
}

func orWord(s, d string) string {
	if s == "" {
		return d
	}
	return s
}
