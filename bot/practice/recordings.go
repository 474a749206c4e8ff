package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/bot/fakeslack/page"
)

// tours are the stories that the page shows to whoever is new, the first first.
var tours = []page.Tour{
	{
		Name: "two-keys", Title: "Two keys",
		About: "The whole way of one machine: proposed, approved, backed up, reinstalled once.",
		First: "Watch it, 90 s",
	},
	{
		Name: "self-approval", Title: "Nobody approves alone",
		About: "An approver proposes, and his own approval does not count.",
	},
	{
		Name: "drift", Title: "The machine changes",
		About: "Somebody changes the machine after the keys were turned: they no longer count.",
	},
	{Name: "hold-and-resume", Title: "Stop!", About: "The countdown is held at the last moment, and resumed."},
	{
		Name: "killed-after-arming", Title: "Killed at the worst moment",
		About: "The bot dies between the call and its answer, and calls no second time.",
		First: "Kill the bot mid-wipe",
	},
	{
		Name: "unknown", Title: "Nobody knows",
		About: "What cannot be known is called unknown, until a person has looked.",
	},
	{
		Name: "batch", Title: "Three machines at once",
		About: "One card and two keys for three machines: one goes first, alone.",
	},
	{Name: "rejected", Title: "No", About: "An approver rejects, with a reason."},
	{
		Name: "backup-image", Title: "No backup yet",
		About: "Twokey makes the backup image itself, before anything is wiped.",
	},
	{
		Name: "cloud-refuses", Title: "The cloud says no",
		About: "A reset that the cloud refuses is told as refused, never as done.",
	},
}

// theEnd is said under the last frame.
const theEnd = "Now you: propose, approve and confirm it yourself."

// cinema records stories, each once and one at a time, when somebody first asks
// for them.
type cinema struct {
	ctx context.Context // recordings end with it
	bin string

	camera sync.Mutex // one recording at a time
	mu     sync.Mutex
	reels  map[string]*recording
}

func newCinema(ctx context.Context, bin string) *cinema {
	return &cinema{ctx: ctx, bin: bin, reels: map[string]*recording{}}
}

// Tours lists what can be shown.
func (c *cinema) Tours() []page.Tour { return tours }

// Reel returns what is recorded of a story after the first frames, and begins
// the recording if nobody has yet.
func (c *cinema) Reel(ctx context.Context, name string, after int) (page.Reel, error) {
	if !slices.ContainsFunc(tours, func(t page.Tour) bool { return t.Name == name }) {
		return page.Reel{}, fmt.Errorf("there is no tour %q", name)
	}
	c.mu.Lock()
	r := c.reels[name]
	if r == nil {
		r = &recording{changed: make(chan struct{})}
		c.reels[name] = r
		go c.recordStory(name, r)
	}
	c.mu.Unlock()
	return r.framesAfter(ctx, after)
}

func (c *cinema) recordStory(name string, r *recording) {
	c.camera.Lock()
	defer c.camera.Unlock()
	var said strings.Builder
	src, err := stories.ReadFile("stories/" + name + ".txtar")
	if err == nil {
		r.captions = captionsOf(string(src))
		err = playWith(name, src, &said, func(file string) testscript.Params {
			return r.filmStory(
				storyParams(c.ctx, c.bin, []string{file}, func(p *play) { r.addFrame(p, page.Frame{Caption: theEnd}) }),
			)
		})
	}
	if err != nil {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	r.endRecording(err)
}

// A recording is a story's frames, as far as they are made. The last one is
// kept back while more can be seen on it.
type recording struct {
	captions []string // for each verb of the story, in order
	verbs    int      // so many were done
	as       string   // whose page is looked at

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each change
	frames  []page.Frame
	done    bool
	err     error
}

func (r *recording) framesAfter(ctx context.Context, n int) (page.Reel, error) {
	for {
		r.mu.Lock()
		changed, done, ready := r.changed, r.done, len(r.frames)
		if !done {
			ready--
		}
		if done || ready > n {
			reel := page.Reel{Frames: slices.Clone(r.frames[min(n, ready):ready]), Done: done}
			if r.err != nil {
				reel.Failed = r.err.Error()
			}
			r.mu.Unlock()
			return reel, nil
		}
		r.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return page.Reel{}, errors.New("nobody waits for the recording any more")
		}
	}
}

