package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/bot/fakeslack"
)

// person is one proposer with one machine.
type person struct {
	*round
	i int
	// typed is how often they proposed: where Slack could not say that it was
	// taken, they did it again. Of two that were taken, one may come to be worked
	// off when the other has ended; then there is a second card.
	typed int
}

// actForMachine is all that people do for this machine. What Slack says was not taken
// they do again; what was acknowledged they only wait for.
func (p *person) actForMachine() {
	slack, room, box := p.stage.slack, roomOf(p.i), boxOf(p.i)
	p.doUntilShown("proposes", func(ctx context.Context) error {
		p.typed++
		r, err := slack.Command(ctx, proposerOf(p.i), room, box)
		if err == nil && !strings.Contains(r.Text, "Looking at") {
			err = fmt.Errorf("not taken: %s%s", r.Text, r.Warning)
		}
		return err
	}, func() bool { return p.card().TS != "" })
	p.doUntilShown("is approved", func(ctx context.Context) error {
		return slack.Click(ctx, approverOf(p.i), room, p.card().TS, "Approve")
	}, func() bool { return p.threadHas("Approved by") })
	p.doUntilShown("confirms the backup", func(ctx context.Context) error {
		if _, open := slack.OpenView(proposerOf(p.i)); !open {
			if err := slack.Click(ctx, proposerOf(p.i), room, p.card().TS, "Confirm backup"); err != nil {
				return err
			}
		}
		r, err := slack.Submit(ctx, proposerOf(p.i), map[string]string{"typed": box})
		if errors.Is(err, fakeslack.ErrNoField) { // it says that nothing was noted: do it again
			p.total.add("people told to try again", 1)
			return errors.Join(err, slack.CloseView(ctx, proposerOf(p.i)))
		}
		if err == nil && !r.Closed {
			err = fmt.Errorf("the form stays open: %v %s", r.Errors, r.Warning)
		}
		return err
	}, func() bool { return p.threadHas("Backup confirmed") })
}

// acts is how long somebody goes on trying, and shows how long an act that was
// acknowledged may take to show.
const (
	acts  = 5 * time.Minute
	shows = 5 * time.Minute
)

func (p *person) doUntilShown(what string, act func(context.Context) error, shown func() bool) {
	if p.t.Failed() && !p.canary {
		return
	}
	done := shown
	shown = func() bool { return done() || p.isStopped() } // nobody turns a key of what is stopped
	err := p.tryUntilAcked(act, shown)
	for begun := time.Now(); p.toldNo(err, shown) && time.Since(begun) < shows; {
		p.total.add("people told to try again", 1)
		err = p.tryUntilAcked(act, shown)
	}
	if err != nil && !p.canary && !shown() {
		p.t.Errorf(
			"%s %s: %v\ncard: %s\nthread: %s\ntold alone: %s", boxOf(p.i), what, err, p.card().Text,
			strings.Join(p.threadLines(), "\n"), p.toldAlone(),
		)
	}
}

// tryUntilAcked acts until it is acknowledged, and waits until it shows, or until that
// person is told alone that it did not work.
func (p *person) tryUntilAcked(act func(context.Context) error, shown func() bool) error {
	before := p.countRefusals()
	err := tryUntil(p.ctx, acts, func() error {
		if shown() {
			return nil
		}
		err := act(p.ctx)
		if err != nil {
			waitFor(p.ctx, time.Second)
		}
		return err
	})
	if err != nil {
		return err
	}
	looks := 0
	if err := p.waitUntil(shows, func() bool {
		looks++
		return shown() || looks%8 == 0 && p.countRefusals() > before
	}); err != nil {
		return err
	}
	if !shown() {
		return errToldNo
	}
	return nil
}

var errToldNo = errors.New("it was refused for want of an answer of Slack or the cloud")

func (p *person) toldNo(err error, shown func() bool) bool {
	return errors.Is(err, errToldNo) && !shown()
}

