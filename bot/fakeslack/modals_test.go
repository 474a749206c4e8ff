package fakeslack_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

// opened is a world whose bot opens the form for Ann.
func opened(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.onRun(func(c slack.SlashCommand) any {
		if _, err := w.api.OpenViewContext(w.ctx, c.TriggerID, form()); err != nil {
			return map[string]any{"text": "open: " + err.Error()}
		}
		return nil
	})
	w.onAct(func(c slack.InteractionCallback) any {
		if c.Type == slack.InteractionTypeBlockSuggestion {
			return machines(c.Value)
		}
		return nil
	})
	if reply, err := w.Command(w.ctx, "U0ANN", "C0INFRA", ""); err != nil || reply.Text != "" {
		t.Fatalf("opening: %+v, %v", reply, err)
	}
	return w
}

var filled = map[string]string{
	"Machine": "web-01", "Image": "Debian 13", "Login": "Key pair", "Reason": "disk is read-only",
}

func TestAFormIsFilledByLabelsAndSubmitted(t *testing.T) {
	w := opened(t)
	v, ok := w.OpenView("U0ANN")
	if !ok || v.Title != "Reinstall a machine" || v.PrivateMetadata != "C0INFRA" {
		t.Fatalf("view %+v", v)
	}
	result, err := w.Submit(w.ctx, "U0ANN", filled)
	if err != nil || !result.Closed || !result.Sent {
		t.Fatalf("submitting: %+v, %v", result, err)
	}
	seen := w.interactions()
	got := seen[len(seen)-1]
	values := got.View.State.Values
	if got.Type != slack.InteractionTypeViewSubmission || got.View.CallbackID != "propose" || got.View.Hash == "" {
		t.Errorf("the bot got %s of %q", got.Type, got.View.CallbackID)
	}
	if values["instance"]["instance"].SelectedOption.Value != "ins-1a2b3c4d" ||
		values["image"]["image"].SelectedOption.Value != "img-debian13" ||
		values["login"]["login"].SelectedOption.Value != "key" || values["disk"]["disk"].Value != "50" ||
		values["reason"]["reason"].Value != "disk is read-only" {
		t.Errorf("values %+v", values)
	}
}

func TestSlackItselfRefusesWhatIsMissingOrOutOfRange(t *testing.T) {
	w := opened(t)
	result, err := w.Submit(w.ctx, "U0ANN", map[string]string{"System disk, GiB": "900"})
	if err != nil || result.Sent || result.Closed {
		t.Fatalf("%+v, %v", result, err)
	}
	for _, block := range []string{"instance", "image", "reason", "disk"} {
		if result.Errors[block] == "" {
			t.Errorf("no error under %s: %v", block, result.Errors)
		}
	}
	if result.Errors["host"] != "" {
		t.Error("an optional field was asked for")
	}
}

func TestTheBotsErrorsStandUnderInputBlocksOnly(t *testing.T) {
	w := opened(t)
	answer := func(block string) {
		w.onAct(func(c slack.InteractionCallback) any {
			if c.Type == slack.InteractionTypeBlockSuggestion {
				return machines(c.Value)
			}
			return slack.NewErrorsViewSubmissionResponse(map[string]string{block: "That is not its name: web-01"})
		})
	}
	answer("reason")
	result, err := w.Submit(w.ctx, "U0ANN", filled)
	if err != nil || result.Closed || result.Errors["reason"] == "" {
		t.Fatalf("%+v, %v", result, err)
	}
	answer("nowhere")
	var bad *fakeslack.BadAnswer
	if result, err = w.Submit(w.ctx, "U0ANN", filled); !errors.As(err, &bad) || result.Warning == "" || result.Closed {
		t.Errorf("errors for an unknown block: %+v, %v", result, err)
	}
}

func TestTypeAheadObeysItsMinimumAndItsMaximum(t *testing.T) {
	w := opened(t)
	if o, err := w.Suggest(w.ctx, "U0ANN", "Machine", ""); err != nil || o != nil || len(w.interactions()) != 0 {
		t.Errorf("asked below min_query_length: %v, %v", o, err)
	}
	if o, err := w.Suggest(w.ctx, "U0ANN", "instance", "web"); err != nil || len(o) != 2 ||
		o[0].Value != "ins-1a2b3c4d" {
		t.Errorf("offered %v, %v", o, err)
	}
	w.onAct(func(slack.InteractionCallback) any {
		var many []*slack.OptionBlockObject
		for i := range 101 {
			many = append(many, slack.NewOptionBlockObject(fmt.Sprint(i), pt("x"), nil))
		}
		return slack.OptionsResponse{Options: many}
	})
	var bad *fakeslack.BadAnswer
	if _, err := w.Suggest(w.ctx, "U0ANN", "instance", "web"); !errors.As(err, &bad) {
		t.Errorf("101 options were taken: %v", err)
	}
}

func TestATriggerOpensOneViewWithinThreeSeconds(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(c *fakeslack.Config) { c.Now = func() time.Time { return now } })
	var trigger string
	w.onRun(func(c slack.SlashCommand) any { trigger = c.TriggerID; return nil })
	run := func() {
		if _, err := w.Command(w.ctx, "U0ANN", "C0INFRA", ""); err != nil {
			t.Fatal(err)
		}
	}
	open := func() error { _, err := w.api.OpenViewContext(w.ctx, trigger, form()); return err }
	run()
	if err := open(); err != nil {
		t.Fatal(err)
	}
	refusedAs(t, open(), "exchanged_trigger_id")
	run()
	now = now.Add(3*time.Second + time.Millisecond)
	refusedAs(t, open(), "expired_trigger_id")
	trigger = "made.up"
	refusedAs(t, open(), "invalid_trigger_id")
}

