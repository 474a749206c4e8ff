package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"twokey/bot/store"
	"twokey/commands/policy"
	"twokey/commands/port"
)

// checkCommands are `bot check` and what stands behind it.
type checkCommands struct {
	Needs   checkCommand   `cmd:"" default:"withargs" help:"What bot check alone does."`
	Beliefs beliefsCommand `cmd:"" help:"Look whether Slack and the cloud are as Twokey believes, on your own workspace and account. Nothing is changed and nothing is posted. What is printed can be pasted into an issue. Exit status 1: a belief that safety needs differs."`
}

// checkCommand is `bot check`.
type checkCommand struct {
	JSON bool `name:"json" help:"Print the same as JSON, a line for each thing."`
}

// How one thing stands. What could not be looked at is missing: a failed check
// counts as no.
const (
	isOK      = "ok"
	isMissing = "missing"
	isWarning = "warning"
)

// A finding is one thing that was looked at.
type finding struct {
	Status string `json:"status"`
	What   string `json:"what"`
	Say    string `json:"say"`           // how it stands, and what to do
	Add    string `json:"add,omitempty"` // the exact line to add to the app's manifest
}

// checkTimeout is for each part, so that one that hangs hides no other; Slack's
// limits may hold a long policy file back.
const checkTimeout = time.Minute

// needsCheck looks at everything that serve needs, and changes nothing.
type needsCheck struct {
	cfg      Config
	getenv   func(string) string
	policy   *policy.PolicyFile // nil: it has mistakes
	reach    slackReach
	findings []finding
}

func (c *needsCheck) ok(what, say string, args ...any) { c.addFinding(isOK, what, say, args) }

func (c *needsCheck) missing(what, say string, args ...any) { c.addFinding(isMissing, what, say, args) }

func (c *needsCheck) warning(what, say string, args ...any) { c.addFinding(isWarning, what, say, args) }

func (c *needsCheck) addFinding(status, what, say string, args []any) {
	c.findings = append(c.findings, finding{Status: status, What: what, Say: fmt.Sprintf(say, args...)})
}

// checkNeeds looks at everything, prints it and returns the exit status: 0 only
// where nothing is missing.
func checkNeeds(ctx context.Context, getenv func(string) string, w checkCommand, stdout io.Writer) int {
	c := &needsCheck{getenv: getenv}
	c.checkSettings()
	c.checkPolicyFile()
	for _, part := range []func(context.Context){c.checkRedis, c.checkAccounts, c.checkSlack} {
		ctx, cancel := context.WithTimeout(ctx, checkTimeout)
		part(ctx)
		cancel()
	}
	if w.JSON {
		lines := json.NewEncoder(stdout)
		for _, f := range c.findings {
			_ = lines.Encode(f)
		}
	} else {
		fmt.Fprint(stdout, c.reportText())
	}
	if c.countStatus(isMissing) > 0 {
		return 1
	}
	return 0
}

func (c *needsCheck) countStatus(status string) int {
	n := 0
	for _, f := range c.findings {
		if f.Status == status {
			n++
		}
	}
	return n
}

// checkSettings reads them all; those that are right are used for the rest.
func (c *needsCheck) checkSettings() {
	var err error
	if c.cfg, err = LoadConfig(c.getenv); err == nil {
		c.ok("settings", "each is set, and written as it should be")
		c.checkSealKey()
		return
	}
	for _, e := range splitErrors(err) {
		c.missing("settings", "%v", e)
	}
}

// checkSealKey tells whose key seals the records, and how to make one.
func (c *needsCheck) checkSealKey() {
	if n := len(c.cfg.SealKeys); n > 0 {
		c.ok("sealing", "TWOKEY_SEAL_KEY has %s; the first seals, all open", countNoun(n, "key"))
		return
	}
	c.warning("sealing", "%s", noSealKey)
}

// Errors that a check looks into; package cloud has the latter two.
type (
	joinedErrors interface {
		error
		Unwrap() []error
	}
	denialError interface {
		error
		Denied() bool
	}
	missingActionError interface {
		error
		Missing() string
	}
)

// splitErrors undoes errors.Join.
func splitErrors(err error) []error {
	if many, ok := errors.AsType[joinedErrors](err); ok {
		return many.Unwrap()
	}
	return []error{err}
}

func (c *needsCheck) checkPolicyFile() {
	f, name, err := loadPolicy(c.getenv, "")
	wrong, mistaken := errors.AsType[policy.Mistakes](err)
	switch {
	case mistaken:
		for _, m := range wrong {
			c.missing("policy file", "%s", m)
		}
	case err != nil:
		c.missing("policy file", "%v", err)
	default:
		c.ok("policy file", "%s has no mistake", name)
		c.policy = &f
	}
}

