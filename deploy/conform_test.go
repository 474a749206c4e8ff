package deploy_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"twokey/bot/chat"
	"twokey/bot/fakeslack/conform"
	"twokey/commands/port"
	"twokey/commands/view"
)

// Each state of the card fits Slack's own types and lengths; lines, whispers and
// forms are held against them wherever a story of package practice shows one.
func TestSlacksOwnTypesTakeEveryCard(t *testing.T) {
	double, _, all := postCards(t)
	seen, wrong := conform.All(double.Calls(), double.Requests())
	for _, w := range wrong {
		t.Error(w)
	}
	if n := len(sampleCards(t)); seen["chat.postMessage"] != n || len(all) != n {
		t.Errorf("%v were held against them, of %d cards", seen, n)
	}
}

// formOpener opens a form at each command.
type formOpener struct {
	chat.Front
	open func(ctx context.Context, trigger string)
}

func (o formOpener) Command(ctx context.Context, in port.Inbound) port.Reply {
	o.open(ctx, in.Trigger)
	return port.Reply{Text: view.Say(endless)}
}

// endless is longer than any text may be.
var endless = strings.Repeat("né ", 5000)

func TestSlacksOwnTypesTakeWhateverIsTooLong(t *testing.T) {
	var form view.Form
	var bot *chat.Chat
	handler := formOpener{open: func(ctx context.Context, trigger string) {
		if _, _, err := bot.OpenForm(ctx, trigger, form); err != nil {
			t.Error(err)
		}
	}}
	double, bot := installApp(t, readManifest(t), &handler)
	form = longForm()
	ctx := t.Context()
	if r, err := double.Command(ctx, "U0ANN", "C0INFRA", "form"); err != nil || r.Warning != "" {
		t.Fatalf("%+v %v", r, err)
	}
	at, err := bot.PostCard(ctx, longCard(), "7K3Q.card")
	if err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"redraw": bot.UpdateCard(ctx, at, longCard()),
		"line":   bot.PostLine(ctx, at, view.Say(endless), "7K3Q.line"),
		"whisper": bot.Whisper(ctx, port.PrivateMessage{
			Channel: "C0INFRA", Thread: at.TS, User: "U0ANN", Text: view.Say(endless),
		}),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	seen, wrong := conform.All(double.Calls(), double.Requests())
	for _, w := range wrong {
		t.Error(w[:min(len(w), 500)])
	}
	for how, n := range map[string]int{
		"views.open": 1, "chat.postMessage": 2, "chat.update": 1, "chat.postEphemeral": 1, "the answer to a command": 1,
	} {
		if seen[how] != n {
			t.Errorf("%s was held against them %d times, not %d: %v", how, seen[how], n, seen)
		}
	}
}

// longCard has too much of everything.
func longCard() view.Card {
	texts := slices.Repeat([]view.Text{view.Say(endless)}, 60)
	return view.Card{
		Channel: "C0INFRA", ID: "7K3Q", Rev: 1, Title: endless, Status: view.Status{Emoji: "key", Word: endless},
		Lines: texts, Foot: view.Say(endless),
		Buttons: slices.Repeat([]view.Button{{Label: endless, Verb: "approve", Style: "danger"}}, 40),
		Summary: view.Say(endless),
	}
}

// longForm has every kind of field, each with too much.
func longForm() view.Form {
	var options []view.Option
	for i := range 150 {
		options = append(options, view.Option{Value: fmt.Sprint(i), Label: endless, Note: endless})
	}
	f := view.Form{Verb: "propose", Title: endless, Submit: endless, Intro: []view.Text{view.Say(endless)}}
	for _, kind := range []view.FieldKind{
		view.FieldText, view.FieldLong, view.FieldNumber, view.FieldChoice, view.FieldSearch,
	} {
		field := view.Field{ID: string(kind), Kind: kind, Label: endless, Hint: endless, Holder: endless}
		switch kind {
		case view.FieldText, view.FieldLong:
			field.Value = endless
		case view.FieldChoice, view.FieldSearch:
			field.Options, field.Value = options, "7"
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}
