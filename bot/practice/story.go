package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/bot/fakeslack"
	"twokey/bot/practice/receiver"
	"twokey/bot/practice/sshd"
)

// stories are text files that play people, the cloud and accidents against the
// real binary. verbs.go has what they can say.
//
//go:embed stories/*.txtar
var stories embed.FS

func storyNames() []string {
	files, _ := stories.ReadDir("stories")
	var out []string
	for _, f := range files {
		out = append(out, strings.TrimSuffix(f.Name(), ".txtar"))
	}
	return out
}

// patience is how long a story waits for something to be shown.
const patience = 30 * time.Second

// storyParams makes a story's runner. ended is called with the stage before it is
// taken down.
func storyParams(ctx context.Context, bin string, files []string, ended func(*play)) testscript.Params {
	return testscript.Params{
		Files: files,
		Cmds:  verbs(),
		Setup: func(env *testscript.Env) error {
			p := &play{ctx: ctx, bin: bin, dir: env.WorkDir, speed: storySpeed}
			env.Values[playKey{}] = p
			env.Defer(func() {
				if p.stage != nil {
					ended(p)
					untold := p.unshownMessage()
					p.stage.endAll()
					if untold != "" {
						env.T().Fatal(untold)
					}
					if bad := p.stage.bot.misbehaviour(); bad != "" {
						env.T().Fatal(bad)
					}
				}
			})
			return nil
		},
	}
}

type playKey struct{}

// play is one story being played.
type play struct {
	ctx   context.Context
	bin   string
	dir   string
	speed float64
	env   []string
	// socket: Slack sends over Socket Mode and never to an address of the bot's.
	socket bool
	both   bool // the bot takes it either way
	stage  *stage
	port   string // where a machine's login service is
	sshd   *sshd.Service

	receiver *receiver.Receiver // where the audit goes

	printed string                       // by the operator's last command
	said    map[string]string            // what each person was last answered at once
	errs    map[string]map[string]string // what stands under the fields of a form
	copies  map[string]map[string]string // of what Redis held, that an intruder took
}

// setStage sets the stage: with the story's own twokey.yaml, if it brings one.
func (p *play) setStage() error {
	policy, err := os.ReadFile(filepath.Join(p.dir, "twokey.yaml"))
	if errors.Is(err, os.ErrNotExist) {
		policy, err = policyWith(shortest), nil
	}
	if err != nil {
		return err
	}
	p.startMemory()
	dir := filepath.Join(p.dir, ".stage")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	p.stage, err = newStage(
		p.ctx,
		setting{
			bin: p.bin, dir: dir, policy: withMoments(policy), addr: "127.0.0.1:0", speed: p.speed, env: p.env,
			socket: p.socket, both: p.both,
		},
	)
	return err
}

// waitUntil blocks until cond holds or patience ends; seen says what was there
// instead.
func (p *play) waitUntil(what string, seen func() string, cond func() bool) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := p.stage.slack.Wait(ctx, cond); err != nil {
		return fmt.Errorf(
			"%s: not within %s; there is:\n%s\nthe bot's log ends:\n%s", what, patience, seen(),
			p.stage.bot.log.lastLines(12),
		)
	}
	return nil
}

// cardText is the newest card as people read it.
func (p *play) cardText() string {
	m, err := p.stage.newestCard()
	if err != nil {
		return err.Error()
	}
	return p.stage.slack.PlainText(m)
}

// threadText is the newest card's thread, one message after the other.
func (p *play) threadText() string {
	m, err := p.stage.newestCard()
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, r := range p.stage.slack.Thread(channel, m.TS) {
		if r.TS != m.TS {
			b.WriteString(p.stage.slack.PlainText(r) + "\n")
		}
	}
	return b.String()
}

// linesWith is how many lines of the thread show a text, or did before they were edited.
func (p *play) linesWith(text string) (n int) {
	card, err := p.stage.newestCard()
	if err != nil {
		return 0
	}
	for _, line := range p.stage.slack.Thread(channel, card.TS)[1:] {
		if slices.ContainsFunc(p.stage.slack.Versions(channel, line.TS), func(v fakeslack.Message) bool {
			return strings.Contains(p.stage.slack.PlainText(v), text)
		}) {
			n++
		}
	}
	return n
}

