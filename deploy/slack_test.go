package deploy_test

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"twokey/bot/chat"
	"twokey/bot/fakeslack"
	"twokey/commands"
	"twokey/commands/port"
	"twokey/commands/view"
	"twokey/deploy"
)

// appManifest is a manifest: the fields that Slack knows of those that are used.
type appManifest struct {
	Display struct {
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
	} `yaml:"display_information"`
	Features struct {
		Home struct {
			HomeTab     bool `yaml:"home_tab_enabled"`
			MessagesTab bool `yaml:"messages_tab_enabled"`
			ReadOnly    bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		BotUser struct {
			DisplayName  string `yaml:"display_name"`
			AlwaysOnline bool   `yaml:"always_online"`
		} `yaml:"bot_user"`
		Shortcuts []struct {
			Name        string `yaml:"name"`
			Type        string `yaml:"type"`
			CallbackID  string `yaml:"callback_id"`
			Description string `yaml:"description"`
		} `yaml:"shortcuts"`
		Commands []struct {
			Command      string `yaml:"command"`
			URL          string `yaml:"url"`
			Description  string `yaml:"description"`
			UsageHint    string `yaml:"usage_hint"`
			ShouldEscape bool   `yaml:"should_escape"`
		} `yaml:"slash_commands"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			RequestURL string   `yaml:"request_url"`
			BotEvents  []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled    bool   `yaml:"is_enabled"`
			RequestURL string `yaml:"request_url"`
			OptionsURL string `yaml:"message_menu_options_url"`
		} `yaml:"interactivity"`
		OrgDeploy     bool `yaml:"org_deploy_enabled"`
		SocketMode    bool `yaml:"socket_mode_enabled"`
		TokenRotation bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

func readManifest(t *testing.T) appManifest {
	t.Helper()
	var a appManifest
	decodeStrict(t, "slack-manifest.yaml", deploy.SlackManifest, &a)
	if len(a.Features.Commands) != 1 {
		t.Fatalf("%d commands", len(a.Features.Commands))
	}
	return a
}

// readSocketManifest is the one for Socket Mode.
func readSocketManifest(t *testing.T) appManifest {
	t.Helper()
	var a appManifest
	decodeStrict(t, "slack-manifest-socket.yaml", deploy.SocketManifest, &a)
	return a
}

// scopeOf is which bot scopes a method needs (bot/chat/doc.go 5.5). Of a
// channel's two, one is for public and one for private channels.
var scopeOf = map[string][]string{
	"auth.test":             nil,
	"chat.postMessage":      {"chat:write"},
	"chat.postEphemeral":    {"chat:write"},
	"chat.update":           {"chat:write"},
	"views.open":            nil,
	"views.update":          nil,
	"users.info":            {"users:read", "users:read.email"}, // an address shows that two accounts are one person's
	"usergroups.users.list": {"usergroups:read"},
	"usergroups.list":       {"usergroups:read"},
	"conversations.info":    {"channels:read", "groups:read"},
	"conversations.history": {"channels:history", "groups:history", "im:history"},
	"conversations.replies": {"channels:history", "groups:history"},
	"conversations.members": {"channels:read", "groups:read"},
	"chat.getPermalink":     nil,
	"views.publish":         nil,
	"blocks.validate":       nil,
	"apps.connections.open": nil, // with the app token
	"conversations.open":    {"im:write"},
}

// methodsOfChat are the Web API methods that package chat names.
func methodsOfChat(t *testing.T) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../bot/chat/webapi/methods.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	name := regexp.MustCompile(`^[a-z]+(\.[a-zA-Z]+)+$`)
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		ast.Inspect(g, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if v, err := strconv.Unquote(l.Value); err == nil && name.MatchString(v) {
					out = append(out, v)
				}
			}
			return true
		})
	}
	return out
}

func TestTheManifestAsksForTheLeastScopesThatTheBotNeeds(t *testing.T) {
	need := map[string]bool{"commands": true}
	methods := methodsOfChat(t)
	for _, m := range methods {
		scopes, known := scopeOf[m]
		if !known {
			t.Errorf("which scope does %s need? Say so in scopeOf", m)
		}
		for _, s := range scopes {
			need[s] = true
		}
	}
	if len(methods) != len(scopeOf) {
		t.Errorf("the bot calls %v, and scopeOf knows %d methods", methods, len(scopeOf))
	}
	for name, a := range map[string]appManifest{"HTTP": readManifest(t), "Socket Mode": readSocketManifest(t)} {
		if diff := cmp.Diff(slices.Sorted(maps.Keys(need)),
			slices.Sorted(slices.Values(a.OAuth.Scopes.Bot))); diff != "" {
			t.Errorf("%s: -needed +asked for\n%s", name, diff)
		}
	}
}

func TestTheManifestKeepsSlacksLimits(t *testing.T) {
	for name, a := range map[string]appManifest{"HTTP": readManifest(t), "Socket Mode": readSocketManifest(t)} {
		c := a.Features.Commands[0]
		for what, v := range map[string]struct {
			text  string
			limit int
		}{
			"name": {a.Display.Name, 35}, "description": {a.Display.Description, 140},
			"bot name": {a.Features.BotUser.DisplayName, 80},
			"command":  {c.Command, 32}, "command's description": {c.Description, 2000},
			"usage hint": {c.UsageHint, 1000},
		} {
			if n := utf8.RuneCountInString(v.text); n == 0 || n > v.limit {
				t.Errorf("%s: the %s has %d characters, of 1 to %d", name, what, n, v.limit)
			}
		}
		for _, s := range a.Features.Shortcuts {
			if n := utf8.RuneCountInString(s.Name); n == 0 || n > 24 {
				t.Errorf("%s: the shortcut's name %q has %d characters, of 1 to 24", name, s.Name, n)
			}
			if n := utf8.RuneCountInString(s.Description); n == 0 || n > 150 {
				t.Errorf("%s: the description of %q has %d characters, of 1 to 150", name, s.Name, n)
			}
			if n := len(s.CallbackID); n == 0 || n > 255 || s.Type != "global" && s.Type != "message" {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if c.Command != "/reinstall" || !a.Settings.Interactivity.Enabled || a.Settings.TokenRotation ||
			!a.Features.Home.ReadOnly {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestTheTwoManifestsDifferInTheirAddressesAlone(t *testing.T) {
	made := exec.CommandContext(t.Context(), "./socket-manifest.sh")
	made.Stdin = bytes.NewReader(deploy.SlackManifest)
	want, err := made.Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(deploy.SocketManifest)); diff != "" {
		t.Errorf("slack-manifest-socket.yaml is not as make manifest writes it (-made +there):\n%s", diff)
	}
	web, socket := readManifest(t), readSocketManifest(t)
	if web.Settings.SocketMode || web.Features.Commands[0].URL == "" ||
		web.Settings.Interactivity.OptionsURL != web.Settings.Interactivity.RequestURL ||
		web.Settings.Events.RequestURL != web.Settings.Interactivity.RequestURL {
		t.Errorf("HTTP: %+v", web)
	}
	if !socket.Settings.SocketMode || strings.Contains(string(deploy.SocketManifest), "https://") ||
		len(socket.Settings.Events.BotEvents) == 0 {
		t.Errorf("Socket Mode: %+v", socket)
	}
	web.Settings.SocketMode, web.Features.Commands[0].URL = true, ""
	web.Settings.Interactivity.RequestURL, web.Settings.Interactivity.OptionsURL = "", ""
	web.Settings.Events.RequestURL = ""
	if diff := cmp.Diff(web, socket); diff != "" {
		t.Errorf("-HTTP +Socket Mode\n%s", diff)
	}
}

// recordingHandler records what arrives, in a channel for each kind.
type recordingHandler struct {
	chat.Front
	text   chan string
	opened chan string
	used   chan port.Inbound
}

func (h recordingHandler) Shortcut(_ context.Context, in port.Inbound) port.Reply {
	h.used <- in
	return port.Reply{}
}

func (h recordingHandler) OpenHome(_ context.Context, user string) { h.opened <- user }

func (h recordingHandler) Command(_ context.Context, in port.Inbound) port.Reply {
	h.text <- in.Text
	return port.Reply{}
}

// installApp installs exactly this manifest into a workspace. It returns the workspace,
// and a bot that serves the addresses of the manifest.
func installApp(t *testing.T, a appManifest, handler chat.Front) (*fakeslack.Slack, *chat.Chat) {
	t.Helper()
	c := a.Features.Commands[0]
	var shortcuts []fakeslack.Shortcut
	for _, s := range a.Features.Shortcuts {
		shortcuts = append(shortcuts,
			fakeslack.Shortcut{Name: s.Name, CallbackID: s.CallbackID, OnMessage: s.Type == "message"})
	}
	slack := fakeslack.New(fakeslack.Config{
		Shortcuts: shortcuts,
		Scopes:    a.OAuth.Scopes.Bot, Command: c.Command, Usage: c.UsageHint, EscapeCommands: c.ShouldEscape,
		SocketMode: a.Settings.SocketMode,
		NoHomeTab:  !a.Features.Home.HomeTab, NoMessagesTab: !a.Features.Home.MessagesTab,
		Events: append([]string{}, a.Settings.Events.BotEvents...),
	})
	origin, stop, err := slack.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	bot, err := chat.New(chat.Config{
		Token: "xoxb-practice", SigningSecret: "practice-signing-secret", AppToken: "xapp-practice",
		APIURL: origin + "/api/", Front: handler,
	})
	if err != nil {
		t.Fatal(err)
	}
	serving := httptest.NewServer(bot.Handler())
	t.Cleanup(serving.Close)
	slack.SetBot(serving.URL+pathOf(t, c.URL), serving.URL+pathOf(t, a.Settings.Interactivity.RequestURL))
	return slack, bot
}

func pathOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

func TestSlackLetsTheBotInWithExactlyTheManifestsScopes(t *testing.T) {
	_, bot := installApp(t, readManifest(t), recordingHandler{})
	who, err := bot.Hello(t.Context())
	if err != nil || len(who.Missing) > 0 {
		t.Errorf("missing %v, %v", who.Missing, err)
	}
}

func TestWhatIsTypedArrivesAsTypedOverTheManifestsAddress(t *testing.T) {
	handler := recordingHandler{text: make(chan string, 1)}
	slack, _ := installApp(t, readManifest(t), handler)
	const typed = `web-01 --reason "load < 5 & disk > 90%, see https://status.example.com/7"`
	reply, err := slack.Command(t.Context(), "U0ANN", "C0INFRA", typed)
	if err != nil || reply.Warning != "" {
		t.Fatalf("%+v %v", reply, err)
	}
	if got := <-handler.text; got != typed {
		t.Errorf("typed %q, heard %q", typed, got)
	}
}

func TestEveryShortcutOfTheManifestIsOneThatTheBotKnows(t *testing.T) {
	a := readManifest(t)
	handler := recordingHandler{used: make(chan port.Inbound, 1)}
	slack, _ := installApp(t, a, handler)
	alert, err := slack.Alert("C0INFRA", "web-01 is down", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{commands.ShortcutGlobal: "global", commands.ShortcutMessage: "message"}
	for _, s := range a.Features.Shortcuts {
		if known[s.CallbackID] != s.Type {
			t.Errorf("%q is a %s shortcut with the callback id %q, and the bot knows %v", s.Name, s.Type, s.CallbackID,
				known)
		}
		delete(known, s.CallbackID)
		if err := slack.Shortcut(t.Context(), "U0ANN", s.CallbackID, "C0INFRA", alert.TS); err != nil {
			t.Fatal(err)
		}
		in := <-handler.used
		if in.Verb != s.CallbackID || in.Trigger == "" || s.Type == "message" &&
			(in.Channel != "C0INFRA" || len(in.Said) != 1 || in.Said[0] != "web-01 is down") {
			t.Errorf("%q: %+v", s.Name, in)
		}
	}
	if len(known) > 0 {
		t.Errorf("the manifest lacks the shortcuts %v", known)
	}
}

func TestWhatIsTypedArrivesOverSocketMode(t *testing.T) {
	handler := recordingHandler{text: make(chan string, 1)}
	slack, bot := installApp(t, readSocketManifest(t), handler)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- bot.Listen(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	if err := slack.Wait(ctx, func() bool { return slack.Sockets() > 0 }); err != nil {
		t.Fatal(err)
	}
	reply, err := slack.Command(ctx, "U0ANN", "C0INFRA", "help")
	if err != nil || reply.Warning != "" {
		t.Fatalf("%+v %v", reply, err)
	}
	if got := <-handler.text; got != "help" {
		t.Errorf("heard %q", got)
	}
}

// openHome opens somebody's Home, and fails unless the bot learns of it.
func openHome(t *testing.T, slack *fakeslack.Slack, bot *chat.Chat, handler recordingHandler) {
	t.Helper()
	if err := slack.OpenHome(t.Context(), "U0ANN"); err != nil {
		t.Fatal(err)
	}
	if got := <-handler.opened; got != "U0ANN" {
		t.Errorf("the Home of %q was opened", got)
	}
	if err := bot.PublishHome(t.Context(), "U0ANN",
		view.Home{Sections: []view.Section{{Title: "Runs now", Empty: "Nothing runs now."}}}); err != nil {
		t.Error(err)
	}
}

func TestAnOpenedHomeArrivesOverHTTPAndMayBePublished(t *testing.T) {
	handler := recordingHandler{opened: make(chan string, 1)}
	a := readManifest(t)
	slack, bot := installApp(t, a, handler)
	if pathOf(t, a.Settings.Events.RequestURL) != pathOf(t, a.Settings.Interactivity.RequestURL) {
		t.Fatalf("events go to %s", a.Settings.Events.RequestURL)
	}
	openHome(t, slack, bot, handler)
}

func TestAnOpenedHomeArrivesOverSocketMode(t *testing.T) {
	handler := recordingHandler{opened: make(chan string, 1)}
	slack, bot := installApp(t, readSocketManifest(t), handler)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- bot.Listen(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	if err := slack.Wait(ctx, func() bool { return slack.Sockets() > 0 }); err != nil {
		t.Fatal(err)
	}
	openHome(t, slack, bot, handler)
}
