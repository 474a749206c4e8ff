package outbox

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// What a card has no room for stands in its thread, and the card says so. It is
// told once, and again only where it has changed: the state of each machine stands
// on the card always, and the thread has a line at each change of it.

// mostOver is how much of it stands in one line, in code points: so much fits what
// Slack takes of one message, whatever the letters are.
const mostOver = 1500

// overs remembers, for this process, which lines of what has no room were told.
type overs struct {
	mu   sync.Mutex
	told map[string]bool
}

func (o *overs) has(key string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.told[key]
}

func (o *overs) note(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.told == nil || len(o.told) >= mostShows {
		o.told = map[string]bool{}
	}
	o.told[key] = true
}

// tellOver has the thread of the card at a tell what the card has no room for. A
// line's key goes by its words; what another process told is found by it.
func (o *Outbox) tellOver(ctx context.Context, rec port.Record, a port.Address, card view.Card) error {
	if o.shows.isGone(rec.Op.ID, o.now()) {
		return nil // it has no thread any more
	}
	for _, line := range overLines(o.chat.Over(card), card.Details) {
		key := fmt.Sprintf("%s.over.%x", rec.Op.ID, sha256.Sum256([]byte(line.String())))[:len(rec.Op.ID)+len(".over.")+16]
		if o.overs.has(key) {
			continue
		}
		found, err := o.chat.FindLine(ctx, a, key)
		if err != nil && !port.IsPermanent(err) {
			return &looking{err}
		}
		if !found {
			if err := o.store.Tell(ctx, rec.Op.ID, port.Post{Kind: port.PostLine, Key: key, Op: rec.Op.ID, Rev: rec.Rev, Text: line}); err != nil {
				return err
			}
			o.engine.Nudge()
		}
		o.overs.note(key)
	}
	return nil
}

// overLines words what a card has no room for. Of machines it is what stays the
// same: their states are on the card.
func overLines(over view.Card, details []view.Row) []reinstall.Text {
	var out []reinstall.Text
	add := func(what string, lines []reinstall.Text) {
		var t reinstall.Text
		long := 0
		for _, l := range lines {
			n := utf8.RuneCountInString(l.String())
			if t == nil || long+n > mostOver {
				if t != nil {
					out = append(out, t)
				}
				t, long = reinstall.Say(reinstall.Strong("The rest of the card: "+what)), 0
			}
			t, long = append(t, reinstall.Say("\n• ", l)...), long+n
		}
		if t != nil {
			out = append(out, t)
		}
	}
	add("why keys are asked for again", inLines(over.Changed))
	add("the machines", linesOf(slices.DeleteFunc(slices.Clone(details), func(r view.Row) bool {
		return !slices.ContainsFunc(over.Machines, func(m view.Row) bool { return m.Label == r.Label })
	})))
	add("the keys", linesOf(over.Keys))
	add("findings", inLines(over.Findings))
	add("the plan", linesOf(slices.DeleteFunc(slices.Clone(over.Facts), func(r view.Row) bool { return r.Label == screen.LabelPort })))
	add("what is around", inLines(over.Around))
	return out
}

func linesOf(rows []view.Row) []reinstall.Text {
	out := make([]reinstall.Text, len(rows))
	for i, r := range rows {
		out[i] = inLine(reinstall.Say(reinstall.Strong(r.Label), "  ", r.Value))
	}
	return out
}

func inLines(ts []reinstall.Text) []reinstall.Text {
	out := make([]reinstall.Text, len(ts))
	for i, t := range ts {
		out[i] = inLine(t)
	}
	return out
}

// inLine keeps a text on one line, whatever was typed into it.
func inLine(t reinstall.Text) reinstall.Text {
	out := slices.Clone(t)
	for i, s := range out {
		if s.Kind != reinstall.Link {
			out[i].Text = strings.NewReplacer("\r\n", " ↵ ", "\n", " ↵ ").Replace(s.Text)
		}
	}
	return out
}