func TestAViewIsUpdatedOnlyByWhoSawItsLatestState(t *testing.T) {
	w := opened(t)
	before, _ := w.OpenView("U0ANN")
	if err := w.Fill(w.ctx, "U0ANN", map[string]string{"Reason": "kept"}); err != nil {
		t.Fatal(err)
	}
	update := func() error { _, err := w.api.UpdateViewContext(w.ctx, form(), "", before.Hash, before.ID); return err }
	if err := update(); err != nil {
		t.Fatal(err)
	}
	err := update()
	refusedAs(t, err, "hash_conflict")
	if after, _ := w.OpenView("U0ANN"); after.Values["reason"]["reason"]["value"] != "kept" {
		t.Errorf("what was typed is gone: %v", after.Values)
	}
	long := form()
	long.PrivateMetadata = strings.Repeat("é", 3001)
	_, err = w.api.UpdateViewContext(w.ctx, long, "", "", before.ID)
	refusedAs(t, err, "invalid_arguments")
}

func TestViewsStackThreeDeepAndCloseIsTold(t *testing.T) {
	w := opened(t)
	plain := slack.ModalViewRequest{
		Type: slack.VTModal, Title: pt("More"), NotifyOnClose: true,
		Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewActionBlock("b", button("more", "More", ""))}},
	}
	var pushed error
	w.onAct(func(c slack.InteractionCallback) any {
		switch c.Type {
		case slack.InteractionTypeViewSubmission:
			return slack.NewPushViewSubmissionResponse(&plain)
		case slack.InteractionTypeBlockActions:
			_, pushed = w.api.PushViewContext(w.ctx, c.TriggerID, plain)
		case slack.InteractionTypeBlockSuggestion:
			return machines(c.Value)
		}
		return nil
	})
	if r, err := w.Submit(w.ctx, "U0ANN", filled); err != nil || r.Closed {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, want := range []int{3, 3} {
		if err := w.ClickView(w.ctx, "U0ANN", "More"); err != nil {
			t.Fatal(err)
		}
		if v, _ := w.OpenView("U0ANN"); v.Depth != want {
			t.Errorf("depth %d, want %d", v.Depth, want)
		}
	}
	refusedAs(t, pushed, "push_limit_reached")
	if err := w.CloseView(w.ctx, "U0ANN"); err != nil {
		t.Fatal(err)
	}
	seen := w.interactions()
	if last := seen[len(seen)-1]; last.Type != slack.InteractionTypeViewClosed {
		t.Errorf("last was %s", last.Type)
	}
}

func TestAHomeTabIsPublishedForOnePerson(t *testing.T) {
	w := newWorld(t)
	home := slack.HomeTabViewRequest{
		Type:   slack.VTHomeTab,
		Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewHeaderBlock(pt("Waiting for your approval"))}},
	}
	if _, err := w.api.PublishViewContext(
		w.ctx, slack.PublishViewContextRequest{UserID: "U0BOB", View: home},
	); err != nil {
		t.Fatal(err)
	}
	v, ok := w.Home("U0BOB")
	if !ok || w.PlainBlocks(v.Blocks) != "Waiting for your approval" {
		t.Errorf("home %+v", v)
	}
	if _, ok := w.Home("U0ANN"); ok {
		t.Error("Ann has a home that was not hers")
	}
}

func TestAConversationsSelectListsOnlyWhatItsFilterLets(t *testing.T) {
	w := newWorld(t)
	place := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, nil, "place")
	place.Filter = &slack.SelectBlockElementFilter{
		Include: []string{"public", "private"}, ExcludeExternalSharedChannels: true,
	}
	label := slack.NewTextBlockObject(slack.PlainTextType, "Channel", false, false)
	w.onRun(func(c slack.SlashCommand) any {
		if _, err := w.api.OpenViewContext(w.ctx, c.TriggerID, slack.ModalViewRequest{
			Type: slack.VTModal, Title: label, Submit: label, Blocks: slack.Blocks{
				BlockSet: []slack.Block{slack.NewInputBlock("place", label, nil, place)},
			},
		}); err != nil {
			return map[string]any{"text": "open: " + err.Error()}
		}
		return nil
	})
	if reply, err := w.Command(w.ctx, "U0ANN", "C0INFRA", ""); err != nil || reply.Text != "" {
		t.Fatalf("%+v %v", reply, err)
	}
	for id, ok := range map[string]bool{
		"C0RANDOM": true, "C0INFRA": true, "C0SHARED": false, "C0NOWHERE": false, "": true,
	} {
		if err := w.Fill(w.ctx, "U0ANN", map[string]string{"Channel": id}); (err == nil) != ok {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestWhatIsOfferedUnderOneBlockIsNotOfferedUnderItsSuccessor(t *testing.T) {
	w := opened(t)
	if _, err := w.Suggest(w.ctx, "U0ANN", "Machine", "web"); err != nil {
		t.Fatal(err)
	}
	v, _ := w.OpenView("U0ANN")
	next := form()
	for _, b := range next.Blocks.BlockSet {
		if i, ok := b.(*slack.InputBlock); ok && i.BlockID == "instance" {
			i.BlockID = "instance~2"
		}
	}
	if _, err := w.api.UpdateViewContext(w.ctx, next, "", v.Hash, v.ID); err != nil {
		t.Fatal(err)
	}
	asked := len(w.interactions())
	if err := w.Fill(w.ctx, "U0ANN", map[string]string{"Machine": "web-01"}); err != nil {
		t.Fatal(err)
	}
	if len(w.interactions()) == asked {
		t.Error("the new block takes what the old one was offered, without asking the bot")
	}
}
