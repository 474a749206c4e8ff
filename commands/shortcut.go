package commands

import (
	"context"
	"sync"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/screen/form"
	"twokey/commands/search"
	"twokey/commands/view"
)

// The callback ids of Twokey's shortcuts: the manifest names them.
const (
	ShortcutGlobal  = port.ShortcutGlobal
	ShortcutMessage = "reinstall_message"
)

const (
	// shortcutTimeout is how long a form may wait for what it shows: a
	// trigger lives three seconds.
	shortcutTimeout = 700 * time.Millisecond
	// formRefresh is how long a form may be redrawn after it was opened.
	formRefresh = 20 * time.Second
)

// Shortcut opens the form of a proposal from outside a command: of a message,
// whose machines are looked for, or from anywhere.
func (h *Handler) Shortcut(ctx context.Context, in port.Inbound) port.Reply {
	a := people.AskerOf(in)
	a.Verb = model.VerbPropose
	if in.Verb == ShortcutGlobal {
		a.At = ""
	}
	asking, done := gateContext(ctx)
	defer done()
	if err := h.people.Gate(asking, a); err != nil && shortcuts[in.Verb] {
		return h.showRefusal(ctx, in, h.people.GateRefusal(a.Verb, err))
	}
	switch in.Verb {
	case ShortcutGlobal:
		soon, cancel := context.WithTimeout(ctx, shortcutTimeout)
		defer cancel()
		in.Channel, in.Thread = "", ""
		return h.openForm(ctx, in, form.Propose(form.Draft{
			Origin:   form.Origin{Ask: form.AskNowhere},
			Channels: h.channels().options(soon),
		}, h.policy()))
	case ShortcutMessage:
		return h.openFromMessage(ctx, in)
	}
	return h.openForm(ctx, in, view.Form{Verb: model.VerbHelp, Title: "Twokey", Intro: []view.Text{
		screen.RefusalText(model.Refuse("Not done",
			"this shortcut is not one of Twokey's, or is of an old version of it", "Type /reinstall help")),
	}})
}

// shortcuts are those that there are.
var shortcuts = map[string]bool{ShortcutGlobal: true, ShortcutMessage: true}

// showRefusal shows a refusal in a form, for a shortcut has nothing else to show it in.
func (h *Handler) showRefusal(ctx context.Context, in port.Inbound, r *model.Refusal) port.Reply {
	h.auditRefusal(ctx, in, model.VerbPropose, refusalReply(r))
	return h.openForm(ctx, in, view.Form{
		Verb: model.VerbHelp, Title: "Twokey",
		Intro: []view.Text{screen.RefusalText(r)},
	})
}

// openFromMessage opens the form with the machine that a message names: the one, or
// a choice of several, never the first. Where not all that it shows is in memory
// it opens at once all the same, and is drawn again when it is.
func (h *Handler) openFromMessage(ctx context.Context, in port.Inbound) port.Reply {
	soon, cancel := context.WithTimeout(ctx, shortcutTimeout)
	defer cancel()
	var parts []model.FleetPart
	var ask string
	var places []view.Option
	var g sync.WaitGroup
	g.Go(func() { parts = h.cloud.Fleet(soon) })
	g.Go(func() {
		if ask = h.channels().whyAsk(soon, in.Channel); ask != "" {
			places = h.channels().options(soon)
		}
	})
	g.Wait()
	if ask != "" {
		in.Channel, in.Thread = "", ""
	}
	base := form.Draft{
		Origin: form.Origin{Ask: ask}, Channels: places,
		Values: map[string]string{form.FieldReason: search.ReasonOf(in.Said)},
	}
	if search.StillReading(parts) {
		base.Intro = []view.Text{view.Say("Still reading the machines, to find those that the message names. " +
			"This changes in a moment.")}
		return h.openRefreshed(ctx, in, form.Propose(base, h.policy()),
			func(ctx context.Context) (view.Form, bool) {
				base.Intro = nil
				reading, cancel := context.WithTimeout(ctx, formRefresh/2) // one region may hang
				defer cancel()
				parts := h.cloud.Fleet(reading)
				return form.Propose(h.fillDraft(ctx, base.WithMentions(search.FindMentions(parts, in.Said,
					in.Links), parts)), h.policy()), true
			})
	}
	dr := h.fillDraft(soon, base.WithMentions(search.FindMentions(parts, in.Said, in.Links), parts))
	if _, one := dr.Machine(); !one || dr.Images != nil {
		return h.openForm(ctx, in, form.Propose(dr, h.policy()))
	}
	return h.openRefreshed(ctx, in, form.Propose(dr, h.policy()), func(ctx context.Context) (view.Form, bool) {
		dr := h.fillDraft(ctx, dr)
		return form.Propose(dr, h.policy()), dr.Images != nil
	})
}
