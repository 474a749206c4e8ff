// Package chattest has what the tests of bot/chat and of the packages below it share.
package chattest

import (
	"encoding/json"
	"strings"
	"time"

	"twokey/commands/view"
)

// Card is a card as commands makes it.
func Card() view.Card {
	say := view.Say
	return view.Card{
		ID:      "7K3Q",
		Rev:     12,
		Channel: "C0INFRA",
		Title:   "web-01",
		Status:  view.Status{Emoji: ":closed_lock_with_key:", Word: "Waiting for keys"},
		Lines: []view.Text{
			say(view.Who("U0ANN"), ": kernel panics at boot"),
			say(view.Emoji("warning"), " In service: behind a load balancer"),
			say(view.Strong("Lost"), ": all of its 50 GiB system disk of ", view.Mono("ins-1a2b3c4d")),
			say(view.Strong("Then"), ": CentOS 7.6 → ", view.Strong("Ubuntu 24.04")),
			say(view.Strong("Needed"), ": ", view.Emoji("lock"), " 1 of ", view.Everyone("S0ONCALL"), ", ",
				view.Who("U0BOB"), " · ✓ backup ", view.At(time.Unix(1800000000, 0))),
		},
		Foot: say(view.Mono("7K3Q"), " · asked by ",
			view.Who("U0ANN"), ", ", view.At(time.Unix(1800000000, 0))),
		Buttons: []view.Button{
			{Label: "Approve", Verb: "approve", Style: "primary"},
			{Label: "Reject", Verb: "reject"},
			{Label: "Confirm backup", Verb: "backup"},
			{Label: "Cancel", Verb: "cancel", Style: "danger"},
		},
		Summary: view.Say(
			"Waiting for keys: reinstall of web-01 (ins-1a2b3c4d), proposal 7K3Q. Nothing happens before both keys " +
				"are turned.",
		),
	}
}

// Hostile are texts that somebody might call a machine.
var Hostile = []string{
	"<!channel> now",
	"@here @channel @everyone",
	"<@U0BOB>",
	"<!subteam^S0ONCALL>",
	"*bold* _it_ ~no~ `code`",
	"```\nblock\n```",
	"> quote",
	"<https://evil.example|Approve>",
	"https://evil.example/",
	":white_check_mark: Done",
	"web\u202e10-bew",
	"\u2066a\u2069\u200f\u200e",
	"\x00\x1b[31m\x7f",
	"a\nBackup  turned\nApproval",
	"a\r\nb\tc",
	strings.Repeat("界", 4000),
	strings.Repeat("x", 4000),
	strings.Repeat(
		"\U0001F469\u200d\U0001F692",
		2000,
	),
	strings.Repeat("\u202e", 4000),
	"&lt;!channel&gt;",
	"\xff\xfe",
	"",
	"   ",
	"\u200b",
	"{{.Token}}",
	"{date}",
}

// Objects lists every JSON object in v.
func Objects(v any) []map[string]any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		panic(err)
	}
	var out []map[string]any
	var visit func(any)
	visit = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			out = append(out, v)
			for _, x := range v {
				visit(x)
			}
		case []any:
			for _, x := range v {
				visit(x)
			}
		}
	}
	visit(tree)
	return out
}
