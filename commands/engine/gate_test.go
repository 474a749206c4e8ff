package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twokey/commands"
	"twokey/commands/grammar"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
	"twokey/commands/wiring"
)

// secrets are what nobody may read who may not see the proposal or the machines.
var secrets = []string{
	"zq-payroll", "ins-zqzqzqzq", "10.9.8.7", "zq-golden", "img-zqzqzqzq", "snap-zqzqzqzq",
	"zq-ledger", "ins-zyzyzyzy", "10.9.8.8", "U0ANN", "U0BOB", "zq is broken",
}

// gatehouse is a Slack in which all forms and Homes are read, with somebody of
// every kind. Of U0LOST it cannot say anything.
type gatehouse struct {
	port.Chat
	mu    sync.Mutex
	shown []any
}

func (g *gatehouse) Person(_ context.Context, u string) (model.Person, error) {
	if u == "U0LOST" {
		return model.Person{}, errors.New("no answer")
	}
	return model.Person{
		ID: u, Email: u + "@home.example", Guest: u == "U0GUS", Outside: u == "U0EVE",
		Bot: u == "U0ROBOT", Deleted: u == "U0REX",
	}, nil
}

func (g *gatehouse) PersonNow(ctx context.Context, u string) (model.Person, error) {
	return g.Person(ctx, u)
}

func (g *gatehouse) Members(context.Context, string) ([]string, error) { return nil, nil }

func (g *gatehouse) MembersNow(context.Context, string) ([]string, error) { return nil, nil }

func (g *gatehouse) InChannel(_ context.Context, c string) ([]string, error) {
	if c != "C0INFRA" {
		return nil, errors.New("not in the channel")
	}
	return []string{"U0ANN", "U0BOB", "U0GUS", "U0EVE", "U0ROBOT", "U0REX", "U0LOST"}, nil
}

func (g *gatehouse) Channel(_ context.Context, c string) (port.ChannelInfo, error) {
	return port.ChannelInfo{ID: c, Name: "infra", Member: true}, nil
}

func (g *gatehouse) Permalink(context.Context, port.Address) (string, error) { return "", nil }

func (g *gatehouse) reads(what any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shown = append(g.shown, what)
}

func (g *gatehouse) OpenForm(_ context.Context, _ string, f view.Form) (string, string, error) {
	g.reads(f)
	return "V1", "h", nil
}

func (g *gatehouse) UpdateForm(_ context.Context, _, _ string, f view.Form) error {
	g.reads(f)
	return nil
}

func (g *gatehouse) PublishHome(_ context.Context, _ string, h view.Home) error {
	g.reads(h)
	return nil
}

// read is all that was shown since it was asked last.
func (g *gatehouse) read(t *testing.T) string {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	raw, err := json.Marshal(g.shown)
	if err != nil {
		t.Fatal(err)
	}
	g.shown = nil
	return string(raw)
}

// sky is a cloud with two machines of one name.
type sky struct{ port.Cloud }

func machinesOfSky() []model.Instance {
	one := func(name, id, ip string) model.Instance {
		return model.Instance{
			Ref: model.Ref{Account: "main", Region: "ap-guangzhou", Instance: id}, Name: name,
			PrivateIPs: []string{ip},
		}
	}
	return []model.Instance{one("zq-payroll", "ins-zqzqzqzq", "10.9.8.7"), one("zq-ledger", "ins-zyzyzyzy", "10.9.8.8")}
}

func (sky) Find(context.Context, string, string, string) ([]model.Instance, error) {
	return machinesOfSky(), nil
}

func (sky) Fleet(context.Context) []model.FleetPart {
	return []model.FleetPart{{Account: "main", Region: "ap-guangzhou", Machines: machinesOfSky()}}
}

func (sky) Images(context.Context, model.Ref) ([]model.Image, error) {
	return []model.Image{{
		ID: "img-zqzqzqzq", Name: "zq-golden", Type: model.ImagePrivate, State: model.ImageNormal,
		OSName: "Ubuntu",
	}}, nil
}

func (sky) Read(context.Context, model.Ref, model.Request, string) (model.Facts, error) {
	return model.Facts{}, errors.New("no answer")
}

func (sky) ImageRoom(context.Context, model.Ref) (int, int, error) {
	return 0, 0, errors.New("no answer")
}

// gated is a desk with one proposal that waits for keys, and a clock that goes on
// by ten seconds with everything that somebody does: nobody is remembered, and
// nothing is a flood.
type gated struct {
	t    *testing.T
	d    *wiring.Twokey
	g    *gatehouse
	id   string
	tick atomic.Int64
}