// toldAlone is all that one person was told alone.
func (p *play) toldAlone(user string) string {
	var b strings.Builder
	b.WriteString(p.said[user] + "\n")
	for _, m := range p.stage.slack.Ephemerals(user) {
		b.WriteString(p.stage.slack.PlainText(m) + "\n")
	}
	return b.String()
}

// playStory plays one story and prints its card and thread as text.
func playStory(ctx context.Context, name string, out io.Writer) error {
	src, err := stories.ReadFile("stories/" + name + ".txtar")
	if err != nil {
		return fmt.Errorf("there is no story %q; there are: %s", name, strings.Join(storyNames(), ", "))
	}
	dir, err := os.MkdirTemp("", "twokey-story-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bin, err := buildBot(ctx, dir)
	if err != nil {
		return err
	}
	return playWith(name, src, out, func(file string) testscript.Params {
		return storyParams(ctx, bin, []string{file}, func(p *play) { printEnd(out, p) })
	})
}

// playWith plays a story with the runner that made makes of its file. out gets
// what the runner has to say.
func playWith(name string, src []byte, out io.Writer, made func(file string) testscript.Params) error {
	dir, err := os.MkdirTemp("", "twokey-play-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, name+".txtar")
	if err := os.WriteFile(file, src, 0o600); err != nil {
		return err
	}
	t := &teller{out: out}
	t.Run(name, func(t testscript.T) { testscript.RunT(t, made(file)) })
	if t.failed {
		return fmt.Errorf("the story %q did not go as it is written", name)
	}
	return nil
}

func printEnd(out io.Writer, p *play) {
	if p.stage.redis.warning != "" {
		fmt.Fprintln(out, "warning:", p.stage.redis.warning)
	}
	m, err := p.stage.newestCard()
	if err != nil {
		return
	}
	for _, r := range p.stage.slack.Thread(channel, m.TS) {
		who := "Twokey"
		if r.BotID == "" {
			who = r.User
		}
		text := p.stage.slack.PlainText(r)
		if r.TS == m.TS {
			fmt.Fprintf(out, "--- the card, as it is now\n%s\n--- the thread\n", text)
			continue
		}
		fmt.Fprintf(out, "%s: %s\n", who, strings.ReplaceAll(text, "\n", "\n    "))
	}
}

// teller lets a story run outside a test.
type teller struct {
	out    io.Writer
	failed bool
}

type gaveUp struct{}

func (t *teller) Skip(args ...any)  { t.Log(args...); panic(gaveUp{}) }
func (t *teller) Fatal(args ...any) { t.Log(args...); t.FailNow() }
func (t *teller) Parallel()         {}
func (t *teller) Log(args ...any)   { fmt.Fprintln(t.out, args...) }
func (t *teller) FailNow()          { t.failed = true; panic(gaveUp{}) }
func (t *teller) Verbose() bool     { return false }

func (t *teller) Run(_ string, f func(testscript.T)) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(gaveUp); !ok {
				panic(r)
			}
		}
	}()
	f(t)
}

var _ testscript.T = (*teller)(nil)

// userOf is a person's id by first name.
func userOf(s *fakeslack.Slack, first string) string { return userNamed(s, first).ID }

// userNamed is a person by first name, nobody if there is none.
func userNamed(s *fakeslack.Slack, first string) fakeslack.User {
	for _, u := range s.Users() {
		if strings.EqualFold(u.Name, first) {
			return u
		}
	}
	return fakeslack.User{}
}

func withPatience(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience)
}

// unshownMessage is what was said to one person alone where they do not look, in a thread
// that they have not open; empty: nothing. No story may end with it.
func (p *play) unshownMessage() string {
	for _, u := range p.stage.slack.Users() {
		for _, m := range p.stage.slack.Unshown(u.ID) {
			return fmt.Sprintf("%s was told in a thread that they have not open: %s", u.Name,
				p.stage.slack.PlainText(m))
		}
	}
	return ""
}

// storySpeed is how much faster than the real one the cloud is.
const storySpeed = 60

// startMemory makes what a play remembers.
func (p *play) startMemory() {
	p.said, p.errs = map[string]string{}, map[string]map[string]string{}
}
