package fakeslack_test

import (
	"context"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"twokey/bot/fakeslack"
)

func TestCommandsAndClicksGoOverSocketMode(t *testing.T) {
	w := newWorld(t, func(c *fakeslack.Config) { c.SocketMode, c.AckTimeout = true, 10*time.Second })
	if reply, _ := w.Command(w.ctx, "U0ANN", "C0INFRA", "x"); reply.Warning == "" {
		t.Error("a command was delivered to nobody")
	}
	ctx, cancel := context.WithCancel(w.ctx)
	client := socketmode.New(w.api)
	ended := make(chan struct{})
	go func() { defer close(ended); _ = client.RunContext(ctx) }()
	clicks := make(chan slack.InteractionCallback, 4)
	go serveSocket(ctx, client, clicks)
	t.Cleanup(func() { cancel(); <-ended })
	if err := w.Wait(w.ctx, func() bool { return w.Sockets() == 1 }); err != nil {
		t.Fatal(err)
	}
	reply, err := w.Command(w.ctx, "U0ANN", "C0INFRA", "web-01")
	if err != nil || reply.Text != "got web-01" {
		t.Errorf("reply %+v, %v", reply, err)
	}
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(card(1)...))
	if err := w.Click(w.ctx, "U0BOB", "C0INFRA", ts, "approve"); err != nil {
		t.Fatal(err)
	}
	if c := <-clicks; c.ActionCallback.BlockActions[0].Value != "op-7K3Q" {
		t.Errorf("click %+v", c)
	}
	w.Disconnect("refresh_requested")
	if err := w.Wait(
		w.ctx, func() bool { return countCalls(w, "apps.connections.open") == 2 && w.Sockets() == 1 },
	); err != nil {
		t.Fatal(err)
	}
	if reply, err := w.Command(w.ctx, "U0ANN", "C0INFRA", "again"); err != nil || reply.Text != "got again" {
		t.Errorf("after a reconnection: %+v, %v", reply, err)
	}
}

func serveSocket(ctx context.Context, client *socketmode.Client, clicks chan<- slack.InteractionCallback) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-client.Events:
			switch data := e.Data.(type) {
			case slack.SlashCommand:
				_ = client.AckCtx(ctx, e.Request.EnvelopeID, map[string]any{"text": "got " + data.Text})
			case slack.InteractionCallback:
				_ = client.AckCtx(ctx, e.Request.EnvelopeID, nil)
				clicks <- data
			}
		}
	}
}

func countCalls(w *world, method string) int {
	n := 0
	for _, c := range w.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}
