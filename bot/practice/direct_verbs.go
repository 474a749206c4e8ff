package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// directText is all that stands in somebody's conversation with the bot.
func directText(p *play, user string) string {
	var b strings.Builder
	for _, m := range p.stage.slack.Directs(user) {
		b.WriteString(p.stage.slack.PlainText(m) + "\n")
	}
	return b.String()
}

// seesDirect looks for a text in somebody's direct messages: now or in a while,
// and just once if that is asked.
func seesDirect(ts *testscript.TestScript, neg bool, name, user, text string, once bool) {
	p := playOf(ts)
	now := func() string { return directText(p, user) }
	wantText(ts, neg, name+" sees in a direct message "+text, text, now)
	if n := strings.Count(now(), text); once && n != 1 {
		ts.Fatalf("%s was told %d times:\n%s", name, n, now())
	}
}

// calledNobody fails if the card's first version had a mention that notifies.
func calledNobody(ts *testscript.TestScript) {
	p := playOf(ts)
	m, err := p.stage.newestCard()
	ts.Check(err)
	raw, err := json.Marshal(p.stage.slack.Versions(channel, m.TS)[0].Blocks)
	ts.Check(err)
	for _, kind := range []string{`"type":"usergroup"`, `"user_id":"U0BOB"`, `"user_id":"U0CHO"`} {
		if strings.Contains(string(raw), kind) {
			ts.Fatalf("the card had %s when it was posted:\n%s", kind, raw)
		}
	}
}

// hasCalled waits until the bot has called a method so often.
func hasCalled(ts *testscript.TestScript, method string, times int) {
	p := playOf(ts)
	count := func() int {
		n := 0
		for _, c := range p.stage.slack.Calls() {
			if c.Method == method && c.Status != 0 {
				n++
			}
		}
		return n
	}
	ts.Check(
		p.waitUntil(
			fmt.Sprintf("%s is called %d times", method, times), func() string { return fmt.Sprint(count(), " times") },
			func() bool { return count() >= times },
		),
	)
}

// doApp is what an administrator does in the app's settings; done is false if it
// is something else.
func doApp(ts *testscript.TestScript, args []string) (done bool, err error) {
	s := stageOf(ts).slack
	switch args[0] {
	case "messages-tab":
		if args[1] != "on" && args[1] != "off" {
			return true, fmt.Errorf("a tab is on or off, not %s", args[1])
		}
		s.SetMessagesTab(args[1] == "on")
	case "refuses-direct":
		needWords(ts, args, 3)
		err = s.RefuseDirect(userOf(s, args[1]), args[2])
	case "has-other-sockets":
		s.SetOtherSockets(number(ts, args[1]))
	case "made":
		s.MakeFromManifest()
	case "has-called":
		needWords(ts, args, 3)
		hasCalled(ts, args[1], number(ts, args[2]))
	case "presses":
		err = s.PressRetry(playOf(ts).ctx)
	default:
		return false, nil
	}
	return true, err
}