func newGated(t *testing.T) *gated {
	t.Helper()
	s := newStore(t)
	w := &gated{t: t, g: &gatehouse{}}
	began := time.Now()
	clock := func() time.Time { return began.Add(time.Duration(w.tick.Load()) * 10 * time.Second) }
	pol := model.Policy{
		Channels: []string{"C0INFRA"}, Approvals: 1, Approvers: model.People{Users: []string{"U0BOB"}},
		ExpiresAfter: time.Hour,
	}
	w.d = wiring.New(wiring.Config{
		Store: s, Chat: w.g, Cloud: sky{}, Now: clock,
		Policy: func() model.Policy { return pol },
	})
	i := machinesOfSky()[0]
	w.id = s.NewID(i.Ref)
	op := reinstall.Operation{
		ID: w.id, State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00df00d",
		ProposedAt: began, Expires: began.Add(100 * time.Hour),
		Plan: model.Plan{Ref: i.Ref, Name: i.Name, Terms: model.Terms{
			Approvers: pol.Approvers, Approvals: 1,
			Backup: true, ExpiresAfter: time.Hour,
		}},
		Evidence: []model.Evidence{{
			Kind: model.EvidenceSnapshot, ID: "snap-zqzqzqzq", State: "NORMAL",
			Created: began,
		}},
		Request: model.Request{Reason: "zq is broken"},
	}
	if _, err := s.Create(t.Context(), port.Change{
		Op: op, Command: "make", By: "U0ANN", What: "propose",
		WakeAfter: -1,
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

// lines are what is typed for each verb; a verb that is not here needs its own.
func lines(id string) map[string]string {
	out := map[string]string{
		model.VerbHelp: "help", model.VerbList: "list", model.VerbPropose: "somewhere",
		model.VerbCheck: "check somewhere", model.VerbHistory: "history somewhere",
		model.VerbFreeze: "freeze all is well", model.VerbUnfreeze: "unfreeze",
		model.VerbResolve: "resolve " + id + " done I know", model.VerbBreakGlass: "break-glass " + id +
			" nobody else is awake", model.VerbReject: "reject " + id + " no",
	}
	for _, verb := range []string{
		model.VerbShow, model.VerbApprove, model.VerbBackup, model.VerbImage, model.VerbHold, model.VerbResume,
		model.VerbCancel, model.VerbPassword,
	} {
		out[verb] = verb + " " + id
	}
	return out
}

// filled is a form with everything in it.
var filled = map[string]string{
	"target": "main/ap-guangzhou/ins-zqzqzqzq", "image": "", "typed": "wrong", "backup": "snap-1", "reason": "no",
	"how": "run", "disk": "x",
}

// reading is what one person reads who is in a channel, by way.
type reading struct {
	*gated
	user, channel, id string
	by                map[string]string
}

func (r reading) note(way string, answer any) {
	r.t.Helper()
	raw, err := json.Marshal(answer)
	if err != nil {
		r.t.Fatal(err)
	}
	r.by[way] = string(raw) + r.g.read(r.t)
	r.tick.Add(1)
}

func (r reading) in(verb string) port.Inbound {
	return port.Inbound{
		Dedupe: fmt.Sprint(r.user, r.channel, r.id, verb, r.tick.Load()), User: r.user, Channel: r.channel,
		Trigger: "t", Verb: verb, Op: r.id, Rev: 1, Values: filled,
		View: "V1", Said: []string{"payroll ins-zqzqzqzq is down"},
	}
}

// does a verb in every way that there is.
func (r reading) does(verb string) {
	r.t.Helper()
	ctx, d := r.t.Context(), r.d
	typed := r.in("")
	if typed.Text = lines(r.id)[verb]; typed.Text == "" {
		r.t.Fatalf("%s needs a line of its own in this test", verb)
	}
	l, no := grammar.Parse(typed.Text)
	if no != nil || l.Verb != verb {
		r.t.Fatalf("%q is no %s: %v", typed.Text, verb, no)
	}
	args, err := json.Marshal(l)
	if err != nil {
		r.t.Fatal(err)
	}
	r.note("typed "+verb, d.Command(ctx, typed))
	r.note("pressed "+verb, d.Press(ctx, r.in(verb)))
	for _, as := range []string{screen.AsEvidence, screen.AsWiped, screen.AsNotWiped} {
		way := r.in(verb)
		way.As = as
		r.note("pressed "+verb+" as "+as, d.Press(ctx, way))
	}
	r.note("submitted "+verb, d.Submit(ctx, r.in(verb)))
	for _, field := range []string{"target", "image"} {
		r.note("suggested "+field+" of "+verb, d.Suggest(ctx, r.in(verb), field, ""))
	}
	d.Change(ctx, r.in(verb))
	r.note("changed "+verb, nil)
	r.note("performed "+verb, d.Performed(ctx, port.Item{
		ID: r.in(verb).Dedupe, Op: l.ID, Rev: 1, Verb: verb, Args: string(args), User: r.user, Channel: r.channel,
	}))
}

// doesTheRest takes the ways that belong to no verb.
func (r reading) doesTheRest() {
	r.t.Helper()
	r.note("typed nothing", r.d.Command(r.t.Context(), r.in("")))
	for _, s := range []string{commands.ShortcutGlobal, commands.ShortcutMessage} {
		r.note("used "+s, r.d.Shortcut(r.t.Context(), r.in(s)))
	}
	r.d.OpenHome(r.t.Context(), r.user)
	r.note("at home", nil)
}

// walk does everything in every way, and returns what is read.
func (w *gated) walk(user, channel, id string) map[string]string {
	w.t.Helper()
	r := reading{w, user, channel, id, map[string]string{}}
	for _, verb := range model.Verbs {
		r.does(verb)
	}
	r.doesTheRest()
	return r.by
}

// leaks are the secrets in what somebody read.
func leaks(read string) []string {
	return slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return !strings.Contains(read, s) })
}

// Whoever they are and whichever way they take: what they read is of no machine,
// image, backup or person, and the same whether there is such a proposal or not.
func TestNoWayShowsAnythingToWhoeverMayNotSee(t *testing.T) {
	for name, who := range map[string]struct{ user, channel string }{
		"a guest in the channel":           {"U0GUS", "C0INFRA"},
		"somebody of another company":      {"U0EVE", "C0INFRA"},
		"a bot":                            {"U0ROBOT", "C0INFRA"},
		"somebody who was deactivated":     {"U0REX", "C0INFRA"},
		"somebody whom Slack cannot name":  {"U0LOST", "C0INFRA"},
		"a member in another channel":      {"U0DEE", "C0OTHER"},
		"a member in a direct message":     {"U0DEE", "D0DEE"},
		"a member, nobody knows where":     {"U0DEE", ""},
		"a guest in a direct message":      {"U0GUS", "D0GUS"},
		"Slack cannot name them elsewhere": {"U0LOST", "C0OTHER"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newGated(t)
			const none = "0000"
			there, missing := w.walk(who.user, who.channel, w.id), w.walk(who.user, who.channel, none)
			for way, read := range there {
				if l := leaks(read); len(l) > 0 {
					t.Errorf("%s: they read %q in %s", way, l, read)
				}
				without := strings.ReplaceAll(read, w.id, none)
				if without != missing[way] && way != "at home" && !theirOwnCard(way, who.user, who.channel) {
					t.Errorf("%s: they read\n%s\nand where there is none\n%s", way, without, missing[way])
				}
			}
		})
	}
}

