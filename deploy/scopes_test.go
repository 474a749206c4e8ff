package deploy_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/bot/chat"
	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// lacking is what fails without each scope of the manifest, and in which words:
// the reason why it is asked for. The rest goes on.
var lacking = map[string]map[string]string{
	"commands": {"type /reinstall": "/reinstall is not a valid command"},
	"chat:write": {
		"tell somebody directly": without("chat:write"),
		"post the card":          without("chat:write"),
		"tell somebody":          without("chat:write"),
		"redraw the card":        without("chat:write"),
	},
	"users:read": { // the bot does not know itself then, and does not start
		"type /reinstall":                  `/reinstall failed with the error "dispatch_failed"`,
		"ask who somebody is":              without("users:read"),
		"tell two accounts of one person":  without("users:read"),
		"find a direct message":            without("users:read"),
		"find a post in a public channel":  without("users:read"),
		"find a post in a private channel": without("users:read"),
	},
	"users:read.email": {"tell two accounts of one person": "no address"},
	"usergroups:read":  {"read who approves": without("usergroups:read")},
	"channels:read":    {"ask of a public channel": without("channels:read")},
	"groups:read":      {"ask of a private channel": without("groups:read")},
	"channels:history": {"find a post in a public channel": without("channels:history")},
	"groups:history":   {"find a post in a private channel": without("groups:history")},
	"im:write":         {"tell somebody directly": without("im:write"), "find a direct message": without("im:write")},
	"im:history":       {"find a direct message": without("im:history")},
}

func without(scope string) string {
	return "SLACK_BOT_TOKEN: the token lacks the scope " + scope + "; add it under OAuth & Permissions and install the app again"
}

// privately is a private channel with the bot in it.
const privately = "G0OPS"

func TestEachScopeOfTheManifestIsNeeded(t *testing.T) {
	asked := manifest(t).OAuth.Scopes.Bot
	if diff := cmp.Diff(map[string]string{}, fails(t, asked)); diff != "" {
		t.Fatalf("with all scopes:\n%s", diff)
	}
	for _, s := range asked {
		t.Run(s, func(t *testing.T) {
			t.Parallel()
			rest := slices.DeleteFunc(slices.Clone(asked), func(x string) bool { return x == s })
			if diff := cmp.Diff(lacking[s], fails(t, rest)); diff != "" || len(lacking[s]) == 0 {
				t.Errorf("-said +fails without it\n%s", diff)
			}
		})
	}
	var known []string
	for _, s := range append(chat.Scopes(), chat.DirectScopes()...) {
		known = append(known, s.Name)
	}
	if diff := cmp.Diff(known, asked); diff != "" {
		t.Errorf("-bot check looks for +the manifest asks for\n%s", diff)
	}
}

// fails does all that the bot does in Slack, with these scopes, and tells what
// fails.
func fails(t *testing.T, scopes []string) map[string]string {
	t.Helper()
	all := manifest(t)
	slack, bot := installed(t, all, heard{text: make(chan string, 1)})
	slack.AddChannel(fakeslack.Channel{ID: privately, Name: "ops", Private: true, Members: []string{"U0ANN", "U0TWOKEY"}})
	ctx := t.Context()
	card := view.Card{
		Channel: "C0INFRA", ID: "7K3Q", Rev: 1, Title: "web-01", Status: view.Status{Emoji: "key", Word: "Waiting"}, Summary: reinstall.Say("web-01"),
	}
	posted, err := bot.PostCard(ctx, card, "7K3Q.card")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all.OAuth.Scopes.Bot {
		if !slices.Contains(scopes, s) {
			if err := slack.Revoke(s); err != nil {
				t.Fatal(err)
			}
		}
	}
	out := map[string]string{}
	for what, do := range acts(bot, slack, card, posted) {
		if err := do(ctx); err != nil {
			out[what] = wordsOf(err)
		}
	}
	return out
}

// wordsOf is what an operator or a person reads of it.
func wordsOf(err error) string {
	var p *chat.Permanent
	if errors.As(err, &p) {
		return p.Sentence
	}
	return err.Error()
}

func acts(bot *chat.Chat, slack *fakeslack.Slack, card view.Card, posted port.Address) map[string]func(context.Context) error {
	find := func(channel string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := bot.FindCard(ctx, channel, "7K3Q.card", time.Now().Add(-time.Minute))
			return err
		}
	}
	room := func(channel string) func(context.Context) error {
		return func(ctx context.Context) error { _, err := bot.Channel(ctx, channel); return err }
	}
	return map[string]func(context.Context) error{
		"type /reinstall": func(ctx context.Context) error {
			r, err := slack.Command(ctx, "U0ANN", "C0INFRA", "help")
			if err == nil && r.Warning != "" {
				err = errors.New(r.Warning)
			}
			return err
		},
		"post the card": func(ctx context.Context) error { _, err := bot.PostCard(ctx, card, "7K3Q.again"); return err },
		"tell somebody": func(ctx context.Context) error {
			return bot.Whisper(ctx, "C0INFRA", "", "U0ANN", reinstall.Say("no"))
		},
		"redraw the card":     func(ctx context.Context) error { return bot.UpdateCard(ctx, posted, card) },
		"ask who somebody is": func(ctx context.Context) error { _, err := bot.Person(ctx, "U0BOB"); return err },
		"tell two accounts of one person": func(ctx context.Context) error {
			p, err := bot.Person(ctx, "U0BOB")
			if err == nil && p.Mailbox() == "" {
				err = errors.New("no address")
			}
			return err
		},
		"read who approves":                func(ctx context.Context) error { _, err := bot.Members(ctx, "S0ONCALL"); return err },
		"ask of a public channel":          room("C0INFRA"),
		"ask of a private channel":         room(privately),
		"find a post in a public channel":  find("C0INFRA"),
		"find a post in a private channel": find(privately),
		"tell somebody directly": func(ctx context.Context) error {
			return bot.Direct(ctx, "U0BOB", reinstall.Say("please look"), "7K3Q.direct.U0BOB")
		},
		"find a direct message": func(ctx context.Context) error {
			_, err := bot.FindDirect(ctx, "U0CHO", "7K3Q.direct.U0CHO", time.Now().Add(-time.Minute))
			return err
		},
	}
}
