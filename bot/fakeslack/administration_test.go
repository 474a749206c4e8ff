package fakeslack_test

import (
	"errors"
	"slices"
	"testing"

	"twokey/bot/fakeslack"
)

func TestAnAdministratorChangesPeopleAsAWorkspaceAllows(t *testing.T) {
	s := fakeslack.New(fakeslack.Config{})
	for what, err := range map[string]error{
		"a stranger joins a group":     s.Enrol("U0EVE", "S0ONCALL", true),
		"somebody joins twice":         s.Enrol("U0BOB", "S0ONCALL", true),
		"a group that is not there":    s.Enrol("U0BOB", "S0NOWHERE", true),
		"the deactivated once more":    s.Deactivate("U0REX"),
		"a bot as a guest":             s.Restrict("U0TWOKEY", true),
		"an address twice":             s.SetEmail("U0CHO", "BOB@home.example"),
		"no address":                   s.SetEmail("U0CHO", "cho"),
		"a shared channel shared anew": s.Share("C0SHARED", true),
	} {
		if !errors.Is(err, fakeslack.ErrNoSuch) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, err := range map[string]error{
		"leaves": s.Enrol("U0BOB", "S0ONCALL", false), "joins": s.Enrol("U0BOB", "S0ONCALL", true),
		"guest": s.Restrict("U0CHO", true), "member": s.Restrict("U0CHO", false),
		"address": s.SetEmail("U0CHO", "Bob+pager@HOME.example"), "shares": s.Share("C0INFRA", true),
		"ends": s.Share("C0SHARED", false), "deactivates": s.Deactivate("U0BOB"),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, u := range s.Users() {
		if u.ID == "U0BOB" && !u.Deleted || u.ID == "U0CHO" && u.Email != "Bob+pager@HOME.example" {
			t.Errorf("%+v", u)
		}
	}
	if !slices.ContainsFunc(s.Users(), func(u fakeslack.User) bool { return u.ID == "U0BOB" }) {
		t.Error("a deactivated account is gone")
	}
}
