package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/bot/fakeslack"
)

func doPerson(ts *testscript.TestScript, neg bool, name string, args []string) {
	needWords(ts, args, 1)
	st, p := stageOf(ts), playOf(ts)
	user := userOf(st.slack, name)
	rest := args[1:]
	switch args[0] {
	case "types":
		text := strings.TrimPrefix(withIDs(p, strings.Join(rest, " ")), "/reinstall ")
		r, err := st.slack.Command(p.ctx, user, channel, text)
		p.said[user] = r.Text + r.Warning
		wantError(ts, neg, err)
	case "types-often":
		needWords(ts, rest, 2)
		typesOften(ts, user, number(ts, rest[0]), rest[1])
	case "presses":
		needWords(ts, rest, 1)
		wantError(ts, neg, pressButton(p, user, rest[0], len(rest) > 1 && rest[1] == "twice"))
	case "presses-alone":
		needWords(ts, rest, 1)
		wantError(ts, neg, pressAlone(p, user, rest[0], len(rest) > 1 && rest[1] == "twice"))
	case "presses-on-line":
		needWords(ts, rest, 2)
		wantError(ts, neg, pressOnLine(p, user, rest[0], rest[1]))
	case "presses-again-until-the-card-shows":
		needWords(ts, rest, 2)
		ts.Check(pressUntilShown(p, user, rest[0], rest[1]))
	case "presses-stale":
		needWords(ts, rest, 2)
		wantError(ts, neg, pressStale(p, user, rest[0], rest[1], rest[2:]...))
	case "opens-the-thread": // beside the channel, of the newest card
		m, err := st.newestCard()
		ts.Check(err)
		st.slack.OpenThread(user, channel, m.TS)
	case "joins":
		st.slack.Join(user, channel)
	case "leaves":
		st.slack.Leave(user, channel)
	case "fills":
		wantError(ts, neg, st.slack.Fill(p.ctx, user, fieldPairs(ts, rest)))
	case "submits":
		r, err := st.slack.Submit(p.ctx, user, fieldPairs(ts, rest))
		p.errs[user] = r.Errors
		if err == nil && !r.Closed {
			err = fmt.Errorf("the form stays open: %v %s", r.Errors, r.Warning)
		}
		wantError(ts, neg, err)
	case "presses-in-form":
		needWords(ts, rest, 1)
		wantError(ts, neg, st.slack.ClickView(p.ctx, user, rest[0]))
	case "uses":
		wantError(ts, neg, useShortcut(ts, user, rest))
	case "is-offered":
		checkOffered(ts, neg, user, rest)
	case "is-told":
		needWords(ts, rest, 1)
		wantText(ts, neg, name+" is told "+rest[0], rest[0], func() string { return p.toldAlone(user) })
	case "sees-direct", "sees-direct-once":
		needWords(ts, rest, 1)
		seesDirect(ts, neg, name, user, rest[0], args[0] == "sees-direct-once")
	case "reads":
		needWords(ts, rest, 1)
		wantText(ts, neg, name+" reads "+rest[0], rest[0], func() string { return formText(p, user) })
	case "reads-the-password-of":
		needWords(ts, rest, 1)
		i, err := st.machineNamed(rest[0])
		ts.Check(err)
		wantText(ts, neg, name+" reads the password", i.Password, func() string { return formText(p, user) })
	default:
		doHome(ts, neg, name, args)
	}
}

// typesOften has somebody type the same many times.
func typesOften(ts *testscript.TestScript, user string, times int, text string) {
	p := playOf(ts)
	for range times {
		r, err := p.stage.slack.Command(p.ctx, user, channel, withIDs(p, text))
		ts.Check(err)
		p.said[user] += r.Text + r.Warning
	}
}

// proposalID finds a card's id on it: in the foot, or in what a reduced card says to type.
var proposalID = regexp.MustCompile(`(?m)(?:^|/reinstall show )([0-9A-Z]{4})(?: · |\.)`)

// memberID finds the id of the last machine on a card of several.
var memberID = regexp.MustCompile(`· operations (?:[0-9A-Z]{4} )*([0-9A-Z]{4})`)

// withIDs puts the newest card's ids for ID and MEMBER.
func withIDs(p *play, text string) string {
	if m := proposalID.FindStringSubmatch(p.cardText()); m != nil {
		text = strings.ReplaceAll(text, " ID", " "+strings.ToLower(m[1]))
	}
	if m := memberID.FindStringSubmatch(p.cardText()); m != nil {
		text = strings.ReplaceAll(text, " MEMBER", " "+strings.ToLower(m[1]))
	}
	return text
}

