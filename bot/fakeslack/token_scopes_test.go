package fakeslack_test

import (
	"errors"
	"testing"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

func TestAScopeThatIsTakenAwayIsGoneFromItsToken(t *testing.T) {
	w := newWorld(t)
	for _, scope := range []string{"usergroups:read", "commands", "connections:write"} {
		if err := w.Revoke(scope); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Revoke("admin"); !errors.Is(err, fakeslack.ErrNoSuch) {
		t.Errorf("a scope that no token has: %v", err)
	}
	var lacks slack.SlackErrorResponse
	if _, err := w.api.GetUserGroupsContext(w.ctx); !errors.As(err, &lacks) || lacks.Err != "missing_scope" ||
		lacks.Needed != "usergroups:read" {
		t.Errorf("listing groups: %v", err)
	}
	if _, _, err := w.api.StartSocketModeContext(w.ctx); !errors.As(err, &lacks) || lacks.Err != "missing_scope" ||
		lacks.Needed != "connections:write" {
		t.Errorf("connecting: %v", err)
	}
	r, err := w.Command(w.ctx, "U0ANN", "C0INFRA", "help")
	if err != nil || r.Warning != "/reinstall is not a valid command" || len(w.Requests()) > 0 {
		t.Errorf("typing: %+v, %v", r, err)
	}
	me, err := w.api.AuthTestContext(w.ctx)
	if err != nil || me.Header.Get("X-OAuth-Scopes") != "chat:write,users:read,users:read.email,channels:read,groups:read,channels:history,groups:history,im:write,im:history" {
		t.Errorf("what is told: %q, %v", me.Header.Get("X-OAuth-Scopes"), err)
	}
}

func TestACallForAnotherWorkspaceIsRefused(t *testing.T) {
	w := newWorld(t)
	if _, err := w.api.GetUserGroupsContext(w.ctx, slack.GetUserGroupsOptionTeamID("T0HOME")); err != nil {
		t.Errorf("for its own: %v", err)
	}
	var no slack.SlackErrorResponse
	if _, err := w.api.GetUserGroupsContext(
		w.ctx, slack.GetUserGroupsOptionTeamID("T0OTHER"),
	); !errors.As(err, &no) || no.Err != "team_not_found" {
		t.Errorf("for another: %v", err)
	}
}
