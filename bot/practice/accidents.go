package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"time"

	"twokey/bot/fakeslack/page"
)

// freezeFor is how long the desk freezes the bot.
const freezeFor = 15 * time.Second

// faster is how much the desk speeds time up.
const faster = 10

// mishaps are what the page's desk can do to the stage, with what of it is in
// force.
type mishaps struct {
	ctx context.Context
	st  *stage

	mu      sync.Mutex  // over what is in force
	thaw    *time.Timer // set while the bot is frozen
	noRedis bool
	left    string // who has left the approvers
	sped    bool
}

// given is what a person chose at the desk, by field.
type given = map[string]string

// accidentButtons are the accidents that can be had at the press of a button.
func accidentButtons(ctx context.Context, st *stage) []page.Action {
	a := &mishaps{ctx: ctx, st: st}
	all := a.ofTheBot()
	all = append(all, a.ofRedis()...)
	all = append(all, a.ofSlack()...)
	all = append(all, a.ofTheCloud()...)
	all = append(all, a.ofOthers()...)
	all = append(all, a.ofTime()...)
	for i := range all {
		if state := all[i].State; state != nil {
			all[i].State = func() string {
				if !st.set.Load() {
					return ""
				}
				return state()
			}
		}
	}
	return all
}

// watchButtons has the page look again whenever the desk's states have changed by
// themselves, as when the cloud has used up a switch.
func (st *stage) watchButtons(ctx context.Context, all []page.Action) {
	for last := ""; ctx.Err() == nil; {
		changed := st.cloud.Changed()
		var now strings.Builder
		for _, a := range all {
			if a.State != nil {
				now.WriteString(a.State() + "\n")
			}
		}
		if now.String() != last {
			last = now.String()
			st.slack.Refresh()
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// ofTheBotGroup is the heading of what happens to the bot and to its Redis.
const ofTheBotGroup = "The bot and its memory"

func (a *mishaps) ofTheBot() []page.Action {
	const group = ofTheBotGroup
	return []page.Action{
		{
			ID: "kill", Group: group, Label: "Kill the bot",
			Help: "kill -9, and started again at once with what Redis remembers.",
			Do: func(context.Context, given) (string, error) {
				began := time.Now()
				if err := errors.Join(a.killBot(), a.st.bot.start(a.ctx)); err != nil {
					return "", err
				}
				return fmt.Sprintf(
					"The bot was killed with kill -9 and started again; %.1f s later it was ready.",
					time.Since(began).Seconds(),
				), nil
			},
		},
		{
			ID: "down", Group: group, Label: "Keep the bot down",
			Help: "kill -9, and nobody starts it: clicks go nowhere until you end it.",
			Do: func(context.Context, given) (string, error) {
				return "The bot was killed with kill -9 and stays down.", a.killBot()
			},
			State: func() string { return a.st.bot.downSentence() },
			End: func(context.Context) (string, error) {
				return "The bot runs again.", a.st.bot.start(a.ctx)
			},
		},
		{
			ID: "freeze", Group: group, Label: "Freeze the bot for 15 s",
			Help: "SIGSTOP: it does nothing and notices nothing, as on a machine that hangs.",
			Do: func(context.Context, given) (string, error) {
				return "The bot is frozen for 15 s.", a.freezeBot()
			},
			State: func() string {
				a.mu.Lock()
				defer a.mu.Unlock()
				if a.thaw == nil {
					return ""
				}
				return "The bot is frozen (SIGSTOP) for 15 s: what it is sent waits."
			},
			End: func(context.Context) (string, error) {
				a.thawBot()
				return "The bot goes on.", nil
			},
		},
	}
}

func (a *mishaps) ofRedis() []page.Action {
	return []page.Action{
		{
			ID: "redis", Group: ofTheBotGroup, Label: "Redis goes down",
			Help: "kill -9 of redis-server: without its memory the bot must do nothing.",
			Do: func(context.Context, given) (string, error) {
				if a.st.redis.warning != "" {
					return "", errors.New(
						"this Redis is a stand-in inside practice and cannot go down; install redis-server and " +
							"open practice again",
					)
				}
				a.st.redis.kill()
				a.setInForce(func() { a.noRedis = true })
				return "Redis was killed with kill -9; its file keeps what was written.", nil
			},
			State: func() string {
				a.mu.Lock()
				defer a.mu.Unlock()
				if !a.noRedis {
					return ""
				}
				return "Redis is down: the bot remembers nothing and starts nothing."
			},
			End: func(context.Context) (string, error) {
				if err := a.st.redis.start(a.ctx); err != nil {
					return "", err
				}
				a.setInForce(func() { a.noRedis = false })
				return "Redis is back, with what its file remembers.", nil
			},
		},
	}
}

// killBot kills the bot, frozen or not.
func (a *mishaps) killBot() error {
	a.thawBot()
	return a.st.bot.kill()
}

// freezeBot stops the bot's process and has it go on later.
func (a *mishaps) freezeBot() error {
	if err := a.st.bot.sendSignal(syscall.SIGSTOP); err != nil {
		return err
	}
	a.setInForce(func() {
		if a.thaw != nil {
			a.thaw.Stop()
		}
		a.thaw = time.AfterFunc(freezeFor, func() { a.thawBot(); a.st.slack.Refresh() })
	})
	return nil
}

func (a *mishaps) thawBot() {
	a.setInForce(func() {
		if a.thaw != nil {
			a.thaw.Stop()
		}
		a.thaw = nil
	})
	_ = a.st.bot.sendSignal(syscall.SIGCONT) // one that is down needs none
}

// setInForce changes what is in force. Nothing slow happens meanwhile: the page waits.
func (a *mishaps) setInForce(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

func (a *mishaps) ofSlack() []page.Action {
	const group = "Slack"
	method := page.Field{
		Name: "method", Label: "Which calls",
		Options: []string{
			"all", "chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "users.info",
			"usergroups.users.list",
		},
	}
	of := func(in given, name string) string {
		if in["method"] == "all" {
			return name
		}
		return in["method"] + ":" + name
	}
	return []page.Action{
		{
			ID: "429", Group: group, Label: "Slack answers 429",
			Help:   "Too many requests: the bot has to wait as long as Slack says, and lose nothing.",
			Fields: []page.Field{method, {Name: "calls", Label: "How many", Options: []string{"5", "1", "20", "100"}}},
			Do: func(_ context.Context, in given) (string, error) {
				return "Slack will answer 429 to the next " + in["calls"] + " calls (" + in["method"] + ").",
					a.st.slack.Switch(
						of(in, "rate_limit"), in["calls"],
					)
			},
		},
		{
			ID: "slack-lose", Group: group, Label: "Slack loses the next answer",
			Help:   "The call is done, its answer never comes: the bot must not post twice.",
			Fields: []page.Field{method},
			Do: func(_ context.Context, in given) (string, error) {
				return "Slack will lose its next answer (" + in["method"] + ").",
					a.st.slack.Switch(of(in, "drop_after"), "1")
			},
		},
		{
			ID: "twice", Group: group, Label: "Every click arrives twice",
			Help: "At the same moment; each must count once.",
			Do: func(context.Context, given) (string, error) {
				return "Every click and command now arrives twice.", a.st.slack.Switch("deliver_twice", "on")
			},
		},
	}
}
