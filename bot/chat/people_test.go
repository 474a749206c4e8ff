package chat

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

func TestHelloTellsWhoTheBotIs(t *testing.T) {
	b := bench(t)
	id, err := b.chat.Hello(t.Context())
	b.must(err)
	if d := cmp.Diff(Identity{
		TeamID: "T0HOME", BotUserID: "U0TWOKEY", Name: "twokey", Team: "Home", AppID: "A0TWOKEY",
		Granted: fakeslack.DefaultScopes(),
	}, id); d != "" {
		t.Error(d)
	}
}

func TestHelloNamesTheScopesThatAreMissing(t *testing.T) {
	b := bench(t, func(f *fakeslack.Config, _ *Config) {
		f.Scopes = []string{"users:read", "groups:read", "chat:write"}
	})
	id, err := b.chat.Hello(t.Context())
	b.must(err)
	if want := []string{
		"commands", "users:read.email", "usergroups:read",
		"channels:history or groups:history",
	}; !slices.Equal(id.Missing, want) {
		t.Errorf("%q", id.Missing)
	}
}

func TestHelloSaysWhatIsWrongAndNeverTheToken(t *testing.T) {
	for name, c := range map[string]struct {
		words  string
		change func(*fakeslack.Config, *Config)
		after  func(*theBench)
	}{
		"a wrong token": {"SLACK_BOT_TOKEN", func(_ *fakeslack.Config, c *Config) { c.Token = "xoxb-wrong" }, nil},
		"the app token": {"xoxb-", func(_ *fakeslack.Config, c *Config) { c.Token = "xapp-practice" }, nil},
		"no users:read": {"users:read", func(f *fakeslack.Config, _ *Config) { f.Scopes = []string{"commands"} }, nil},
		"nobody there": {
			"SLACK_API_URL", func(_ *fakeslack.Config, c *Config) { c.APIURL = "http://127.0.0.1:1/api/" },
			nil,
		},
		"a strange answer": {
			"Slack cannot be reached", nil,
			func(b *theBench) { b.must(b.slack.Switch("auth.test:empty_ok", "1")) },
		},
		"two apps": {"one app", func(_ *fakeslack.Config, c *Config) { c.AppToken = "xapp-1-A0OTHER-1-abc" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := bench(t, func(f *fakeslack.Config, cc *Config) {
				if c.change != nil {
					c.change(f, cc)
				}
			})
			if c.after != nil {
				c.after(b)
			}
			_, err := b.chat.Hello(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("%v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "xoxb-wrong") || strings.Contains(err.Error(), "xapp-practice")) {
				t.Errorf("it shows the token: %v", err)
			}
		})
	}
}

func TestNewSaysWhichSettingIsWrong(t *testing.T) {
	for words, c := range map[string]Config{
		"SLACK_BOT_TOKEN":      {SigningSecret: "s"},
		"SLACK_SIGNING_SECRET": {Token: "xoxb-1"},
		"SLACK_API_URL":        {Token: "xoxb-1", SigningSecret: "s", APIURL: "slack.com/api"},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v", err)
		}
	}
}

func TestWhoSomebodyIsIsReadNowAndDoubtMeansOutside(t *testing.T) {
	b := bench(t, func(f *fakeslack.Config, _ *Config) {
		f.People = fakeslack.SamplePeople()
		f.People.Users = append(f.People.Users,
			fakeslack.User{ID: "U0WF", TeamID: "T0HOME", IsWorkflowBot: true}, fakeslack.User{ID: "U0NOTEAM", Name: "nobody"},
			fakeslack.User{ID: "U0SINGLE", TeamID: "T0HOME", IsUltraRestricted: true})
	})
	for id, want := range map[string]model.Person{
		"U0BOB":    {Name: "bob", Email: "bob@home.example"},
		"U0EVE":    {Name: "eve", Email: "eve@vendor.example", Outside: true},
		"U0GUS":    {Name: "gus", Email: "gus@home.example", Guest: true},
		"U0SINGLE": {Guest: true},
		"U0REX":    {Name: "rex", Email: "rex@home.example", Deleted: true},
		"U0TWOKEY": {Name: "twokey", Bot: true},
		"U0WF":     {Bot: true},
		"U0NOTEAM": {Name: "nobody", Outside: true},
	} {
		want.ID = id
		got, err := b.chat.Person(t.Context(), id)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%s: %v %s", id, err, d)
		}
	}
	b.slack.ChangeUser("U0BOB", func(u *fakeslack.User) { u.Deleted = true })
	if p, err := b.chat.Person(t.Context(), "U0BOB"); err != nil || !p.Deleted {
		t.Errorf("remembered: %+v %v", p, err)
	}
	isPermanent(t, third(b.chat.Person(t.Context(), "U0NOBODY")), "user_not_found", "no such person")
	for _, fault := range []string{"empty_ok", "error_500", "fatal_error", "rate_limit"} {
		b.must(b.slack.Switch("users.info:"+fault, "1"))
		if p, err := b.chat.Person(t.Context(), "U0BOB"); err == nil {
			t.Errorf("%s: %+v", fault, p)
		}
	}
}