// checkRedis tells what is told at the start; without the append-only file no call
// would be made.
func (c *needsCheck) checkRedis(ctx context.Context) {
	if one, err := LoadRedis(c.getenv); err != nil || one.RedisURL+one.RedisSentinelURL+one.RedisClusterURL == "" {
		return // told with the settings
	}
	s := &service{cfg: c.cfg}
	if c.policy != nil {
		s.policy = *c.policy
	}
	seals, _, err := c.cfg.Seals()
	if err != nil {
		c.missing("Redis", "%v", err)
		return
	}
	s.store, err = store.Open(ctx, store.Options{ReadOnly: true, Seal: seals, URL: c.cfg.RedisURL, SentinelURL: c.cfg.RedisSentinelURL, ClusterURL: c.cfg.RedisClusterURL, BestEffort: s.policy.BestEffort, Replicas: s.policy.Replicas})
	if err != nil {
		c.missing("Redis", "%v", err)
		return
	}
	defer s.store.Close()
	c.reach = readSlackReach(ctx, s.store)
	h, err := s.redisHealth(ctx)
	told := strings.Join(h.Warnings, " ")
	no, refused := errors.AsType[*port.RefusedError](err)
	switch {
	case refused:
		c.missing("Redis", "%s. %s.", no.Why, no.Next)
	case err != nil:
		c.missing("Redis", "%v", err)
	case h.Unkept != "":
		c.missing("Redis", "%s", told)
	case len(h.Warnings) > 0:
		c.warning("Redis", "%s", strings.TrimSpace(told+" "+h.Keeps))
	default:
		c.ok("Redis", "it answers, keeps what it acknowledged, and evicts nothing. %s", h.Keeps)
	}
}

// checkAccounts reads one machine in each region of each account.
func (c *needsCheck) checkAccounts(ctx context.Context) {
	if c.policy == nil {
		c.missing("cloud", "not looked at: the accounts stand in the policy file")
		return
	}
	for i, a := range c.policy.Policy.Accounts {
		one := *c.policy
		one.Access = one.Access[i : i+1]
		for _, region := range a.Regions {
			alone := a
			alone.Regions = []string{region}
			one.Policy.Accounts = slices.Insert(one.Policy.Accounts[:0:0], 0, alone)
			c.checkRegion(ctx, one, a.Name+" in "+region)
		}
	}
}

func (c *needsCheck) checkRegion(ctx context.Context, one policy.PolicyFile, where string) {
	cl, err := openCloud(c.cfg, one, c.getenv, slog.New(slog.DiscardHandler))
	if err != nil {
		c.missing("cloud", "%v", err)
		return
	}
	defer cl.Close()
	err = cl.Ping(ctx)
	_, denied := errors.AsType[denialError](err)
	switch {
	case denied && strings.Contains(err.Error(), "AuthFailure"):
		c.missing("cloud "+where, "%v", err)
	case denied:
		c.missing("cloud "+where, "%v. Allow the action %s, with the others of deploy/cam-policy.json.", err, deniedAction(err))
	case err != nil:
		c.missing("cloud "+where, "%v", err)
	default:
		c.ok("cloud "+where, "the key may read machines; that it may reset them shows with the first call")
	}
}

// deniedAction is the action that a denial names, or the one that was asked with.
func deniedAction(err error) string {
	if named, ok := errors.AsType[missingActionError](err); ok && named.Missing() != "" {
		return named.Missing()
	}
	return "cvm:DescribeInstances"
}

// reportText is what people read, at most 80 columns wide where words allow it.
func (c *needsCheck) reportText() string {
	var b strings.Builder
	for _, f := range c.findings {
		b.WriteString(foldLine(fmt.Sprintf("%-8s %s: %s", f.Status, f.What, f.Say), "         ", 80))
		if f.Add != "" {
			b.WriteString("         The line to add under oauth_config, scopes, bot:\n" + f.Add + "\n")
		}
	}
	n, w := c.countStatus(isMissing), c.countStatus(isWarning)
	warnings := countNoun(w, "warning")
	switch n {
	case 0:
		fmt.Fprintf(&b, "\nNothing is missing; %s. bot serve can start.\n", warnings)
	case 1:
		fmt.Fprintf(&b, "\n1 thing is missing; %s. Mend it, then run bot check again.\n", warnings)
	default:
		fmt.Fprintf(&b, "\n%d things are missing; %s. Mend them, then run bot check again.\n", n, warnings)
	}
	return b.String()
}

// foldLine breaks a line between words; what follows hangs under an indent.
func foldLine(line, indent string, width int) string {
	var b strings.Builder
	n := 0
	for i, word := range strings.SplitAfter(line, " ") {
		if bare := len([]rune(strings.TrimRight(word, " "))); i > 0 && n+bare > width && n > len(indent) {
			b.WriteString("\n" + indent)
			n = len(indent)
		}
		b.WriteString(word)
		n += len([]rune(word))
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
