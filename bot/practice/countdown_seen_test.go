package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"twokey/bot/fakeslack"
)

// coming is what the channel showed of one proposal, as Slack's double recorded
// it: every version of the card, and the lines of its thread. It tells whether
// people could see a call coming; the bot's own records have no say in that.
type coming struct {
	card  []fakeslack.Message
	lines []fakeslack.Message
}

const countsCard = "counting down" // the card's word

// callLine is of the line that tells of the call.
var callLine = regexp.MustCompile(`Sending the ResetInstance request|ResetInstance request sent`)

// countsLine is of the line that announces a countdown, or says when it ends.
var countsLine = regexp.MustCompile(` is wiped in |The wipe of .* starts <`)

// endsCount are of the lines after which a countdown that was shown counts no
// more: the next one has to be shown again.
var endsCount = []string{
	"The ResetInstance request waits", "Held by", "Held, for", "no longer count", "countdown restarts", "is over; nothing was sent",
}

// whyUnseen says why a call could not be seen coming; "" is that it could: before
// it, the thread told the countdown that led to it, and the card showed that it
// counts.
func (c coming) whyUnseen(call time.Time) string {
	at := slices.IndexFunc(c.lines, func(m fakeslack.Message) bool { return callLine.MatchString(m.Text) })
	if at < 0 {
		at = len(c.lines)
	}
	began, line := time.Time{}, fakeslack.Message{}
	for _, m := range c.lines[:at] { // of several countdowns, the last
		switch {
		case countsLine.MatchString(m.Text):
			line = m
		case slices.ContainsFunc(endsCount, func(s string) bool { return strings.Contains(m.Text, s) }):
			began, line = timeOf(m.TS), fakeslack.Message{}
		}
	}
	if line.TS == "" {
		return "no line announces its countdown"
	}
	if !timeOf(line.TS).Before(call) {
		return fmt.Sprintf("the line that announces its countdown came %s after the call", timeOf(line.TS).Sub(call))
	}
	if !c.cardCounted(began, momentIn(line.Text), call) {
		return "no version of the card before the call shows its countdown"
	}
	return ""
}

// cardCounted reports whether a version of the card shows before the call that this
// countdown runs: the one that ends then. If its line does not say when, it is one
// that ends after the last one was over, or one that came after that and names a
// moment that no version named before: lines and cards may come late.
func (c coming) cardCounted(began, ends, call time.Time) bool {
	for i, v := range c.card {
		if _, state, _ := strings.Cut(v.Text, "): "); !strings.HasPrefix(state, countsCard) ||
			!shownAt(v).Before(call) {
			continue
		}
		until := momentIn(v.Text)
		switch {
		case !ends.IsZero():
			if until.Equal(ends) {
				return true
			}
		case !until.IsZero():
			if until.After(began) || shownAt(v).After(began) && !anyNames(c.card[:i], until) {
				return true
			}
		case i+1 == len(c.card) || shownAt(c.card[i+1]).After(began):
			return true
		}
	}
	return false
}

// anyNames reports whether one of these versions names the moment.
func anyNames(versions []fakeslack.Message, at time.Time) bool {
	return slices.ContainsFunc(versions, func(v fakeslack.Message) bool { return momentIn(v.Text).Equal(at) })
}

var dated = regexp.MustCompile(`<!date\^(\d+)\^`)

// momentIn is the moment that a text names, in whole seconds; zero is none.
func momentIn(text string) time.Time {
	m := dated.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}
	}
	s, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(s, 0)
}

// shownAt is since when a version of a message stood there.
func shownAt(m fakeslack.Message) time.Time {
	if m.EditedTS != "" {
		return timeOf(m.EditedTS)
	}
	return timeOf(m.TS)
}

// timeOf reads Slack's time stamps, which are of its own clock.
func timeOf(ts string) time.Time {
	s, micros, _ := strings.Cut(ts, ".")
	a, err := strconv.ParseInt(s, 10, 64)
	b, err2 := strconv.ParseInt(micros, 10, 64)
	if err != nil || err2 != nil {
		panic("no time stamp: " + ts)
	}
	return time.Unix(a, b*1000)
}

// saidInTurn are the lines of a thread in all their versions, each at the time since which
// it stood there.
func saidInTurn(s *fakeslack.Slack, room string, lines []fakeslack.Message) (out []fakeslack.Message) {
	for _, m := range lines {
		for _, v := range s.Versions(room, m.TS) {
			if v.EditedTS != "" {
				v.TS = v.EditedTS
			}
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b fakeslack.Message) int { return timeOf(a.TS).Compare(timeOf(b.TS)) })
	return out
}

// sawItComing holds each reset of this machine's against what the channel showed
// before it. Several cards are of several commands: one of them led to it.
func (p *person) sawItComing() {
	unseen := 0
	for _, call := range p.stage.cloud.ResetsAt(machineOf(p.i)) {
		why := "no card shows this machine"
		for _, card := range p.allCards() {
			lines := saidInTurn(p.stage.slack, roomOf(p.i), p.stage.slack.Thread(roomOf(p.i), card.TS)[1:])
			if why = (coming{p.stage.slack.Versions(roomOf(p.i), card.TS), lines}).whyUnseen(call); why == "" {
				break
			}
		}
		if why != "" {
			unseen++
			p.t.Errorf(
				"%s: the call of %s could not be seen coming: %s\n%s", boxOf(p.i), call.Format(time.StampMilli), why,
				p.shownHistory(),
			)
		}
	}
	p.total.add("calls without a visible countdown", unseen)
}

