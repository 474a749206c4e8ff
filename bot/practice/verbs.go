package main

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// A verb is what a story can say. neg is set behind an exclamation mark: then
// it must not be so, now.
type verb = func(ts *testscript.TestScript, neg bool, args []string)

// verbs are the words of a story:
//
//	set                        set the stage, without the bot
//	bot starts|stops|stops-at-once|is-killed|restarts|says TEXT
//	bot will-say TEXT          in its log, in a while
//	bot says-at-most N TEXT    in so many lines of its log
//	bot answers PATH TEXT      on its admin address; will-answer: in a while
//	ann types TEXT             types /reinstall TEXT (bob, cho, dee, gus, eve, rex likewise);
//	                           ID in it stands for the newest card's id, and MEMBER
//	                           for that of its last machine if it is of several
//	ann types-often N TEXT     as fast as they can, one after the other
//	ann types-elsewhere TEXT   in another channel
//	ann presses LABEL [twice]  on the newest card
//	ann joins | leaves         the channel
//	ann opens-the-thread       of the newest card, beside the channel
//	ann presses-stale LABEL TEXT [NOT]  on the card as it was when it showed TEXT, and not NOT
//	ann presses-alone LABEL [twice]  on the newest message to her alone with a button that begins so
//	ann presses-on-line LABEL TEXT  on the newest line of the thread with TEXT, also once the button is gone
//	ann fills FIELD VALUE ..   in the open form
//	ann submits [FIELD VALUE ..]
//	ann presses-in-form LABEL  a button of the open form
//	ann uses SHORTCUT [on TEXT]  on the newest message of the channel that has TEXT in it
//	ann is-offered FIELD QUERY TEXT  by type-ahead: TEXT stands in one of the lines GROUP | OPTION | NOTE
//	alert says TEXT | says-much TEXT | posts FILE  another app, in the channel: FILE has text, blocks, attachments
//	ann is-told TEXT           alone, now or in a while
//	ann reads TEXT             in the open form, or under its fields
//	ann opens-home             her Home tab
//	ann presses-at-home LABEL  a button there
//	ann sees-at-home TEXT      now or in a while
//	ann is-asked-at-home LABEL TEXT  before the first button of that label counts
//	ann sees-direct TEXT       in a direct message of the bot's; sees-direct-once: in one alone
//	ann no-longer-sees TEXT    at home, in a while
//	card shows TEXT            now or in a while; a button is [LABEL]
//	card is-missing            there is none
//	card called-nobody         when it was posted
//	thread shows TEXT          now or in a while
//	thread no-longer-shows TEXT  in a while
//	thread showed TEXT         now or in a while, or before the line was edited
//	thread tells-once TEXT     exactly one line has it, or had
//	channel shows TEXT         in the channel itself, now or in a while
//	channel tells TEXT N       so many messages of the channel itself have it, when N have
//	cloud snapshots MACHINE [creating|old|expiring|data]    somebody made a snapshot in the console
//	cloud switch-for MACHINE NAME VALUE
//	cloud advance DURATION | switch NAME VALUE | operate MACHINE ACTION | tag MACHINE K=V | rename MACHINE
//
// NAME | has-heard MACHINE N | has-used-up SWITCH
//
//	cloud forgets MACHINE | holds ACTION | rotates-key ID    see forgetLastOperation, waitForHeldAnswer, rotateKey
//	cloud address6 MACHINE IP  it has that IPv6 address from now on
//	cloud binds MACHINE KEY .. it has these key pairs from now on; has-bound: it has just these
//	cloud drops-image IMAGE REGION
//	cloud balance MACHINE LB PROTOCOL PORT   it is put behind a load balancer
//	both-ways                  the bot has the endpoints and Socket Mode; before the bot starts
//	forger ..                  see doForger: what is not from Slack, or not what it looks like
//	slack ..                   see doSlack: switch, sends-over, group, adds, removes, deactivates,
//
// restricts, gives, shares, disables, locks, takes-away, archives, joins-organisation, refuses-calls,
//
//	                           messages-tab, refuses-direct, has-other-sockets, made from-a-manifest, presses Retry,
//	                           has-called METHOD N: so often, in a while
//	operator runs WORDS        the bot's binary with the bot's settings; ! if it must fail
//	operator reads TEXT        in what that printed
//	operator will-read WORDS TEXT  in what that prints, in a while
//	operator reads-at-most N TEXT  so many times
//	operator gives NAME=VALUE  to the bot's next start, and to what it runs
//	operator keeps FILE        what that printed
//	operator writes FILE       one of the story's over the bot's policy file; IN-20s in it is then
//	operator sends SIGHUP      to the bot
//	redis loses-audit-entry N  of every chain
//	receiver ..                see doReceiver: whoever takes the audit
//	redis sets NAME VALUE      CONFIG SET
//	socket-mode                Slack sends over Socket Mode; before the bot starts
//	resets MACHINE N           so many resets were carried out, and requests for them arrived
//	one-alone-is-reset A B     now or in a while, and not the other
//	ann reads-the-password-of MACHINE    in the open form
//	no-secret-anywhere MACHINE no message, log or record has its password
//	nothing-hidden-anywhere    no message has unseen characters or markup that is not ours
//	audit-file is-kept         AUDIT in twokey.yaml, the address of a file; before the bot starts
//	audit-file will-have TEXT
//	quiet-hours are-now        QUIET in twokey.yaml, for two hours from now, UTC; before the bot starts
//	env-of-bot NAME=VALUE      a setting of the bot, before it starts
//	runs MACHINE IMAGE         the machine runs the image now
//	machine MACHINE ..         its login service: see doMachine
func verbs() map[string]verb {
	m := map[string]verb{
		"set": doSet, "bot": doBot, "card": doCard, "thread": doThread, "channel": doChannel, "cloud": doCloud,
		"slack": doSlack, "resets": doResets, "runs": doRuns, "env-of-bot": doEnv, "socket-mode": doSocket,
		"both-ways": doBoth, "forger": doForger, "operator": doOperator, "redis": doRedis, "receiver": doReceiver,
		"internet": doInternet, "intruder": doIntruder, "no-secret-anywhere": doNoSecret, "machine": doMachine,
		"one-alone-is-reset": doOneAlone, "quiet-hours": doQuiet, "audit-file": doAuditFile,
		"nothing-hidden-anywhere": doNoneHidden, "alert": doAlert,
	}
	for _, name := range []string{"ann", "bob", "cho", "dee", "gus", "eve", "rex"} {
		m[name] = func(ts *testscript.TestScript, neg bool, args []string) { doPerson(ts, neg, name, args) }
	}
	return m
}