// changeFrames alters the frames and wakes whoever waits.
func (r *recording) changeFrames(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *recording) endRecording(err error) { r.changeFrames(func() { r.done, r.err = true, err }) }

// filmStory makes the runner of a story that is filmed meanwhile.
func (r *recording) filmStory(p testscript.Params) testscript.Params {
	for name, do := range p.Cmds {
		p.Cmds[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			caption := ""
			if r.verbs < len(r.captions) {
				caption = r.captions[r.verbs]
			}
			r.verbs++
			line := narrate(playOf(ts), name, neg, args)
			if line.as != "" {
				r.as = line.as
			}
			if line.who != "" {
				r.filmAct(playOf(ts), caption, line)
			}
			do(ts, neg, args)
			if line.as == "" && line.who == "" {
				r.closeRead(playOf(ts))
			}
			if line.who == "" && line.text != "" {
				r.filmLook(playOf(ts), caption, line)
			}
		}
	}
	return p
}

// filmAct films what a person sees while something is done.
func (r *recording) filmAct(p *play, caption string, l narration) {
	if p.stage != nil && len(l.fills) > 0 {
		_ = p.stage.slack.Fill(p.ctx, l.as, l.fills) // the verb itself says what is wrong with it
	}
	r.addFrame(p, page.Frame{Caption: caption, Who: l.who, Act: l.text, Press: l.press, Typed: l.typed})
}

// closeRead closes what somebody has only read, as people do before they look at the
// channel again: it would cover that.
func (r *recording) closeRead(p *play) {
	if p.stage == nil {
		return
	}
	if v, open := p.stage.slack.OpenView(r.as); open && v.Submit == "" {
		_ = p.stage.slack.CloseView(p.ctx, r.as) // one that stays is on the picture
	}
}

// filmLook films what was looked for and is there. Where nothing else has changed
// it is one more thing to see on the same picture.
func (r *recording) filmLook(p *play, caption string, l narration) {
	now := r.takePicture(p)
	r.mu.Lock()
	last := len(r.frames) - 1
	same := last >= 0 && string(r.frames[last].State) == string(now.State) && r.frames[last].As == now.As &&
		r.frames[last].Act == ""
	r.mu.Unlock()
	if same {
		r.changeFrames(func() { r.frames[last].Looks = append(r.frames[last].Looks, l.text) })
		return
	}
	r.addFrame(p, page.Frame{Caption: caption, Looks: []string{l.text}})
}

// addFrame adds a frame with what there is to see now. Before the stage is set
// there is nothing.
func (r *recording) addFrame(p *play, f page.Frame) {
	now := r.takePicture(p)
	if now.State == nil {
		return
	}
	f.As, f.Thread, f.State = now.As, now.Thread, now.State
	if f.Looks == nil {
		f.Looks = []string{}
	}
	r.changeFrames(func() { r.frames = append(r.frames, f) })
}

func (r *recording) takePicture(p *play) (f page.Frame) {
	if p.stage == nil {
		return f
	}
	if f.As = r.as; f.As == "" {
		f.As = userOf(p.stage.slack, "ann")
	}
	if m, err := p.stage.newestCard(); err == nil {
		f.Thread = m.TS
	}
	f.State = page.Picture(p.stage.slack, f.As)
	return f
}

// captionsOf are a story's comments, for each verb that it says in order: the
// comment above it.
func captionsOf(story string) []string {
	known := verbs()
	var out []string
	now, fresh := "", false
	for l := range strings.Lines(story) {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "-- ") {
			break
		}
		if words, ok := strings.CutPrefix(l, "#"); ok {
			if fresh {
				now += " " + strings.TrimSpace(words)
			} else {
				now = strings.TrimSpace(words)
			}
			fresh = true
			continue
		}
		if l != "" {
			fresh = false
		}
		first, _, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(l, "!")), " ")
		if known[first] != nil {
			out = append(out, now)
		}
	}
	return out
}
