package main

import (
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/bot/fakeslack"
)

// doSlack is what Slack, or an administrator of the workspace, does:
//
//	slack switch NAME VALUE
//	slack sends-over http | socket    from now on
//	slack group ID ann ..      a new user group, of these people; ID is S0 and its handle in capitals
//	slack adds NAME to GROUP | removes NAME from GROUP
//	slack deactivates NAME | restricts NAME | unrestricts NAME     a guest is restricted
//	slack gives NAME EMAIL
//	slack disables GROUP | locks GROUP         locked: ordinary members cannot change it
//	slack takes-away SCOPE     from the app's tokens
//	slack gives-back SCOPE     to them
//	slack archives CHANNEL | unarchives CHANNEL
//	slack invites CHANNEL | kicks CHANNEL      Twokey into it, or out of it
//	slack clock DURATION       ahead of the bot's, or with a minus behind it; before the bot starts
//	slack has-refused CODE N   so many calls of the bot, in a while
//	slack shares CHANNEL | unshares CHANNEL    with another company
//	slack refuses bot-token | app-token CODE   in every call, until Slack accepts it
//	slack accepts bot-token | app-token
//	slack sees-sockets N       waits for so many Socket Mode connections
//	slack drops sockets        all Socket Mode connections break
//	slack installs-for ORG     the app, for a whole organisation
//	slack joins-organisation ORG   the workspace, which the app stays installed in alone
//	slack calls-home NAME TEAM     another workspace of the organisation, of which they are too
//	slack refuses-calls METHOD CODE N  the next ones
func doSlack(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 2)
	if args[0] == "group" {
		addGroup(ts, args[1], args[2:])
		return
	}
	if done, err := doApp(ts, args); done {
		wantError(ts, neg, err)
		return
	}
	s := stageOf(ts).slack
	who := userOf(s, args[1])
	third := func(n int) string { needWords(ts, args, n+1); return args[n] }
	var err error
	switch args[0] {
	case "sends-over":
		if args[1] == "socket" {
			waitForSockets(ts, 2)
		}
		s.SetSocketMode(args[1] == "socket")
	case "sees-sockets":
		waitForSockets(ts, number(ts, args[1]))
	case "switch":
		err = s.Switch(args[1], third(2))
	case "adds":
		err = s.Enrol(who, third(3), true)
	case "removes":
		err = s.Enrol(who, third(3), false)
	case "deactivates":
		err = s.Deactivate(who)
	case "restricts", "unrestricts":
		err = s.Restrict(who, args[0] == "restricts")
	case "gives":
		err = s.SetEmail(who, third(2))
	case "disables":
		err = s.ChangeGroup(args[1], func(g *fakeslack.Group) { g.Deleted = true })
	case "locks":
		err = s.ChangeGroup(args[1], func(g *fakeslack.Group) { g.Locked = true })
	case "takes-away":
		err = s.Revoke(args[1])
	case "gives-back":
		err = s.Grant(args[1])
	case "refuses":
		err = s.RefuseToken(tokenOf(args[1]), third(2))
	case "accepts":
		err = s.RefuseToken(tokenOf(args[1]), "")
	case "drops":
		s.DropSockets()
	case "joins-organisation":
		s.JoinOrganisation(args[1], "Org")
	case "calls-home":
		s.ChangeUser(who, func(u *fakeslack.User) { u.PrimaryTeamID = third(2) })
	case "refuses-calls":
		err = s.RefuseCalls(args[1], third(2), number(ts, third(3)))
	case "installs-for":
		s.InstallForOrganisation(args[1], "Org")
	case "archives", "unarchives":
		s.SetArchived(args[1], args[0] == "archives")
	case "invites":
		s.Join("U0TWOKEY", args[1])
	case "kicks":
		s.Leave("U0TWOKEY", args[1])
	case "has-refused":
		err = refusedOften(ts, args[1], number(ts, third(2)))
	case "clock":
		var ahead time.Duration
		if ahead, err = time.ParseDuration(args[1]); err == nil {
			s.SetAhead(ahead)
		}
	case "shares", "unshares":
		err = s.Share(args[1], args[0] == "shares")
	default:
		ts.Fatalf("slack cannot %s", args[0])
	}
	wantError(ts, neg, err)
}

func tokenOf(word string) fakeslack.Token {
	return fakeslack.Token(strings.TrimSuffix(word, "-token"))
}

// refusedOften waits until so many calls of the bot were refused with a code.
func refusedOften(ts *testscript.TestScript, code string, n int) error {
	p := playOf(ts)
	ctx, cancel := withPatience(p.ctx)
	defer cancel()
	return p.stage.slack.Wait(ctx, func() bool {
		got := 0
		for _, c := range p.stage.slack.Calls() {
			if c.Error == code {
				got++
			}
		}
		return got >= n
	})
}

// addGroup makes a user group of people by their first names.
func addGroup(ts *testscript.TestScript, id string, names []string) {
	s := stageOf(ts).slack
	var users []string
	for _, n := range names {
		users = append(users, userOf(s, n))
	}
	handle := strings.ToLower(strings.TrimPrefix(id, "S0"))
	s.AddGroup(fakeslack.Group{ID: id, Name: handle, Handle: handle, Users: users})
}

// waitForSockets waits until n Socket Mode connections are open.
func waitForSockets(ts *testscript.TestScript, n int) {
	s := stageOf(ts).slack
	ts.Check(playOf(ts).waitUntil(
		"Socket Mode connections", func() string { return "" }, func() bool { return s.Sockets() >= n },
	))
}
