package fakeslack_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

// last is the payload that was sent last, of a kind.
func (w *world) last(kind string) map[string]any {
	w.t.Helper()
	for _, r := range w.Requests() {
		if r.Kind != kind {
			continue
		}
		form, err := url.ParseQuery(r.Body)
		if err != nil {
			w.t.Fatal(err)
		}
		var p map[string]any
		if err := json.Unmarshal([]byte(form.Get("payload")), &p); err != nil {
			w.t.Fatal(err)
		}
		for i := range r.Body {
			if r.Body[i] >= 0x80 {
				w.t.Fatalf("%s: not all of it is ASCII", kind)
			}
		}
		return p
	}
	w.t.Fatalf("no %s was sent", kind)
	return nil
}

func at(p map[string]any, path ...string) any {
	var v any = p
	for _, k := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[k]
	}
	return v
}

func twoShortcuts(c *fakeslack.Config) {
	c.Shortcuts = []fakeslack.Shortcut{{Name: "A", CallbackID: "a"}, {Name: "B", CallbackID: "b", OnMessage: true}}
}

func TestShortcutsNameNoAppAndAWorkspaceOfItsOwnNoOrganisation(t *testing.T) {
	w := newWorld(t, twoShortcuts)
	ts := w.post("C0INFRA", slack.MsgOptionText("磁盘 💥", false))
	for _, c := range []struct{ id, kind string }{{"a", "shortcut"}, {"b", "message_action"}} {
		if err := w.Shortcut(w.ctx, "U0ANN", c.id, "C0INFRA", ts); err != nil {
			t.Fatal(err)
		}
		p := w.last(c.kind)
		if _, has := p["api_app_id"]; has || at(p, "team", "id") != "T0HOME" || at(p, "team", "enterprise_id") != nil ||
			p["enterprise"] != nil {
			t.Errorf("%s: %v", c.kind, p)
		}
	}
	if got := at(w.last("message_action"), "message", "text"); got != "磁盘 💥" {
		t.Errorf("the message says %q", got)
	}
}

func TestAnOrganisationIsNamedByWhateverIsSent(t *testing.T) {
	w := newWorld(t, twoShortcuts)
	w.JoinOrganisation("E0ORG", "Org")
	w.ChangeUser("U0BOB", func(u *fakeslack.User) { u.PrimaryTeamID = "T0SIBLING" })
	who, err := w.api.AuthTestContext(w.ctx)
	if err != nil || who.TeamID != "T0HOME" || who.EnterpriseID != "E0ORG" {
		t.Errorf("%+v %v", who, err)
	}
	bob, err := w.api.GetUserInfoContext(w.ctx, "U0BOB")
	if err != nil || bob.TeamID != "T0SIBLING" || bob.Enterprise.EnterpriseID != "E0ORG" ||
		strings.Join(bob.Enterprise.Teams, " ") != "T0HOME T0SIBLING" {
		t.Errorf("%+v %v", bob, err)
	}
	if eve, err := w.api.GetUserInfoContext(w.ctx, "U0EVE"); err != nil || eve.Enterprise.EnterpriseID != "" {
		t.Errorf("somebody of another company: %+v %v", eve, err)
	}
	form, err := w.CommandForm("U0BOB", "C0INFRA", "x")
	if err != nil || form.Get("enterprise_id") != "E0ORG" || form.Get("is_enterprise_install") != "false" {
		t.Errorf("%v %v", form, err)
	}
	if err := w.Shortcut(w.ctx, "U0BOB", "a", "", ""); err != nil {
		t.Fatal(err)
	}
	if p := w.last("shortcut"); at(p, "team", "enterprise_id") != "E0ORG" || at(p, "enterprise", "id") != "E0ORG" ||
		at(p, "user", "team_id") != "T0SIBLING" {
		t.Errorf("%v", p)
	}

	wide := newWorld(t, twoShortcuts)
	wide.InstallForOrganisation("E0ORG", "Org")
	if err := wide.Shortcut(wide.ctx, "U0ANN", "a", "", ""); err != nil {
		t.Fatal(err)
	}
	p := wide.last("shortcut")
	if team, has := p["team"]; !has || team != nil || p["is_enterprise_install"] != true ||
		at(p, "enterprise", "id") != "E0ORG" {
		t.Errorf("%v", p)
	}
}

func TestWhatWasEnteredIsToldWithSubmissionsAndChoicesAlone(t *testing.T) {
	w := newWorld(t)
	w.onRun(func(c slack.SlashCommand) any {
		if _, err := w.api.OpenViewContext(w.ctx, c.TriggerID, form()); err != nil {
			return map[string]any{"text": err.Error()}
		}
		return nil
	})
	if r, err := w.Command(w.ctx, "U0ANN", "C0INFRA", ""); err != nil || r.Text != "" {
		t.Fatalf("%+v %v", r, err)
	}
	for _, c := range w.Calls() {
		if c.Method == "views.open" && !strings.Contains(string(c.Answer), `"state":{"values":[]}`) {
			t.Errorf("the answer is %s", c.Answer)
		}
	}
	w.onAct(func(slack.InteractionCallback) any { return map[string]any{"options": []any{}} })
	if _, err := w.Suggest(w.ctx, "U0ANN", "instance", "web"); err != nil {
		t.Fatal(err)
	}
	if got, _ := at(w.last("block_suggestion"), "view", "state", "values").([]any); got == nil {
		t.Errorf("type-ahead is told %v", at(w.last("block_suggestion"), "view", "state"))
	}
}

// The form of a person of another company names their team, and ours as that which
// installed the app.
func TestAFormOfAnotherCompanyNamesTheirTeam(t *testing.T) {
	w := newWorld(t)
	ts := w.post(
		"C0SHARED", slack.MsgOptionBlocks(slack.NewActionBlock("b", slack.NewButtonBlockElement("open", "v",
			pt("Open")))),
	)
	plain := slack.ModalViewRequest{
		Type: slack.VTModal, Title: pt("Plain"), Submit: pt("Go"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}},
	}
	w.onAct(func(c slack.InteractionCallback) any {
		if c.Type == slack.InteractionTypeBlockActions {
			if _, err := w.api.OpenViewContext(w.ctx, c.TriggerID, plain); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	if err := w.Click(w.ctx, "U0EVE", "C0SHARED", ts, "Open"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Submit(w.ctx, "U0EVE", nil); err != nil {
		t.Fatal(err)
	}
	p := w.last("view_submission")
	if at(p, "team", "id") != "T0OTHER" || at(p, "view", "team_id") != "T0OTHER" || at(
		p, "view", "app_installed_team_id",
	) != "T0HOME" {
		t.Errorf("%v", p)
	}
}
