package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"twokey/bot/fakeslack"
	"twokey/cloud/fakecvm"
)

// openPage sets the stage with a page to play on, until ctx ends.
func openPage(ctx context.Context, addr string, speed float64, out io.Writer) error {
	dir, err := os.MkdirTemp("", "twokey-practice-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Fprintln(out, "Building the bot…")
	bin, err := buildBot(ctx, dir)
	if err != nil {
		return err
	}
	st, err := newStage(ctx, setting{bin: bin, dir: dir, policy: policyWith(15 * time.Second), addr: addr, speed: speed, desk: func(st *stage) []fakeslack.DeskAction { return desk(ctx, st) }})
	if err != nil {
		return err
	}
	defer st.close()
	if st.redis.warning != "" {
		fmt.Fprintln(out, "warning:", st.redis.warning)
	}
	if err := st.bot.start(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "Practice is open: %s\nYou are Ann, on call. Type /reinstall web-01, then be Bob and approve.\n", st.page)
	fmt.Fprintf(out, "Accidents: the page's practice desk, and the cloud's control port, %s/switches.\nCtrl-C ends it; nothing real is touched.\n", st.control)
	<-ctx.Done()
	fmt.Fprintln(out, "Practice has ended.")
	return nil
}

// desk are the accidents that can be had at the press of a button.
func desk(ctx context.Context, st *stage) []fakeslack.DeskAction {
	cloud := func(name, value string) func(context.Context) error {
		return func(context.Context) error { return st.cloud.Switch(name, value) }
	}
	return []fakeslack.DeskAction{
		{ID: "kill", Label: "Kill the bot", Help: "kill -9, now", Do: func(context.Context) error { return st.bot.kill() }},
		{ID: "start", Label: "Start the bot", Help: "with what Redis remembers", Do: func(context.Context) error { return st.bot.start(ctx) }},
		{ID: "lose", Label: "The cloud loses the next answer", Help: "the reset is carried out, its answer never comes", Do: cloud("reset_drop_after", "next=1")},
		{ID: "refuse", Label: "The cloud refuses the next reset", Help: "sold out", Do: cloud("reset_error", "ResourceInsufficient.CloudDiskSoldOut next=1")},
		{ID: "fail", Label: "The next reset fails", Help: "after it has begun", Do: cloud("reset_fail", "next=1")},
		{ID: "drift", Label: "Somebody retags web-01", Help: "the plan is no longer what was approved", Do: func(context.Context) error {
			v := "shop-" + fmt.Sprint(len(st.cloud.Requests()))
			return st.cloud.SetTag(fakecvm.Web01, "team", &v)
		}},
		{ID: "reboot", Label: "Somebody reboots web-01", Help: "in the console", Do: func(context.Context) error { return st.cloud.Operate(fakecvm.Web01, "RebootInstances") }},
		{ID: "429", Label: "Slack answers 429", Help: "to the next five calls", Do: func(context.Context) error {
			return errors.Join(st.slack.Switch("rate_limit", "5"))
		}},
		{ID: "twice", Label: "Every click arrives twice", Help: "until pressed again it stays so", Do: func(context.Context) error { return st.slack.Switch("deliver_twice", "on") }},
		{ID: "fast", Label: "A minute passes in the cloud", Help: "what runs there goes on", Do: func(context.Context) error { return st.cloud.Advance(60e9) }},
	}
}
