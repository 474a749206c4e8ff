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
	"twokey/commands/view"
)

// lacking is what fails without each scope of the manifest, and in which words. That is
// why the manifest asks for it. All else works.
var lacking = map[string]map[string]string{
	"commands": {"type /reinstall": "/reinstall is not a valid command"},
	"chat:write": {
		"tell somebody directly": lacksScope("chat:write"),
		"post the card":          lacksScope("chat:write"),
		"tell somebody":          lacksScope("chat:write"),
		"redraw the card":        lacksScope("chat:write"),
	},
	"users:read": { // the bot does not know itself then, and does not start
		"type /reinstall":                  `/reinstall failed with the error "dispatch_failed"`,
		"ask who somebody is":              lacksScope("users:read"),
		"tell two accounts of one person":  lacksScope("users:read"),
		"find a direct message":            lacksScope("users:read"),
		"find a post in a public channel":  lacksScope("users:read"),
		"find a post in a private channel": lacksScope("users:read"),
	},
	"users:read.email": {"tell two accounts of one person": "no address"},
	"usergroups:read":  {"read who approves": lacksScope("usergroups:read")},
	"channels:read":    {"ask of a public channel": lacksScope("channels:read")},
	"groups:read":      {"ask of a private channel": lacksScope("groups:read")},
	"channels:history": {"find a post in a public channel": lacksScope("channels:history")},
	"groups:history":   {"find a post in a private channel": lacksScope("groups:history")},
	"im:write": {
		"tell somebody directly": lacksScope("im:write"),
		"find a direct message":  lacksScope("im:write"),
	},
	"im:history": {"find a direct message": lacksScope("im:history")},
}

func lacksScope(scope string) string {
	return "SLACK_BOT_TOKEN: the token lacks the scope " + scope +
		"; add it under OAuth & Permissions and install the app again"
}

// privately is a private channel with the bot in it.
const privately = "G0OPS"

func TestEachScopeOfTheManifestIsNeeded(t *testing.T) {
	asked := readManifest(t).OAuth.Scopes.Bot
	if diff := cmp.Diff(map[string]string{}, failuresWith(t, asked)); diff != "" {
		t.Fatalf("with all scopes:\n%s", diff)
	}
	for _, s := range asked {
		t.Run(s, func(t *testing.T) {
			t.Parallel()
			rest := slices.DeleteFunc(slices.Clone(asked), func(x string) bool { return x == s })
			if diff := cmp.Diff(lacking[s], failuresWith(t, rest)); diff != "" || len(lacking[s]) == 0 {
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

// failuresWith does all that the bot does in Slack, with these scopes. It returns what
// fails.
func failuresWith(t *testing.T, scopes []string) map[string]string {
	t.Helper()
	all := readManifest(t)
	slack, bot := installApp(t, all, recordingHandler{text: make(chan string, 1)})
	slack.AddChannel(fakeslack.Channel{
		ID: privately, Name: "ops", Private: true,
		Members: []string{"U0ANN", "U0TWOKEY"},
	})
	ctx := t.Context()
	card := view.Card{
		Channel: "C0INFRA", ID: "7K3Q", Rev: 1, Title: "web-01", Status: view.Status{Emoji: "key", Word: "Waiting"},
		Summary: view.Say("web-01"),
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
	for what, do := range slackActions(bot, slack, card, posted) {
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

func slackActions(
	bot *chat.Chat, slack *fakeslack.Slack, card view.Card, posted port.Address,
) map[string]func(context.Context) error {
	find := func(channel string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := bot.FindCard(ctx, channel, "7K3Q.card", time.Now().Add(-time.Minute))
			return err
		}
	}
	askOf := func(channel string) func(context.Context) error {
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
		"post the card": func(ctx context.Context) error {
			_, err := bot.PostCard(ctx, card,
				"7K3Q.again")
			return err
		},
		"tell somebody": func(ctx context.Context) error {
			return bot.Whisper(ctx, port.PrivateMessage{Channel: "C0INFRA", User: "U0ANN", Text: view.Say("no")})
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
		"read who approves": func(ctx context.Context) error {
			_, err := bot.Members(ctx, "S0ONCALL")
			return err
		},
		"ask of a public channel":          askOf("C0INFRA"),
		"ask of a private channel":         askOf(privately),
		"find a post in a public channel":  find("C0INFRA"),
		"find a post in a private channel": find(privately),
		"tell somebody directly": func(ctx context.Context) error {
			return bot.Direct(ctx, "U0BOB", view.Say("please look"), "7K3Q.direct.U0BOB")
		},
		"find a direct message": func(ctx context.Context) error {
			_, err := bot.FindDirect(ctx, "U0CHO", "7K3Q.direct.U0CHO", time.Now().Add(-time.Minute))
			return err
		},
	}
}