// theirOwnCard reports a button on a card that stands before their eyes. While
// Slack cannot name somebody a stop is heard all the same, and who mistyped one is
// told so at once.
func theirOwnCard(way, user, channel string) bool {
	return channel == "C0INFRA" && strings.HasPrefix(way, "pressed ") ||
		user == "U0LOST" && slices.Contains([]string{"performed hold", "performed cancel", "performed reject"}, way)
}

// Without this the test above might look where nothing ever stands.
func TestWhoeverMaySeeReadsItInTheseWays(t *testing.T) {
	all := map[string]string{}
	for _, verb := range model.Verbs { // each finds the proposal as it was made
		r := reading{newGated(t), "U0BOB", "C0INFRA", "", all}
		r.id = r.gated.id
		r.does(verb)
		r.doesTheRest()
	}
	for _, way := range []string{
		"typed list", "typed show", "typed backup", "pressed reject", "pressed backup", "pressed image",
		"pressed show", "submitted backup", "performed check", "performed history",
		"performed propose", "suggested target of propose", "suggested image of propose", "changed propose",
		"used reinstall_message", "at home",
	} {
		if len(leaks(all[way])) == 0 {
			t.Errorf("%s shows nothing: %s", way, all[way])
		}
	}
}

// Whoever adds a verb and does not say what its answers are about has it refused.
func TestAVerbThatNobodySortedInIsRefused(t *testing.T) {
	w := newGated(t)
	it := port.Item{ID: "i1", Op: w.id, Verb: "brand-new", Args: "{}", User: "U0BOB", Channel: "C0INFRA"}
	if said := w.d.Performed(t.Context(), it); !strings.Contains(said, "this is not one of Twokey's verbs") {
		t.Errorf("it says %q", said)
	}
}

func TestAStopTypedElsewhereIsAnsweredTheSameForOneManyOrNone(t *testing.T) {
	d, _, ids := twoCounting(t, &workspace{})
	says := func(id string) string {
		in := port.Inbound{Dedupe: "d" + id, User: "U0DEE", Channel: "C0OTHER", Text: "hold " + id}
		return strings.ReplaceAll(d.Command(t.Context(), in).Text.String(), id, "ID")
	}
	if there, none := says(ids[1]), says("0000"); there != none || !strings.HasPrefix(there, "Noted for ID.") {
		t.Errorf("it says %q, and where there is none %q", there, none)
	}
}