// pressUntilShown is somebody who was just told no, and something has changed since:
// a no is remembered for some seconds, so they press again.
func pressUntilShown(p *play, user, label, text string) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	shown := func() bool { return strings.Contains(p.cardText(), text) }
	for end := time.Now().Add(patience); !shown() && time.Now().Before(end); <-tick.C {
		if err := pressButton(p, user, label, false); err != nil && !errors.Is(err, fakeslack.ErrNoButton) {
			return err
		}
	}
	return p.waitUntil("the card shows "+text, p.cardText, shown)
}

// pressButton clicks a button of the newest card; twice means two deliveries at the
// same moment.
func pressButton(p *play, user, label string, twice bool) error {
	m, err := p.stage.newestCard()
	if err != nil {
		return err
	}
	return clickOften(p, user, m.TS, label, twice)
}

// clickOften clicks a button of a message once, or twice at the same moment.
func clickOften(p *play, user, ts, label string, twice bool) error {
	if !twice {
		return p.stage.slack.Click(p.ctx, user, channel, ts, label)
	}
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		wg.Go(func() { errs[i] = p.stage.slack.Click(p.ctx, user, channel, ts, label) })
	}
	wg.Wait()
	return errs[0]
}

// pressAlone clicks a button of the newest message that this person alone sees, in a
// while. The label may go on, as a proposal's id does that no story knows.
func pressAlone(p *play, user, label string, twice bool) error {
	var ts, full string
	find := func() bool {
		for _, m := range slices.Backward(p.stage.slack.Ephemerals(user)) {
			for button := range strings.SplitSeq(p.stage.slack.PlainText(m), "[") {
				if button, _, closed := strings.Cut(button, "]"); closed && strings.HasPrefix(button, label) {
					ts, full = m.TS, button
					return true
				}
			}
		}
		return false
	}
	err := p.waitUntil("there is a button "+label, func() string { return p.toldAlone(user) }, find)
	if err != nil {
		return err
	}
	return clickOften(p, user, ts, full, twice)
}

// pressStale clicks a button on an earlier version of the card: the last one
// that showed a text beside it, and none of the others.
func pressStale(p *play, user, label, shown string, without ...string) error {
	m, err := p.stage.newestCard()
	if err != nil {
		return err
	}
	vs := p.stage.slack.Versions(channel, m.TS)
	for i := len(vs) - 1; i >= 0; i-- {
		text := p.stage.slack.PlainText(vs[i])
		if strings.Contains(text, shown) && strings.Contains(text, "["+label+"]") &&
			!slices.ContainsFunc(without, func(w string) bool { return strings.Contains(text, w) }) {
			return p.stage.slack.ClickStale(p.ctx, user, channel, m.TS, vs[i].Version, label)
		}
	}
	return fmt.Errorf("the card never showed %q with a button %s", shown, label)
}

// pressOnLine clicks a button on the newest line of the thread that shows a text, as it
// was last with that button.
func pressOnLine(p *play, user, label, shown string) error {
	card, err := p.stage.newestCard()
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(p.stage.slack.Thread(channel, card.TS)[1:]) {
		for _, v := range slices.Backward(p.stage.slack.Versions(channel, m.TS)) {
			if text := p.stage.slack.PlainText(v); strings.Contains(text, shown) && strings.Contains(text, "["+label+"]") {
				return p.stage.slack.ClickStale(p.ctx, user, channel, m.TS, v.Version, label)
			}
		}
	}
	return fmt.Errorf("no line shows %q with a button %s", shown, label)
}

func fieldPairs(ts *testscript.TestScript, args []string) map[string]string {
	if len(args)%2 != 0 {
		ts.Fatalf("fields and values come in pairs: %q", args)
	}
	out := map[string]string{}
	for i := 0; i < len(args); i += 2 {
		out[args[i]] = args[i+1]
	}
	return out
}

func formText(p *play, user string) string {
	var b strings.Builder
	if v, ok := p.stage.slack.OpenView(user); ok {
		b.WriteString(p.stage.slack.PlainBlocks(v.Blocks))
		b.WriteString(enteredText(v))
	}
	for _, e := range p.errs[user] {
		b.WriteString("\n" + e)
	}
	return b.String()
}
