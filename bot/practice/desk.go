package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"twokey/bot/fakeslack"
	"twokey/cloud/fakecvm"
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

// desk are the accidents that can be had at the press of a button.
func desk(ctx context.Context, st *stage) []fakeslack.DeskAction {
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

// watch has the page look again whenever the desk's states have changed by
// themselves, as when the cloud has used up a switch.
func (st *stage) watch(ctx context.Context, all []fakeslack.DeskAction) {
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

func (a *mishaps) ofTheBot() []fakeslack.DeskAction {
	const group = ofTheBotGroup
	return []fakeslack.DeskAction{
		{
			ID: "kill", Group: group, Label: "Kill the bot", Help: "kill -9, and started again at once with what Redis remembers.",
			Do: func(context.Context, given) (string, error) {
				began := time.Now()
				if err := errors.Join(a.killBot(), a.st.bot.start(a.ctx)); err != nil {
					return "", err
				}
				return fmt.Sprintf("The bot was killed with kill -9 and started again; %.1f s later it was ready.", time.Since(began).Seconds()), nil
			},
		},
		{
			ID: "down", Group: group, Label: "Keep the bot down", Help: "kill -9, and nobody starts it: clicks go nowhere until you end it.",
			Do: func(context.Context, given) (string, error) {
				return "The bot was killed with kill -9 and stays down.", a.killBot()
			},
			State: func() string { return a.st.bot.down() },
			End: func(context.Context) (string, error) {
				return "The bot runs again.", a.st.bot.start(a.ctx)
			},
		},
		{
			ID: "freeze", Group: group, Label: "Freeze the bot for 15 s", Help: "SIGSTOP: it does nothing and notices nothing, as on a machine that hangs.",
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

func (a *mishaps) ofRedis() []fakeslack.DeskAction {
	return []fakeslack.DeskAction{
		{
			ID: "redis", Group: ofTheBotGroup, Label: "Redis goes down", Help: "kill -9 of redis-server: without its memory the bot must do nothing.",
			Do: func(context.Context, given) (string, error) {
				if a.st.redis.warning != "" {
					return "", errors.New("this Redis is a stand-in inside practice and cannot go down; install redis-server and open practice again")
				}
				a.st.redis.kill()
				a.mark(func() { a.noRedis = true })
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
				a.mark(func() { a.noRedis = false })
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
	if err := a.st.bot.told(syscall.SIGSTOP); err != nil {
		return err
	}
	a.mark(func() {
		if a.thaw != nil {
			a.thaw.Stop()
		}
		a.thaw = time.AfterFunc(freezeFor, func() { a.thawBot(); a.st.slack.Refresh() })
	})
	return nil
}

func (a *mishaps) thawBot() {
	a.mark(func() {
		if a.thaw != nil {
			a.thaw.Stop()
		}
		a.thaw = nil
	})
	_ = a.st.bot.told(syscall.SIGCONT) // one that is down needs none
}

// mark changes what is in force. Nothing slow happens meanwhile: the page waits.
func (a *mishaps) mark(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

func (a *mishaps) ofSlack() []fakeslack.DeskAction {
	const group = "Slack"
	method := fakeslack.DeskField{Name: "method", Label: "Which calls", Options: []string{"all", "chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "users.info", "usergroups.users.list"}}
	of := func(in given, name string) string {
		if in["method"] == "all" {
			return name
		}
		return in["method"] + ":" + name
	}
	return []fakeslack.DeskAction{
		{
			ID: "429", Group: group, Label: "Slack answers 429", Help: "Too many requests: the bot has to wait as long as Slack says, and lose nothing.",
			Fields: []fakeslack.DeskField{method, {Name: "calls", Label: "How many", Options: []string{"5", "1", "20", "100"}}},
			Do: func(_ context.Context, in given) (string, error) {
				return "Slack will answer 429 to the next " + in["calls"] + " calls (" + in["method"] + ").", a.st.slack.Switch(of(in, "rate_limit"), in["calls"])
			},
		},
		{
			ID: "slack-lose", Group: group, Label: "Slack loses the next answer", Help: "The call is done, its answer never comes: the bot must not post twice.",
			Fields: []fakeslack.DeskField{method},
			Do: func(_ context.Context, in given) (string, error) {
				return "Slack will lose its next answer (" + in["method"] + ").", a.st.slack.Switch(of(in, "drop_after"), "1")
			},
		},
		{
			ID: "twice", Group: group, Label: "Every click arrives twice", Help: "At the same moment; each must count once.",
			Do: func(context.Context, given) (string, error) {
				return "Every click and command now arrives twice.", a.st.slack.Switch("deliver_twice", "on")
			},
		},
	}
}

// ofTheCloud are the misbehaviours of the cloud: each a switch of its double.
func (a *mishaps) ofTheCloud() []fakeslack.DeskAction {
	const group = "The cloud"
	next := func(id, label, help, name, value, state string) fakeslack.DeskAction {
		return fakeslack.DeskAction{
			ID: id, Group: group, Label: label, Help: help,
			Do: func(context.Context, given) (string, error) {
				return state, a.st.cloud.Switch(name, value)
			},
			State: func() string {
				if a.switched(name) {
					return state
				}
				return ""
			},
			End: func(context.Context) (string, error) {
				return "The cloud behaves again: " + name + " is off.", a.st.cloud.Switch(name, "off")
			},
		}
	}
	return []fakeslack.DeskAction{
		next("lose", "The cloud loses the next answer", "The reset is carried out, its answer never comes: it must not be called again.",
			"reset_drop_after", "next=1", "The cloud will carry out the next reset and lose the answer."),
		next("refuse", "The cloud refuses the next reset", "Sold out: the machine stays as it is.",
			"reset_error", "ResourceInsufficient.CloudDiskSoldOut next=1", "The cloud will refuse the next reset: disks of that kind are sold out."),
		next("fail", "The next reset fails", "The cloud takes the call, begins, and ends with FAILED.",
			"reset_fail", "next=1", "The next reset will begin and then fail."),
		next("late", "The cloud is slow to say so", "A reset begins and is not over until you end this.",
			"reset_stuck", "on", "Resets do not come to their end until this is ended."),
	}
}

func (a *mishaps) switched(name string) bool {
	return slices.ContainsFunc(a.st.cloud.Switches(), func(s fakecvm.SwitchInfo) bool { return s.Name == name && s.Set != "" })
}

// machines are those that somebody can do something to at the desk.
var machines = fakeslack.DeskField{Name: "machine", Label: "Which machine", Options: []string{"web-01", "web-02", "win-01", "nobackup-01", "shop-01"}}

// ofOthers is what other people do meanwhile.
func (a *mishaps) ofOthers() []fakeslack.DeskAction {
	const group = "Other people"
	console := func(id, label, help, action, done string) fakeslack.DeskAction {
		return fakeslack.DeskAction{
			ID: id, Group: group, Label: label, Help: help, Fields: []fakeslack.DeskField{machines},
			Do: func(_ context.Context, in given) (string, error) {
				i, err := a.st.instance(in["machine"])
				if err != nil {
					return "", err
				}
				return fmt.Sprintf(done, in["machine"]), a.st.cloud.Operate(i.ID, action)
			},
		}
	}
	return []fakeslack.DeskAction{
		console("reset", "Somebody resets a machine", "In the console, past Twokey and its keys.", "ResetInstance", "Somebody has reset %s in the console."),
		console("reboot", "Somebody reboots a machine", "In the console: the record of the last operation is another one then.", "RebootInstances", "Somebody has rebooted %s in the console."),
		{
			ID: "drift", Group: group, Label: "Somebody retags a machine", Help: "The plan is no longer what was approved: the keys must not count.",
			Fields: []fakeslack.DeskField{machines},
			Do: func(_ context.Context, in given) (string, error) {
				i, err := a.st.instance(in["machine"])
				if err != nil {
					return "", err
				}
				team := "payments"
				if i.Tags["team"] == team {
					team = "shop"
				}
				return "Somebody has tagged " + in["machine"] + " with team=" + team + ".", a.st.cloud.SetTag(i.ID, "team", &team)
			},
		},
		{
			ID: "leave", Group: group, Label: "An approver leaves the group", Help: "Whoever has left @oncall no longer counts, not even after pressing Approve.",
			Fields: []fakeslack.DeskField{{Name: "who", Label: "Who", Options: []string{"Bob", "Cho"}}},
			Do: func(_ context.Context, in given) (string, error) {
				a.mu.Lock()
				defer a.mu.Unlock()
				if a.left != "" {
					return "", fmt.Errorf("%s has left already; end that first", a.left)
				}
				if err := a.st.slack.Enrol(userOf(a.st.slack, in["who"]), onCall, false); err != nil {
					return "", err
				}
				a.left = in["who"]
				return in["who"] + " has left @oncall.", nil
			},
			State: func() string {
				a.mu.Lock()
				defer a.mu.Unlock()
				if a.left == "" {
					return ""
				}
				return a.left + " is not in @oncall any more and may not approve."
			},
			End: func(context.Context) (string, error) {
				a.mu.Lock()
				defer a.mu.Unlock()
				who := a.left
				a.left = ""
				return who + " is in @oncall again.", a.st.slack.Enrol(userOf(a.st.slack, who), onCall, true)
			},
		},
	}
}

// onCall is the group whose members approve in practice.
const onCall = "S0ONCALL"

func (a *mishaps) ofTime() []fakeslack.DeskAction {
	const group = "Time"
	return []fakeslack.DeskAction{
		{
			ID: "fast", Group: group, Label: "Time runs ten times as fast", Help: "Resets and images in the cloud, and the countdown of new proposals, take a tenth.",
			Do: func(context.Context, given) (string, error) {
				return "Time runs ten times as fast.", a.speedUp(true)
			},
			State: func() string {
				a.mu.Lock()
				defer a.mu.Unlock()
				if !a.sped {
					return ""
				}
				return "Time runs ten times as fast: a reset takes " + roundSeconds(resetTakes/(a.st.speed*faster)) + "."
			},
			End: func(context.Context) (string, error) {
				return "Time runs as before: a reset takes " + roundSeconds(resetTakes/a.st.speed) + ".", a.speedUp(false)
			},
		},
		{
			ID: "minute", Group: group, Label: "A minute passes in the cloud", Help: "What runs there is that much further; the bot sees it at its next look.",
			Do: func(context.Context, given) (string, error) {
				return "A minute has passed in the cloud.", a.st.cloud.Advance(time.Minute)
			},
		},
	}
}

// resetTakes is how many of the cloud's seconds a reset takes.
const resetTakes = 90

func roundSeconds(s float64) string { return strconv.FormatFloat(s, 'g', 2, 64) + " s" }

// speedUp changes the speed of the cloud, and the countdown in the policy file,
// which the bot then reads again as from any operator.
func (a *mishaps) speedUp(on bool) error {
	speed, policy := a.st.speed, a.st.policy
	if on {
		speed, policy = speed*faster, countdownLine.ReplaceAllFunc(policy, shortened)
	}
	if err := errors.Join(a.st.cloud.SetSpeed(speed), a.st.writePolicy(policy)); err != nil {
		return err
	}
	a.mark(func() { a.sped = on })
	_ = a.st.bot.told(syscall.SIGHUP) // one that is down reads the file when it starts
	return nil
}

var countdownLine = regexp.MustCompile(`(?m)^countdown: \S+$`)

// shortened is such a line with a shorter time, in whole seconds.
func shortened(line []byte) []byte {
	d, err := time.ParseDuration(strings.TrimPrefix(string(line), "countdown: "))
	if err != nil {
		return line
	}
	return fmt.Appendf(nil, "countdown: %s", max(d/faster, time.Second).Round(time.Second))
}