func playOf(ts *testscript.TestScript) *play { return ts.Value(playKey{}).(*play) }

// wantError fails the story unless the error is as neg wants it.
func wantError(ts *testscript.TestScript, neg bool, err error) {
	switch {
	case err == nil && neg:
		ts.Fatalf("this went through, and should not have")
	case err != nil && !neg:
		ts.Fatalf("%v", err)
	}
}

func needWords(ts *testscript.TestScript, args []string, n int) {
	if len(args) < n {
		ts.Fatalf("too few words: %q", args)
	}
}

// stageOf returns the stage, and sets it if the story has not yet.
func stageOf(ts *testscript.TestScript) *stage {
	p := playOf(ts)
	if p.stage == nil {
		ts.Check(p.setStage())
	}
	return p.stage
}

func doSet(ts *testscript.TestScript, _ bool, _ []string) { stageOf(ts) }

func doSocket(ts *testscript.TestScript, _ bool, _ []string) { playOf(ts).socket = true }

func doBoth(ts *testscript.TestScript, _ bool, _ []string) { playOf(ts).both = true }

func doEnv(ts *testscript.TestScript, _ bool, args []string) {
	playOf(ts).env = append(playOf(ts).env, args...)
}

func doBot(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 1)
	b := stageOf(ts).bot
	switch args[0] {
	case "starts":
		wantError(ts, neg, b.start(playOf(ts).ctx))
	case "stops":
		wantError(ts, neg, b.stop(syscall.SIGTERM))
	case "is-killed":
		wantError(ts, neg, b.kill())
	case "restarts":
		ts.Check(b.stop(syscall.SIGTERM))
		ts.Check(b.start(playOf(ts).ctx))
	case "answers":
		needWords(ts, args, 3)
		body, err := getPage(playOf(ts).ctx, "http://"+b.admin+args[1])
		if body == "" { // 503 has one, too
			ts.Check(err)
		}
		if strings.Contains(body, args[2]) == neg {
			ts.Fatalf("%s answers:\n%s", args[1], body)
		}
	case "will-answer":
		needWords(ts, args, 3)
		body := ""
		if err := tryUntil(playOf(ts).ctx, patience, func() (err error) {
			if body, err = getPage(
				playOf(ts).ctx, "http://"+b.admin+args[1],
			); err == nil && body == "" || strings.Contains(body, args[2]) != neg {
				return nil
			}
			err = fmt.Errorf("not yet: %s", body)
			return err
		}); err != nil {
			ts.Fatalf("%s answers:\n%s", args[1], body)
		}
	case "stops-at-once":
		began := time.Now()
		ts.Check(b.stop(syscall.SIGTERM))
		if took := time.Since(began); took > 5*time.Second {
			ts.Fatalf("it took %s to stop", took)
		}
	case "will-say":
		needWords(ts, args, 2)
		willSay(ts, args[1])
	case "says-at-most":
		needWords(ts, args, 3)
		if n := b.log.countLines(args[2]); n > number(ts, args[1]) {
			ts.Fatalf("it said %q in %d lines:\n%s", args[2], n, b.log.String())
		}
	case "says":
		needWords(ts, args, 2)
		if has := strings.Contains(b.log.String(), args[1]); has == neg {
			ts.Fatalf("the bot said:\n%s", b.log.lastLines(10))
		}
	default:
		ts.Fatalf("bot cannot %s", args[0])
	}
}