// shownHistory is what the channel showed of this machine, each with its time.
func (p *person) shownHistory() string {
	var b strings.Builder
	for _, card := range p.allCards() {
		for _, v := range p.stage.slack.Versions(roomOf(p.i), card.TS) {
			fmt.Fprintf(&b, "%s card: %s\n", shownAt(v).Format(time.StampMilli), v.Text)
		}
		for _, m := range saidInTurn(p.stage.slack, roomOf(p.i), p.stage.slack.Thread(roomOf(p.i), card.TS)[1:]) {
			fmt.Fprintf(&b, "%s line: %s\n", timeOf(m.TS).Format(time.StampMilli), m.Text)
		}
	}
	return b.String()
}

// The judge of the chaos is judged: what it takes for seen, and what not.
func TestACallIsSeenComingOnlyWhereItsOwnCountdownWasShownBefore(t *testing.T) {
	at := func(s int, text string) fakeslack.Message {
		return fakeslack.Message{TS: fmt.Sprintf("1000000%03d.000000", s), Text: text}
	}
	card := func(s int, state string) fakeslack.Message {
		return at(s, "web-01 (ins-1a2b3c4d): "+state)
	}
	counts := func(ends int) string {
		return fmt.Sprintf("counting down. It starts <!date^1000000%03d^{time}|soon>.", ends)
	}
	line := func(s, ends int) fakeslack.Message {
		return at(s, fmt.Sprintf("The wipe of web-01 starts <!date^1000000%03d^{time}|soon>", ends))
	}
	keys, call, waits := card(1, "waiting for keys."), at(21, "Sending the ResetInstance request now"), at(
		11, "The countdown has ended. The ResetInstance request waits: frozen.",
	)
	undated := at(13, "web-01 is wiped in 5 s, counted from when this is shown.")
	for name, c := range map[string]struct {
		coming
		seen bool
	}{
		"both, in time": {
			coming{[]fakeslack.Message{keys, card(5, counts(10))}, []fakeslack.Message{line(5, 10), call}}, true,
		},
		"the call's own line is not there": {
			coming{[]fakeslack.Message{keys, card(5, counts(10))}, []fakeslack.Message{line(5, 10)}}, true,
		},
		"the card changed since": {
			coming{
				[]fakeslack.Message{card(5, counts(10)), card(15, "calling the cloud.")},
				[]fakeslack.Message{line(5, 10), call},
			},
			true,
		},
		"the card waits for keys": {
			coming{[]fakeslack.Message{keys}, []fakeslack.Message{line(5, 10), call}}, false,
		},
		"the card counts too late": {
			coming{[]fakeslack.Message{keys, card(21, counts(10))}, []fakeslack.Message{line(5, 10), call}}, false,
		},
		"the line comes too late": {
			coming{[]fakeslack.Message{card(5, counts(10))}, []fakeslack.Message{line(21, 10), call}}, false,
		},
		"no line": {
			coming{[]fakeslack.Message{card(5, counts(10))}, []fakeslack.Message{call}}, false,
		},
		"nothing": {coming{}, false},
		"an earlier countdown alone": {
			coming{[]fakeslack.Message{card(5, counts(10))}, []fakeslack.Message{line(5, 10), waits, call}}, false,
		},
		"the card shows the earlier alone": {
			coming{[]fakeslack.Message{card(5, counts(10))}, []fakeslack.Message{
				line(5, 10), waits, line(13, 18),
				call,
			}},
			false,
		},
		"both of the last": {
			coming{
				[]fakeslack.Message{card(5, counts(10)), card(14, counts(18))},
				[]fakeslack.Message{line(5, 10), waits, line(13, 18), call},
			},
			true,
		},
		"undated, the card shows the first": {
			coming{[]fakeslack.Message{card(5, counts(10))}, []fakeslack.Message{line(5, 10), waits, undated, call}},
			false,
		},
		"undated, the card shows the last": {
			coming{
				[]fakeslack.Message{card(5, counts(10)), card(14, counts(18))},
				[]fakeslack.Message{line(5, 10), waits, undated, call},
			},
			true,
		},
		"undated, the first comes again": {
			coming{
				[]fakeslack.Message{card(5, counts(10)), card(14, counts(10))},
				[]fakeslack.Message{line(5, 10), waits, undated, call},
			},
			false,
		},
		"undated, both late": {
			coming{
				[]fakeslack.Message{card(5, counts(6)), card(14, counts(9))},
				[]fakeslack.Message{line(5, 6), waits, undated, call},
			},
			true,
		},
		"the word alone, in a reason": {
			coming{
				[]fakeslack.Message{card(5, "waiting for keys. Why: counting down")},
				[]fakeslack.Message{line(5, 10), call},
			},
			false,
		},
	} {
		if why := c.whyUnseen(time.Unix(1000000020, 0)); (why == "") != c.seen {
			t.Errorf("%s: seen %t, want %t (%s)", name, why == "", c.seen, why)
		}
	}
}
