package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"twokey/bot/fakeslack/page"
	"twokey/cloud/fakecvm"
)

// What the desk does to the cloud, to time, and in the name of other people.

// ofTheCloud are the misbehaviours of the cloud: each a switch of its double.
func (a *mishaps) ofTheCloud() []page.Action {
	const group = "The cloud"
	next := func(id, label, help, name, value, state string) page.Action {
		return page.Action{
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
	return []page.Action{
		next("lose", "The cloud loses the next answer",
			"The reset is carried out, its answer never comes: it must not be called again.",
			"reset_drop_after", "next=1", "The cloud will carry out the next reset and lose the answer."),
		next("refuse", "The cloud refuses the next reset", "Sold out: the machine stays as it is.",
			"reset_error", "ResourceInsufficient.CloudDiskSoldOut next=1",
			"The cloud will refuse the next reset: disks of that kind are sold out."),
		next("fail", "The next reset fails", "The cloud takes the call, begins, and ends with FAILED.",
			"reset_fail", "next=1", "The next reset will begin and then fail."),
		next("late", "The cloud is slow to say so", "A reset begins and is not over until you end this.",
			"reset_stuck", "on", "Resets do not come to their end until this is ended."),
	}
}

func (a *mishaps) switched(name string) bool {
	return slices.ContainsFunc(
		a.st.cloud.Switches(), func(s fakecvm.SwitchInfo) bool { return s.Name == name && s.Set != "" },
	)
}

// machines are those that somebody can do something to at the desk.
var machines = page.Field{
	Name: "machine", Label: "Which machine", Options: []string{"web-01", "web-02", "win-01", "nobackup-01", "shop-01"},
}

// ofOthers is what other people do meanwhile.
func (a *mishaps) ofOthers() []page.Action {
	const group = "Other people"
	console := func(id, label, help, action, done string) page.Action {
		return page.Action{
			ID: id, Group: group, Label: label, Help: help, Fields: []page.Field{machines},
			Do: func(_ context.Context, in given) (string, error) {
				i, err := a.st.machineNamed(in["machine"])
				if err != nil {
					return "", err
				}
				return fmt.Sprintf(done, in["machine"]), a.st.cloud.Operate(i.ID, action)
			},
		}
	}
	return []page.Action{
		console(
			"reset", "Somebody resets a machine", "In the console, past Twokey and its keys.", "ResetInstance",
			"Somebody has reset %s in the console.",
		),
		console(
			"reboot", "Somebody reboots a machine",
			"In the console: the record of the last operation is another one then.",
			"RebootInstances", "Somebody has rebooted %s in the console.",
		),
		{
			ID: "drift", Group: group, Label: "Somebody retags a machine",
			Help:   "The plan is no longer what was approved: the keys must not count.",
			Fields: []page.Field{machines},
			Do: func(_ context.Context, in given) (string, error) {
				i, err := a.st.machineNamed(in["machine"])
				if err != nil {
					return "", err
				}
				team := "payments"
				if i.Tags["team"] == team {
					team = "shop"
				}
				return "Somebody has tagged " + in["machine"] + " with team=" + team + ".",
					a.st.cloud.SetTag(i.ID, "team", &team)
			},
		},
		{
			ID: "leave", Group: group, Label: "An approver leaves the group",
			Help:   "Whoever has left @oncall no longer counts, not even after pressing Approve.",
			Fields: []page.Field{{Name: "who", Label: "Who", Options: []string{"Bob", "Cho"}}},
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

func (a *mishaps) ofTime() []page.Action {
	const group = "Time"
	return []page.Action{
		{
			ID: "fast", Group: group, Label: "Time runs ten times as fast",
			Help: "Resets and images in the cloud, and the countdown of new proposals, take a tenth; a countdown " +
				"at least 5 s.",
			Do: func(context.Context, given) (string, error) {
				return "Time runs ten times as fast.", a.speedUp(true)
			},
			State: func() string {
				a.mu.Lock()
				defer a.mu.Unlock()
				if !a.sped {
					return ""
				}
				return "Time runs ten times as fast: a reset takes " + roundSeconds(resetTakes/(a.st.speed*faster)) +
					"."
			},
			End: func(context.Context) (string, error) {
				return "Time runs as before: a reset takes " + roundSeconds(resetTakes/a.st.speed) + ".",
					a.speedUp(false)
			},
		},
		{
			ID: "minute", Group: group, Label: "A minute passes in the cloud",
			Help: "What runs there is that much further; the bot sees it at its next look.",
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
		speed, policy = speed*faster, countdownLine.ReplaceAllFunc(policy, shorterCountdown)
	}
	if err := errors.Join(a.st.cloud.SetSpeed(speed), a.st.writePolicy(policy)); err != nil {
		return err
	}
	a.setInForce(func() { a.sped = on })
	_ = a.st.bot.sendSignal(syscall.SIGHUP) // one that is down reads the file when it starts
	return nil
}

var countdownLine = regexp.MustCompile(`(?m)^countdown: \S+$`)

// shorterCountdown is such a line with a shorter time, in whole seconds, but no shorter
// than the policy allows.
func shorterCountdown(line []byte) []byte {
	d, err := time.ParseDuration(strings.TrimPrefix(string(line), "countdown: "))
	if err != nil {
		return line
	}
	return fmt.Appendf(nil, "countdown: %s", max(d/faster, shortest).Round(time.Second))
}
