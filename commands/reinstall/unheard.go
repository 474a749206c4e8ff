package reinstall

import "time"

// The cloud may not be askable while something is under way: its key was
// revoked, a permission taken away, its endpoint is gone. That is noted, and
// ends: after the limit, by our own clock, the outcome is unknown. It never
// leads to another call, and never to "not sent": without an answer nothing is
// proven.

// ImageAfter is how long a backup image may take, as others allow it
// (cloud/doc.go 6.9).
const ImageAfter = 60 * time.Minute

// TellAfter is how long a silence lasts before the thread tells of it. The card
// shows it at once; a blip is no news.
const TellAfter = 10 * time.Second

// Silence is that the cloud does not say what is asked of it, since when, and why.
type Silence struct {
	Since time.Time `json:"since"`
	Why   string    `json:"why"` // without its full stop
	Next  string    `json:"next,omitempty"`
	// Absent says that it answers, but does not show what was asked for.
	Absent bool `json:"absent,omitempty"`
	// Told says that the thread has it, and is owed its end.
	Told bool `json:"told,omitempty"`
}

// Unheard notes such a silence. Its Since is the first one's.
type Unheard struct {
	Why, Next string
	Absent    bool
	Quiet     bool // another one of its proposal has told it
}

func (e Unheard) Name() string { return "cloud not heard" }

func (e Unheard) step(op *Operation, now time.Time) *Refusal {
	if r := op.listens(); r != nil {
		return r
	}
	if op.noted(e, now) {
		return Refuse("Not noted", "it is noted already", "Wait")
	}
	told := op.Silence != nil && op.Silence.Told || op.TellsSilence(now)
	since := now
	if s := op.Silence; s != nil && s.Absent == e.Absent {
		since = s.Since
	}
	op.Silence = &Silence{Since: since, Why: e.Why, Next: e.Next, Absent: e.Absent, Told: told}
	return nil
}

// noted reports whether just that is noted already, and told if it is time.
func (op Operation) noted(e Unheard, now time.Time) bool {
	s := op.Silence
	return s != nil && s.Why == e.Why && s.Next == e.Next && s.Absent == e.Absent && !op.TellsSilence(now)
}

// TellsSilence reports whether a silence has lasted long enough for the thread,
// which does not have it yet.
func (op Operation) TellsSilence(now time.Time) bool {
	s := op.Silence
	return s != nil && !s.Told && now.Sub(s.Since) >= TellAfter
}

// AbsentFor is for how long the cloud has answered without showing what was
// asked for.
func (op Operation) AbsentFor(now time.Time) time.Duration {
	if op.Silence == nil || !op.Silence.Absent {
		return 0
	}
	return now.Sub(op.Silence.Since)
}

// Heard says that the cloud answers again.
type Heard struct {
	Quiet bool // another one of its proposal, which is not heard yet, will tell it
}

func (e Heard) Name() string { return "cloud heard again" }

func (e Heard) step(op *Operation, _ time.Time) *Refusal {
	if r := op.listens(); r != nil {
		return r
	}
	if op.Silence == nil {
		return Refuse("Not noted", "nothing was missed", "Go on")
	}
	op.Silence = nil
	return nil
}

// listens refuses what is about asking the cloud where nothing is asked.
func (op *Operation) listens() *Refusal {
	if op.State == Proposed && op.Making != nil {
		return nil
	}
	return op.in("Not noted", Armed, Sent)
}

// Silent is what comes of the cloud not being askable: a note, an end, or nil
// where it is noted and time is left. now is our own clock, the one that signed:
// the cloud's is not known.
func (op Operation) Silent(e Unheard, now time.Time) Event {
	switch {
	case op.Arming != nil && !now.Before(op.Arming.At.Add(LostAfter)):
		return LostTrack{
			Why:   Ago(LostAfter) + " after the call its end is not seen, for the cloud could not be asked: " + e.Why,
			Doubt: Doubt{Audit: "It was not asked: the cloud did not answer"},
		}
	case op.ImageOverdue(now):
		return ImageGone{Why: "it was not seen to be ready within " + Ago(ImageAfter) + ", for the cloud could not be asked: " + e.Why, Next: e.Next}
	case op.noted(e, now):
		return nil
	}
	return e
}

// ImageOverdue reports whether a backup image has taken too long.
func (op Operation) ImageOverdue(now time.Time) bool {
	m := op.Making
	return op.State == Proposed && m != nil && (m.Stage == ImageAsked || m.Stage == ImageMaking) && !now.Before(m.At.Add(ImageAfter))
}