// toldAlone is all that this machine's people were told alone.
func (p *person) toldAlone() string {
	var lines []string
	for _, who := range []string{proposerOf(p.i), approverOf(p.i)} {
		for _, m := range p.stage.slack.Ephemerals(who) {
			lines = append(lines, who+": "+m.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// goAgain are of what people are told alone if something could not be asked just
// now or for a minute, or reached at once, or was perhaps not noted: they look, and
// try again.
var goAgain = []string{
	"a failed check counts as no", "mend that, then do it again", "could not confirm that it noted this",
	"cannot reach its memory", "could not say in time who you are",
}

// countRefusals are how often this machine's people were told so.
func (p *person) countRefusals() int {
	n := 0
	for _, who := range []string{proposerOf(p.i), approverOf(p.i)} {
		for _, m := range p.stage.slack.Ephemerals(who) {
			n += asNumber(
				m.Channel == roomOf(p.i) && slices.ContainsFunc(
					goAgain, func(s string) bool { return strings.Contains(m.Text, s) },
				),
			)
		}
	}
	return n
}

// waitUntil looks four times a second, or, in a large crowd, every two seconds.
func (p *person) waitUntil(limit time.Duration, shown func() bool) error {
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	for !shown() {
		if ctx.Err() != nil {
			return fmt.Errorf("%w: it does not show within %s", errNotYet, limit)
		}
		waitFor(ctx, 250*time.Millisecond*time.Duration(1+p.wave/43))
	}
	return nil
}

// card is the machine's first card; the zero Message is none.
func (p *person) card() fakeslack.Message {
	if cards := p.allCards(); len(cards) > 0 {
		return cards[0]
	}
	return fakeslack.Message{}
}

// allCards are all of the machine's, oldest first.
func (p *person) allCards() (all []fakeslack.Message) {
	for _, m := range p.stage.slack.Messages(roomOf(p.i)) {
		if m.BotID != "" && (m.ThreadTS == "" || m.ThreadTS == m.TS) && strings.Contains(m.Text, boxOf(p.i)) {
			all = append(all, m)
		}
	}
	return all
}

// threadLines is what the card's thread says, line by line.
func (p *person) threadLines() (lines []string) {
	card := p.card()
	if card.TS == "" {
		return nil
	}
	for _, m := range p.stage.slack.Thread(roomOf(p.i), card.TS)[1:] {
		lines = append(lines, m.Text)
	}
	return lines
}

func (p *person) threadHas(text string) bool {
	return strings.Contains(strings.Join(p.threadLines(), "\n"), text)
}

// cardStatus is the card's word, as its notification has it, small.
func (p *person) cardStatus() string {
	_, rest, _ := strings.Cut(p.card().Text, "): ")
	word, _, _ := strings.Cut(rest, ".")
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// outcomes are the words in which a proposal may end here, with how many resets
// each means, and what the thread's line of it says.
var outcomes = map[string]struct {
	resets int
	line   string
}{
	"Done": {1, "Done after"}, "Failed": {1, "Failed"}, "Refused by the cloud": {0, "efused"},
	"Not sent": {0, "Not sent"}, settled: {0, ""},
}

// hasEnded reports whether card and thread show the end.
func (p *person) hasEnded() bool {
	s := p.cardStatus()
	_, ok := outcomes[s]
	return ok && p.threadHas(outcomes[s].line) && (s == settled || p.threadHas("ResetInstance request")) ||
		s == "Unknown" || s == "Superseded"
}

// judgeOutcome waits for the end and holds what people see against what the cloud did.
func (p *person) judgeOutcome() {
	p.total.add("proposals", 1)
	limit := 8 * time.Minute // 400 s until a call that was never heard of is known dead
	if p.t.Failed() || p.canary {
		limit = 0 // look, and let it be
	}
	err := p.waitUntil(limit, p.hasEnded)
	n, asked := p.stage.cloud.Resets(machineOf(p.i)), p.stage.cloud.ResetRequests(machineOf(p.i))
	status := p.cardStatus()
	p.total.add("ended: "+status, 1)
	p.total.add("resets too many", max(n-1, 0))
	if p.canary {
		return
	}
	p.total.add("wrong wipes", p.wipedWrongly())
	o, ok := outcomes[status]
	if status == settled { // before the call or after it
		o.resets = n
		p.total.add("stopped, for their record was changed, and settled by a person", 1)
	}
	wrong := ok && n != o.resets || n > 1 || asked > 1
	p.total.add("wrong outcomes", asNumber(wrong))
	if wrong || err != nil {
		p.t.Errorf(
			"%s: %q after %d resets of %d requests (%v)\nthread: %s", boxOf(p.i), status, n, asked, err,
			strings.Join(p.threadLines(), "\n"),
		)
	}
	p.threadIsWhole()
}

func asNumber(b bool) int {
	if b {
		return 1
	}
	return 0
}

// threadIsWhole holds the thread: every line once, none missing, one card.
func (p *person) threadIsWhole() {
	bad := 0
	seen := map[string]int{}
	for _, m := range p.stage.slack.Thread(roomOf(p.i), p.card().TS) {
		if m.Metadata != nil {
			seen[fmt.Sprint(m.Metadata.EventPayload)]++
		}
	}
	for key, n := range seen {
		if n > 1 {
			bad++
			p.t.Errorf("%s: told %d times: %s", boxOf(p.i), n, key)
		}
	}
	lines := strings.Join(p.threadLines(), "\n")
	for _, must := range []string{
		"asks to wipe", "Approved by", "Backup confirmed", "Both keys are there", "ResetInstance request",
	} {
		if n := strings.Count(lines, must); n == 0 && p.cardStatus() != settled || n > 1 &&
			must != "Both keys are there" {
			bad++
			p.t.Errorf("%s: %q was told %d times:\n%s", boxOf(p.i), must, n, lines)
		}
	}
	cards := len(p.allCards())
	if cards < 1 || cards > p.typed {
		bad++
		p.t.Errorf("%s has %d cards of %d commands", boxOf(p.i), cards, p.typed)
	}
	p.total.add("lines lost or told twice", bad)
}
