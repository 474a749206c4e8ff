package fakeslack_test

import (
	"errors"
	"testing"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

func TestSlackRefusesATokenByTheCodesItHas(t *testing.T) {
	w := newWorld(t)
	for _, code := range []string{"token_revoked", "token_expired", "account_inactive", "invalid_auth"} {
		if err := w.RefuseToken(fakeslack.BotToken, code); err != nil {
			t.Fatal(err)
		}
		var refused slack.SlackErrorResponse
		if _, err := w.api.AuthTestContext(w.ctx); !errors.As(err, &refused) || refused.Err != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := w.RefuseToken(fakeslack.BotToken, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.api.AuthTestContext(w.ctx); err != nil {
		t.Errorf("taken again: %v", err)
	}
	for _, bad := range [][2]string{{"bot", "channel_not_found"}, {"user", "token_revoked"}} {
		if err := w.RefuseToken(fakeslack.Token(bad[0]), bad[1]); !errors.Is(err, fakeslack.ErrNoSuch) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestAnAppOfAnOrganisationNamesNoWorkspace(t *testing.T) {
	w := newWorld(t)
	w.InstallForOrganisation("E0ORG", "Org")
	got, err := w.api.AuthTestContext(w.ctx)
	if err != nil || got.TeamID != "E0ORG" || got.EnterpriseID != "E0ORG" || got.Team != "Org" {
		t.Errorf("%+v, %v", got, err)
	}
}