func third(_ model.Person, err error) error { return err }

func TestAMembershipIsNeverOlderThanThirtySecondsAndAnErrorIsNo(t *testing.T) {
	at := time.Now()
	var mu sync.Mutex
	now := func() time.Time { mu.Lock(); defer mu.Unlock(); return at }
	pass := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); at = at.Add(d) }
	b := bench(t, func(_ *fakeslack.Config, c *Config) { c.Now = now })
	members := func() []string {
		m, err := b.chat.Members(t.Context(), "S0ONCALL")
		b.must(err)
		return m
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { members() })
	}
	all.Wait()
	if n := len(b.calls("usergroups.users.list")); n != 1 {
		t.Errorf("%d calls for twenty at once", n)
	}
	b.slack.SetGroup("S0ONCALL", "U0CHO")
	pass(30 * time.Second)
	if m := members(); !slices.Equal(m, []string{"U0BOB", "U0CHO"}) {
		t.Errorf("at 30 s: %v", m)
	}
	members()[0] = "U0EVIL"
	pass(time.Second)
	if m := members(); !slices.Equal(m, []string{"U0CHO"}) {
		t.Errorf("at 31 s: %v", m)
	}
	pass(time.Minute)
	for _, fault := range []string{"error_500", "empty_ok", "fatal_error"} {
		b.must(b.slack.Switch("usergroups.users.list:"+fault, "1"))
		if m, err := b.chat.Members(t.Context(), "S0ONCALL"); err == nil || m != nil {
			t.Errorf("%s: an old list is answered: %v", fault, m)
		}
	}
	b.slack.SetGroup("S0ONCALL", "U0BOB")
	members()
	b.slack.SetGroup("S0ONCALL", "U0DEE")
	if m, err := b.chat.MembersNow(t.Context(), "S0ONCALL"); err != nil || !slices.Equal(m, []string{"U0DEE"}) {
		t.Errorf("asked now: %v %v", m, err)
	}
	pass(time.Minute)
	b.slack.SetGroup("S0ONCALL")
	if m := members(); len(m) != 0 {
		t.Errorf("an empty group: %v", m)
	}
	_, err := b.chat.Members(t.Context(), "S0NOWHERE")
	isPermanent(t, err, "no_such_subteam", "policy file")
}

func TestAChannelSharedWithAnotherCompanyIsTold(t *testing.T) {
	b := bench(t)
	for id, want := range map[string]port.ChannelInfo{
		infra: {Name: "infra-oncall", Member: true}, "C0SHARED": {
			Name: "shared-with-vendor", Shared: true,
			Member: true,
		}, "C0RANDOM": {Name: "random"},
	} {
		want.ID = id
		if got, err := b.chat.Channel(t.Context(), id); err != nil || got != want {
			t.Errorf("%+v %v", got, err)
		}
	}
	b.must(b.slack.Switch("conversations.info:empty_ok", "1"))
	if r, err := b.chat.Channel(t.Context(), infra); err == nil {
		t.Errorf("%+v", r)
	}
	pending := answering(t, 200, nil, `{"ok":true,"channel":{"id":"C1","is_pending_ext_shared":true}}`)
	if r, err := pending.Channel(t.Context(), "C1"); err != nil || !r.Shared {
		t.Errorf("%+v %v", r, err)
	}
}

func TestOnAGridTheEnterpriseUserDecides(t *testing.T) {
	for body, outside := range map[string]bool{
		`{"ok":true,"user":{"id":"U1","team_id":"T2","enterprise_user":{"enterprise_id":"E1","teams":["T2","T1"]}}}`: false,
		`{"ok":true,"user":{"id":"U1","team_id":"T2","enterprise_user":{"enterprise_id":"E1","teams":["T2"]}}}`:      true,
		`{"ok":true,"user":{"id":"U1","team_id":"T2","enterprise_user":{"enterprise_id":"E9","teams":["T1"]}}}`:      true,
		`{"ok":true,"user":{"id":"U1","team_id":"T1","is_stranger":true}}`:                                           true,
		`{"ok":true,"user":{"id":"U1","team_id":"T1"}}`:                                                              false,
	} {
		c := answering(t, 200, nil, body)
		c.who.Store(&Identity{TeamID: "T1", EnterpriseID: "E1", BotUserID: "U0"})
		if p, err := c.Person(t.Context(), "U1"); err != nil || p.Outside != outside {
			t.Errorf("%s: %+v %v", body, p, err)
		}
	}
	c := answering(t, 200, nil, `{"ok":true,"user":{"id":"U2","team_id":"T1"}}`)
	c.who.Store(&Identity{TeamID: "T1", BotUserID: "U0"})
	if p, err := c.Person(t.Context(), "U1"); err == nil {
		t.Errorf("an answer about somebody else: %+v", p)
	}
}
