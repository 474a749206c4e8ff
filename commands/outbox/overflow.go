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
	"twokey/commands/screen"
	"twokey/commands/view"
)

// What a card has no room for stands in its thread, and the card says so. It is
// told once, and again only where it has changed: the state of each machine stands
// on the card always, and the thread has a line at each change of it.

// mostOverflow is how much of it stands in one line, in code points: so much fits what
// Slack takes of one message, whatever the letters are.
const mostOverflow = 1500

// overflows remembers, for this process, which lines of what has no room were told.
type overflows struct {
	mu   sync.Mutex
	told map[string]bool
}

func (o *overflows) wasTold(key string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.told[key]
}

func (o *overflows) noteTold(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.told == nil || len(o.told) >= mostRemembered {
		o.told = map[string]bool{}
	}
	o.told[key] = true
}

// postOverflow has the thread of the card at a tell what the card has no room for. A
// line's key goes by its words; what another process told is found by it.
func (o *Outbox) postOverflow(ctx context.Context, rec port.Record, a port.Address, card view.Card) error {
	if o.shown.isCardDead(rec.Op.ID, o.now()) {
		return nil // it has no thread any more
	}
	for _, line := range overflowLines(o.chat.Over(card), card.Details) {
		key := fmt.Sprintf("%s.over.%x", rec.Op.ID, sha256.Sum256([]byte(line.String())))[:len(rec.Op.ID)+len(".over.")+
			16]
		if o.overflows.wasTold(key) {
			continue
		}
		found, err := o.chat.FindLine(ctx, a, key)
		if err != nil && !port.IsPermanent(err) {
			return &lookupFault{err}
		}
		if !found {
			if err := o.store.Tell(ctx, rec.Op.ID, port.Post{
				Kind: port.PostLine, Key: key, Op: rec.Op.ID, Rev: rec.Rev,
				Text: line,
			}); err != nil {
				return err
			}
			o.engine.Wake()
		}
		o.overflows.noteTold(key)
	}
	return nil
}

// overflowLines words what a card has no room for. Of machines it is what stays the
// same: their states are on the card.
func overflowLines(over view.Card, details []view.Row) []view.Text {
	var out []view.Text
	add := func(what string, lines []view.Text) {
		var t view.Text
		long := 0
		for _, l := range lines {
			n := utf8.RuneCountInString(l.String())
			if t == nil || long+n > mostOverflow {
				if t != nil {
					out = append(out, t)
				}
				t, long = view.Say(view.Strong("The rest of the card: "+what)), 0
			}
			t, long = append(t, view.Say("\n• ", l)...), long+n
		}
		if t != nil {
			out = append(out, t)
		}
	}
	add("why keys are asked for again", oneLiners(over.Changed))
	add("the machines", rowLines(slices.DeleteFunc(slices.Clone(details), func(r view.Row) bool {
		return !slices.ContainsFunc(over.Machines, func(m view.Row) bool { return m.Label == r.Label })
	})))
	add("the keys", rowLines(over.Keys))
	add("findings", oneLiners(over.Findings))
	add("the plan", rowLines(slices.DeleteFunc(slices.Clone(over.Facts),
		func(r view.Row) bool { return r.Label == screen.LabelPort })))
	add("what is around", oneLiners(over.Around))
	return out
}

func rowLines(rows []view.Row) []view.Text {
	out := make([]view.Text, len(rows))
	for i, r := range rows {
		out[i] = oneLine(view.Say(view.Strong(r.Label), "  ", r.Value))
	}
	return out
}

func oneLiners(ts []view.Text) []view.Text {
	out := make([]view.Text, len(ts))
	for i, t := range ts {
		out[i] = oneLine(t)
	}
	return out
}

// oneLine keeps a text on one line, whatever was typed into it.
func oneLine(t view.Text) view.Text {
	out := slices.Clone(t)
	for i, s := range out {
		if s.Kind != view.Link {
			out[i].Text = strings.NewReplacer("\r\n", " ↵ ", "\n", " ↵ ").Replace(s.Text)
		}
	}
	return out
}
