package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"twokey/bot/chat"
	"twokey/commands/policy"
	"twokey/commands/port"
	"twokey/commands/sample"
)

// checkBeliefsOptions are those of `bot check beliefs`.
type checkBeliefsOptions struct {
	JSON    bool   `name:"json" help:"Print the same as JSON, a line for each belief."`
	Channel string `name:"channel" help:"The channel to look at, by its id; else the first that the policy file names."`
}

// A beliefResult is a belief, and what checking it found.
type beliefResult struct {
	port.Belief
	of string // ofSlack or ofCloud
	port.BeliefResult
}

// Whom a belief is about.
const (
	ofSlack = "slack"
	ofCloud = "cloud"
)

// checkBeliefs checks each belief and prints it. It returns exitFailed if one that
// safety needs differs, or if nothing could be checked.
func checkBeliefs(
	ctx context.Context, getenv func(string) string, o checkBeliefsOptions, stdout, stderr io.Writer,
) int {
	all, closing, err := collectBeliefs(getenv, o)
	if err != nil {
		fmt.Fprintf(stderr, "error: %v\nhint: run bot check first; it says what to do\n", err)
		return exitFailed
	}
	defer closing()
	show := printBelief
	if o.JSON {
		show = printBeliefJSON
	}
	unsafe := 0
	for i := range all {
		b := &all[i]
		b.runLook(ctx)
		show(stdout, *b) // at once: each may take a minute
		if b.State == port.Differs && b.Safety {
			unsafe++
		}
	}
	if !o.JSON {
		fmt.Fprint(stdout, summarizeBeliefs(all, unsafe))
	}
	if unsafe > 0 {
		return exitFailed
	}
	return exitDone
}

// collectBeliefs returns the beliefs about Slack and about the cloud. Call closing after
// the last check.
func collectBeliefs(
	getenv func(string) string, o checkBeliefsOptions,
) (all []beliefResult, closing func(), err error) {
	cfg, err := LoadConfig(getenv)
	if err != nil {
		return nil, nil, err
	}
	f, _, err := loadPolicy(getenv, "")
	if err != nil {
		return nil, nil, err
	}
	at, err := beliefTargets(f, o)
	if err != nil {
		return nil, nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	ch, err := openChat(cfg, quiet, newMetrics(), 0)
	if err != nil {
		return nil, nil, err
	}
	cl, err := openCloud(cfg, f, getenv, quiet)
	if err != nil {
		return nil, nil, err
	}
	for _, b := range ch.Beliefs(at) {
		all = append(all, beliefResult{Belief: b, of: ofSlack})
	}
	for _, b := range cl.Beliefs() {
		all = append(all, beliefResult{Belief: b, of: ofCloud})
	}
	return all, cl.Close, nil
}

// beliefTargets is what the policy file names of the workspace, and a card of each
// state.
func beliefTargets(f policy.File, o checkBeliefsOptions) (chat.LookAt, error) {
	named := f.Policy.PeopleNamed()
	at := chat.LookAt{Channel: o.Channel, Groups: named.Groups, Users: named.Users}
	if at.Channel == "" && len(f.Policy.Channels) > 0 {
		at.Channel = f.Policy.Channels[0]
	}
	cards, err := sample.Cards()
	for _, c := range cards {
		at.Cards = append(at.Cards, chat.SampleCard{Name: c.Name, Card: c.Card})
	}
	return at, err
}

// runLook checks the belief, for checkTimeout at most.
func (b *beliefResult) runLook(ctx context.Context) {
	if b.Look == nil {
		b.BeliefResult = port.BeliefResult{State: port.Inconclusive, Detail: "no harmless call can tell"}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	b.BeliefResult = b.Look(ctx)
}

// neededFor says what needs the belief to be right.
func (b *beliefResult) neededFor() string {
	if b.Safety {
		return "safety"
	}
	return "ease"
}

// printBelief prints a belief in two lines.
func printBelief(w io.Writer, b beliefResult) {
	fmt.Fprintf(w, "%-14s %s, %s [%s]: %s\n", b.State, b.of, b.Name, b.neededFor(), b.Says)
	seen := b.Detail
	if b.Look == nil {
		seen += "; by hand: " + b.ByHand
	}
	fmt.Fprintf(w, "%-14s %s\n", "", seen)
}

// printBeliefJSON prints a belief as a line of JSON.
func printBeliefJSON(w io.Writer, b beliefResult) {
	_ = json.NewEncoder(w).Encode(struct {
		Found  port.BeliefState `json:"found"`
		Of     string           `json:"of"`
		Name   string           `json:"name"`
		Needs  string           `json:"needed_for"`
		Says   string           `json:"believed"`
		Seen   string           `json:"seen"`
		Source string           `json:"source"`
		How    string           `json:"how,omitempty"`
		ByHand string           `json:"by_hand,omitempty"`
	}{b.State, b.of, b.Name, b.neededFor(), b.Says, b.Detail, b.Source, b.How, b.ByHand})
}

// summarizeBeliefs counts the results, and says what to do.
func summarizeBeliefs(all []beliefResult, unsafe int) string {
	n := map[port.BeliefState]int{}
	for _, b := range all {
		n[b.State]++
	}
	var s strings.Builder
	fmt.Fprintf(&s, "\n%s: %d hold, %d differ, %d could not be told.",
		version(), n[port.Holds], n[port.Differs], n[port.Inconclusive])
	switch {
	case unsafe > 0:
		fmt.Fprintf(&s,
			" Safety needs %d of those that differ: report this, and do not rely on Twokey until it is answered.", unsafe)
	case n[port.Differs] > 0:
		s.WriteString(" Safety needs none of those that differ; report this all the same.")
	}
	s.WriteString("\n")
	return s.String()
}
