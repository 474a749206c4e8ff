package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"twokey/commands/policy"
)

// checkCommands are `bot check` and its subcommands.
type checkCommands struct {
	Needs   checkNeedsOptions   `cmd:"" default:"withargs" help:"What bot check alone does."`
	Beliefs checkBeliefsOptions `cmd:"" help:"${check_beliefs}"`
}

// checkNeedsOptions are those of `bot check`.
type checkNeedsOptions struct {
	JSON bool `name:"json" help:"Print the same as JSON, a line for each thing."`
}

// How one thing is. What could not be checked is missing: a failed check counts as no.
const (
	isOK      = "ok"
	isMissing = "missing"
	isWarning = "warning"
)

// A finding is one thing that was checked.
type finding struct {
	Status string `json:"status"`
	What   string `json:"what"`
	Say    string `json:"say"`           // how it is, and what to do
	Add    string `json:"add,omitempty"` // the exact line to add to the app's manifest
}

// checkTimeout is for each part, so that one that hangs hides no other. A long policy
// file takes its time, because of Slack's limits.
const checkTimeout = time.Minute

// needsCheck checks everything that serve needs, and changes nothing.
type needsCheck struct {
	cfg      Config
	getenv   func(string) string
	policy   *policy.File // nil if it has mistakes
	reach    slackReach
	findings []finding
}

func (c *needsCheck) ok(what, say string, args ...any) { c.addFinding(isOK, what, say, args) }

func (c *needsCheck) missing(what, say string, args ...any) { c.addFinding(isMissing, what, say, args) }

func (c *needsCheck) warning(what, say string, args ...any) { c.addFinding(isWarning, what, say, args) }

func (c *needsCheck) addFinding(status, what, say string, args []any) {
	c.findings = append(c.findings, finding{Status: status, What: what, Say: fmt.Sprintf(say, args...)})
}

// countStatus counts the findings of one status.
func (c *needsCheck) countStatus(status string) int {
	n := 0
	for _, f := range c.findings {
		if f.Status == status {
			n++
		}
	}
	return n
}

// checkNeeds checks everything, prints it and returns the exit status: 0 only if
// nothing is missing.
func checkNeeds(ctx context.Context, getenv func(string) string, o checkNeedsOptions, stdout io.Writer) int {
	c := &needsCheck{getenv: getenv}
	c.checkSettings()
	c.checkPolicyFile()
	for _, part := range []func(context.Context){c.checkRedis, c.checkAccounts, c.checkSlack} {
		ctx, cancel := context.WithTimeout(ctx, checkTimeout)
		part(ctx)
		cancel()
	}
	if o.JSON {
		lines := json.NewEncoder(stdout)
		for _, f := range c.findings {
			_ = lines.Encode(f)
		}
	} else {
		fmt.Fprint(stdout, c.reportText())
	}
	if c.countStatus(isMissing) > 0 {
		return exitFailed
	}
	return exitDone
}