// wantText waits until text is shown; with neg it must not be there now.
func wantText(ts *testscript.TestScript, neg bool, what, text string, now func() string) {
	if neg {
		if strings.Contains(now(), text) {
			ts.Fatalf("%s: it does:\n%s", what, now())
		}
		return
	}
	ts.Check(playOf(ts).waitUntil(what, now, func() bool { return strings.Contains(now(), text) }))
}

func doCard(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 1)
	st, p := stageOf(ts), playOf(ts)
	switch args[0] {
	case "shows":
		needWords(ts, args, 2)
		wantText(ts, neg, "the card shows "+args[1], args[1], p.cardText)
	case "loses": // what it shows now, or showed just now
		needWords(ts, args, 2)
		ts.Check(
			p.waitUntil("the card loses "+args[1], p.cardText, func() bool {
				return !strings.Contains(p.cardText(),
					args[1])
			}),
		)
	case "called-nobody":
		calledNobody(ts)
	case "is-missing":
		if _, err := st.newestCard(); err == nil {
			ts.Fatalf("there is a card:\n%s", p.cardText())
		}
	default:
		ts.Fatalf("a card cannot %s", args[0])
	}
}

func doThread(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 2)
	p := playOf(ts)
	switch args[0] {
	case "shows":
		wantText(ts, neg, "the thread shows "+args[1], args[1], p.threadText)
	case "no-longer-shows":
		gone := func() bool { return !strings.Contains(p.threadText(), args[1]) }
		ts.Check(p.waitUntil("the thread no longer shows "+args[1], p.threadText, gone))
	case "showed", "tells-once":
		if n := p.linesWith(args[1]); neg && n > 0 {
			ts.Fatalf("%d lines showed %s:\n%s", n, args[1], p.threadText())
		} else if neg {
			return
		}
		ts.Check(p.waitUntil("the thread showed "+args[1], p.threadText, func() bool { return p.linesWith(args[1]) > 0 }))
		if n := p.linesWith(args[1]); n != 1 && args[0] == "tells-once" {
			ts.Fatalf("told %d times:\n%s", n, p.threadText())
		}
	default:
		ts.Fatalf("a thread cannot %s", args[0])
	}
}

// doChannel reads what stands in the channel outside the threads.
func doChannel(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 2)
	p := playOf(ts)
	all := func() string {
		var b strings.Builder
		for _, m := range stageOf(ts).slack.Messages(channel) {
			b.WriteString(p.stage.slack.PlainText(m) + "\n")
		}
		return b.String()
	}
	switch args[0] {
	case "shows":
		wantText(ts, neg, "the channel shows "+args[1], args[1], all)
	case "tells":
		needWords(ts, args, 3)
		n := number(ts, args[2])
		often := func() bool { return strings.Count(all(), args[1]) >= n }
		ts.Check(p.waitUntil("the channel tells it "+args[2]+" times", all, often))
		if got := strings.Count(all(), args[1]); got != n {
			ts.Fatalf("told %d times:\n%s", got, all())
		}
	default:
		ts.Fatalf("a channel cannot %s", args[0])
	}
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}
