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

// checkBeliefsOptions is `bot check beliefs`.
type checkBeliefsOptions struct {
	JSON    bool   `name:"json" help:"Print the same as JSON, a line for each belief."`
	Channel string `name:"channel" help:"The channel to look at, by its id; else the first that the policy file names."`
}

// A beliefResult is a belief and what a look came to.
type beliefResult struct {
	port.Belief
	of string // slack or cloud
	port.Sighting
}

// What the outsides are called.
const (
	ofSlack = "slack"
	ofCloud = "cloud"
)

// checkBeliefs looks at each belief, prints it and returns the exit status: 1
// where one that safety needs differs, or where nothing could be looked at.
func checkBeliefs(
	ctx context.Context, getenv func(string) string, w checkBeliefsOptions, stdout, stderr io.Writer,
) int {
	all, closing, err := collectBeliefs(getenv, w)
	if err != nil {
		fmt.Fprintf(stderr, "error: %v\nhint: run bot check first; it says what to do\n", err)
		return 1
	}
	defer closing()
	say := printBelief
	if w.JSON {
		say = printBeliefJSON
	}
	unsafe := 0
	for i := range all {
		b := &all[i]
		b.runLook(ctx)
		say(stdout, *b) // at once: each may take a minute
		if b.Found == port.Differs && b.Safety {
			unsafe++
		}
	}
	if !w.JSON {
		fmt.Fprint(stdout, summarizeBeliefs(all, unsafe))
	}
	return min(unsafe, 1)
}

// collectBeliefs are all of them, of Slack and of the cloud, and what ends the looks.
func collectBeliefs(getenv func(string) string, w checkBeliefsOptions) (all []beliefResult, closing func(), err error) {
	cfg, err := LoadConfig(getenv)
	if err != nil {
		return nil, nil, err
	}
	policy, _, err := loadPolicy(getenv, "")
	if err != nil {
		return nil, nil, err
	}
	at, err := beliefTargets(policy, w)
	if err != nil {
		return nil, nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	ch, err := openChat(cfg, quiet, newMetrics(), 0)
	if err != nil {
		return nil, nil, err
	}
	cl, err := openCloud(cfg, policy, getenv, quiet)
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

// beliefTargets is what of the workspace is looked at: what the policy file names.
func beliefTargets(policy policy.PolicyFile, w checkBeliefsOptions) (chat.LookAt, error) {
	named := policy.Policy.Named()
	at := chat.LookAt{Channel: w.Channel, Groups: named.Groups, Users: named.Users}
	if at.Channel == "" && len(policy.Policy.Channels) > 0 {
		at.Channel = policy.Policy.Channels[0]
	}
	cards, err := sample.Cards()
	for _, c := range cards {
		at.Cards = append(at.Cards, chat.SampleCard{Name: c.Name, Card: c.Card})
	}
	return at, err
}

// runLook looks, for a minute at most.
func (b *beliefResult) runLook(ctx context.Context) {
	if b.Look == nil {
		b.Sighting = port.Sighting{Found: port.Untold, Seen: "no harmless call can tell"}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	b.Sighting = b.Look(ctx)
}

// neededFor is what needs the belief.
func (b *beliefResult) neededFor() string {
	if b.Safety {
		return "safety"
	}
	return "ease"
}

// printBelief prints one in two lines.
func printBelief(w io.Writer, b beliefResult) {
	fmt.Fprintf(w, "%-14s %s, %s [%s]: %s\n", b.Found, b.of, b.Name, b.neededFor(), b.Says)
	seen := b.Seen
	if b.Look == nil {
		seen += "; by hand: " + b.ByHand
	}
	fmt.Fprintf(w, "%-14s %s\n", "", seen)
}

// printBeliefJSON prints one as a line of JSON.
func printBeliefJSON(w io.Writer, b beliefResult) {
	_ = json.NewEncoder(w).Encode(struct {
		Found  port.Found `json:"found"`
		Of     string     `json:"of"`
		Name   string     `json:"name"`
		Needs  string     `json:"needed_for"`
		Says   string     `json:"believed"`
		Seen   string     `json:"seen"`
		Source string     `json:"source"`
		How    string     `json:"how,omitempty"`
		ByHand string     `json:"by_hand,omitempty"`
	}{b.Found, b.of, b.Name, b.neededFor(), b.Says, b.Seen, b.Source, b.How, b.ByHand})
}

// summarizeBeliefs counts them, and says what to do.
func summarizeBeliefs(all []beliefResult, unsafe int) string {
	n := map[port.Found]int{}
	for _, b := range all {
		n[b.Found]++
	}
	var s strings.Builder
	fmt.Fprintf(&s, "\n%s: %d hold, %d differ, %d could not be told.",
		version(), n[port.Holds], n[port.Differs], n[port.Untold])
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
