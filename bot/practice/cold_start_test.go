package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"twokey/bot/chat"
	"twokey/bot/fakeslack"
	"twokey/cloud"
	"twokey/cloud/fakecvm"
	"twokey/commands/port"
	"twokey/commands/wiring"
)

// slowCloud is the double, which answers one action to nobody before it is
// released.
func slowCloud(t *testing.T, action string) (c *cloud.Cloud, release func()) {
	t.Helper()
	fake := fakecvm.New(fakecvm.Config{SecretID: fakecvm.SampleSecretID, SecretKey: fakecvm.SampleSecretKey})
	released := make(chan struct{})
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Action") == action {
			select {
			case <-released:
			case <-r.Context().Done():
				return
			}
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	release = sync.OnceFunc(func() { close(released) })
	t.Cleanup(release) // else front.Close waits for what nobody released
	c, err := cloud.Open(cloud.Config{Endpoint: front.URL, Accounts: []cloud.Account{{
		Name: "main", Regions: []string{fakecvm.Guangzhou}, SecretID: fakecvm.SampleSecretID,
		SecretKey: fakecvm.SampleSecretKey,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, release
}

// Nothing is remembered yet and the cloud does not answer: every question still
// gets its answer before Slack gives up, and the form is drawn again when there
// is more to say.
func TestAColdMemoryKeepsNobodyWaiting(t *testing.T) {
	c, release := slowCloud(t, "DescribeInstances")
	slack := deskOn(t, c)
	ctx := t.Context()
	reads := func() string {
		v, _ := slack.OpenView("U0ANN")
		return slack.PlainBlocks(v.Blocks) + enteredText(v)
	}
	if r, err := slack.Command(ctx, "U0ANN", channel, ""); err != nil || r.Warning != "" ||
		!strings.Contains(reads(), "Machine") {
		t.Fatalf("%+v %v: %s", r, err, reads())
	}
	options, err := slack.Suggest(ctx, "U0ANN", "Machine", "web")
	if err != nil || len(options) != 1 || options[0].Text != "Still reading ap-guangzhou" {
		t.Fatalf("%+v %v", options, err)
	}
	if err := slack.Fill(ctx, "U0ANN", map[string]string{"Machine": "Still reading ap-guangzhou"}); err != nil {
		t.Fatal(err)
	}
	if r, err := slack.Submit(ctx, "U0ANN", nil); err != nil || !strings.Contains(r.Errors["target"],
		"Pick a machine") {
		t.Fatalf("%+v %v", r, err)
	}

	alert, err := slack.Alert(channel, "web-01 is down", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := slack.Shortcut(ctx, "U0ANN", "reinstall_message", channel, alert.TS); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(reads(), "Still reading the machines") || strings.Contains(reads(), "Machine =") {
		t.Fatalf("the form does not say what it waits for:\n%s", reads())
	}
	release()
	soon, cancel := withPatience(ctx)
	defer cancel()
	if err := slack.Wait(
		soon, func() bool { return strings.Contains(reads(), "Machine = web-01 · ins-1a2b3c4d") },
	); err != nil {
		t.Fatalf("the form was not drawn again:\n%s", reads())
	}
	if !strings.Contains(reads(), "Reason = Alert: web-01 is down") || strings.Contains(reads(), "Still reading") {
		t.Errorf("%s", reads())
	}
}

// The machine is remembered but not yet its images: the form opens with the
// machine, and learns a moment later what fits it.
func TestAFormDoesNotWaitForTheImages(t *testing.T) {
	c, release := slowCloud(t, "DescribeImages")
	slack := deskOn(t, c)
	if parts := c.Fleet(t.Context()); parts[0].Err != nil {
		t.Fatal(parts[0].Err)
	}
	alert, err := slack.Alert(channel, "win-01 is down", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := slack.Shortcut(t.Context(), "U0ANN", "reinstall_message", channel, alert.TS); err != nil {
		t.Fatal(err)
	}
	reads := func() string {
		v, _ := slack.OpenView("U0ANN")
		return slack.PlainBlocks(v.Blocks) + enteredText(v)
	}
	if !strings.Contains(reads(), "Machine = win-01") || strings.Contains(reads(), "Image = ") {
		t.Fatalf("the form is not there, or knows the images:\n%s", reads())
	}
	release()
	soon, cancel := withPatience(t.Context())
	defer cancel()
	if err := slack.Wait(soon, func() bool { return strings.Contains(reads(), "Image = ") }); err != nil {
		t.Fatalf("the form was not drawn again:\n%s", reads())
	}
	if !strings.Contains(reads(), "Machine = win-01") {
		t.Errorf("%s", reads())
	}
}

// deskOn is a desk between a double of Slack and a cloud; nothing is stored.
func deskOn(t *testing.T, c port.Cloud) *fakeslack.Slack {
	t.Helper()
	slack := fakeslack.New(fakeslack.Config{Shortcuts: shortcuts})
	origin, stop, err := slack.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	door, err := chat.New(
		chat.Config{Token: "xoxb-practice", SigningSecret: "practice-signing-secret", APIURL: origin + "/api/"},
	)
	if err != nil {
		t.Fatal(err)
	}
	door.SetFront(newEngine(wiring.Config{Cloud: c, Chat: door}))
	bot := httptest.NewServer(door.Handler())
	t.Cleanup(bot.Close)
	slack.SetBot(bot.URL+"/slack/commands", bot.URL+"/slack/interactions")
	return slack
}
