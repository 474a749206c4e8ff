package main

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// elsewhere is another channel of the policy's; whoever types there has joined it.
const elsewhere = "C0SHARED"

// doHome is what people do and see at their Home tab, and outside the channel.
func doHome(ts *testscript.TestScript, neg bool, name string, args []string) {
	p := playOf(ts)
	user := userOf(p.stage.slack, name)
	if args[0] == "opens-home" {
		wantError(ts, neg, p.stage.slack.OpenHome(p.ctx, user))
		return
	}
	needWords(ts, args, 2)
	if args[0] == "types-elsewhere" {
		m := proposalID.FindStringSubmatch(p.cardText())
		if m == nil {
			ts.Fatalf("there is no card")
		}
		p.stage.slack.Join(user, elsewhere)
		r, err := p.stage.slack.Command(p.ctx, user, elsewhere, strings.ReplaceAll(args[1], " ID", " "+m[1]))
		p.said[user] = r.Text + r.Warning
		wantError(ts, neg, err)
		return
	}
	home := func() string {
		v, ok := p.stage.slack.Home(user)
		if !ok {
			return "nothing was published"
		}
		return p.stage.slack.PlainBlocks(v.Blocks)
	}
	switch args[0] {
	case "presses-at-home":
		wantError(ts, neg, p.stage.slack.PressHome(p.ctx, user, args[1]))
	case "sees-at-home":
		wantText(ts, neg, name+" sees at home "+args[1], args[1], home)
	case "no-longer-sees":
		ts.Check(
			p.waitUntil(name+" no longer sees "+args[1], home, func() bool {
				return !strings.Contains(home(),
					args[1])
			}),
		)
	default:
		ts.Fatalf("%s cannot %s", name, args[0])
	}
}
