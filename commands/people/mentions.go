package people

import (
	"context"
	"regexp"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// What people type may refer to somebody, to a channel or to a user group, by
// an id that nobody can read. It is kept with the names, as text: then every
// place where it is read shows them, and nobody is called by them.

const (
	// refersWithin is how long Slack may take over all names of a text; a stop
	// waits for less. What it did not say in time stays an id.
	refersWithin     = 2 * time.Second
	refersWithinStop = 300 * time.Millisecond
	mostReferred     = 20
)

// reference is how the front hands a mention on: <@U..>, <#C..>, <!subteam^S..>.
var reference = regexp.MustCompile(`<(?:@([UW][A-Z0-9]{1,30})|#([CG][A-Z0-9]{1,30})|!subteam\^(S[A-Z0-9]{1,30}))(?:\|[^<>]*)?>`)

// withNames is what somebody said, with names in place of references.
func (l *Lookup) withNames(ctx context.Context, it port.Item, s string) string {
	if !reference.MatchString(s) {
		return s
	}
	within := refersWithin
	if model.Stops(it.Verb) {
		within = refersWithinStop
	}
	ctx, done := context.WithTimeout(ctx, within)
	defer done()
	names := map[string]string{}
	return reference.ReplaceAllStringFunc(s, func(ref string) string {
		if _, known := names[ref]; !known && len(names) < mostReferred {
			names[ref] = l.referenceName(ctx, it, ref)
		}
		if names[ref] != "" {
			return names[ref]
		}
		return bareReference(ref)
	})
}

// bareReference is a reference without a name.
func bareReference(ref string) string {
	m := reference.FindStringSubmatch(ref)
	if m[2] != "" {
		return "#" + m[2]
	}
	return "@" + m[1] + m[3]
}

// referenceName names what a reference is of; empty where that is not known. The name
// of a private channel is told to nobody but in that channel.
func (l *Lookup) referenceName(ctx context.Context, it port.Item, ref string) string {
	m := reference.FindStringSubmatch(ref)
	var err error
	switch {
	case m[1] != "":
		var p model.Person
		if p, err = l.WhoIs(ctx, m[1]); err == nil && p.Name != "" {
			return "@" + p.Name
		}
	case m[2] != "":
		var room port.ChannelInfo
		room, err = l.chat.Channel(ctx, m[2])
		switch {
		case err == nil && room.Private && room.ID != it.Channel:
			return "#private-channel"
		case err == nil && room.Name != "":
			return "#" + room.Name
		}
	case m[3] != "":
		var handle string
		if handle, err = l.chat.Handle(ctx, m[3]); err == nil && handle != "" {
			return "@" + handle
		}
	}
	l.log.Info("mention: stays an id", "verb", it.Verb, "op", it.Op, "err", err)
	return ""
}

// ResolveNames is a line with the names that its words refer to. A machine's name that
// was typed as a confirmation stays as it is.
func (l *Lookup) ResolveNames(ctx context.Context, it port.Item, line port.Line) port.Line {
	if model.InWords(line.Verb) {
		line.Text = l.withNames(ctx, it, line.Text)
	}
	line.Request.Reason = l.withNames(ctx, it, line.Request.Reason)
	return line
}
