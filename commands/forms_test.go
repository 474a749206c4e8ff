package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/search"
	"twokey/commands/view"
)

// Load is of a memory that can be away.
func (f *front) Load(ctx context.Context, id string) (port.Record, error) {
	if f.away["load"] {
		return port.Record{}, errors.New("the memory is away")
	}
	return f.Store.Load(ctx, id)
}

func (f *front) OpenForm(_ context.Context, _ string, form view.Form) (string, string, error) {
	if f.away["form"] {
		return "", "", errors.New("the trigger has expired")
	}
	f.forms = append(f.forms, form)
	return "V1", "h1", nil
}

func (f *front) UpdateForm(_ context.Context, _, _ string, form view.Form) error {
	f.forms = append(f.forms, form)
	return nil
}

// Channel knows one channel of each kind.
func (f *front) Channel(_ context.Context, id string) (port.ChannelInfo, error) {
	switch {
	case f.away["channel"]:
		return port.ChannelInfo{}, errors.New("Slack is away")
	case id == "C0GONE":
		return port.ChannelInfo{}, model.Refuse("Not found", "Twokey cannot see this channel", "Invite it")
	}
	return port.ChannelInfo{ID: id, Name: "infra", Shared: id == "C0SHARED", Member: id != "C0ABSENT"}, nil
}

const webRef = "main/ap-guangzhou/ins-00000001"

// fleet is a cloud with one machine and one image, of which either can be away.
type fleet struct {
	port.Machines
	away map[string]bool
}

func (c fleet) Fleet(context.Context) []model.FleetPart {
	part := model.FleetPart{Account: "main", Region: "ap-guangzhou"}
	if c.away["fleet"] {
		part.Err = errors.New("the cloud is away")
		return []model.FleetPart{part}
	}
	part.Machines = []model.Instance{{
		Ref:  model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-00000001"},
		Name: "web-01", State: "RUNNING", OSName: "Ubuntu Server 20.04 LTS 64bit",
		SystemDisk: model.Disk{Type: "CLOUD_PREMIUM", SizeGB: 50},
	}}
	return []model.FleetPart{part}
}

func (c fleet) Images(context.Context, model.Ref) ([]model.Image, error) {
	switch {
	case c.away["images"]:
		return nil, errors.New("the cloud is away")
	case c.away["images in time"]:
		return nil, context.DeadlineExceeded
	}
	return []model.Image{{
		ID: "img-487zeit5", Name: "Ubuntu 22.04", Type: model.ImagePublic, State: model.ImageNormal,
		OSName: "Ubuntu Server 22.04 LTS 64bit", Platform: "Ubuntu", SizeGB: 20,
	}}, nil
}

// newFormFront is a front whose policy names one channel of every kind.
func newFormFront(t *testing.T) (f *front, id string) {
	t.Helper()
	f, id = newFront(t)
	f.cloud = fleet{away: f.away}
	p := f.policy()
	p.Channels = append(p.Channels, "C0SHARED", "C0ABSENT", "C0GONE")
	f.policy = func() model.Policy { return p }
	return f, id
}

// by is what somebody does in the proposal's channel.
func (f *front) by(user, verb, op string, values map[string]string) port.Inbound {
	return port.Inbound{
		Dedupe: "d1", User: user, Channel: "C0INFRA", At: f.at, Verb: verb, Op: op, Rev: 1, Trigger: "t1",
		Values: values,
	}
}

// storedLine is the one thing that was stored, understood.
func (f *front) storedLine(t *testing.T) (l port.Line) {
	t.Helper()
	if len(f.stored) != 1 || f.handed != 1 {
		t.Fatalf("%d are stored, and %d handed in", len(f.stored), f.handed)
	}
	if err := json.Unmarshal([]byte(f.stored[0].Args), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// A form with something wrong stays open, and says what is wrong at its field.
func TestAProposalsFormIsCheckedByField(t *testing.T) {
	for name, c := range map[string]struct {
		field, value string
		at           string // the field that says it; empty: the same
		says, away   string
	}{
		"no machine":           {"target", "", "", "Pick the machine.", ""},
		"a line, no machine":   {"target", search.NotAChoice, "", "Pick a machine.", ""},
		"a line, no image":     {"image", search.NotAChoice, "", "or leave it empty", ""},
		"a disk in words":      {"disk", "large", "", "a whole number of GiB", ""},
		"no disk at all":       {"disk", "0", "", "a whole number of GiB", ""},
		"a disk below zero":    {"disk", "-50", "", "a whole number of GiB", ""},
		"a disk too large":     {"disk", "32001", "", "a whole number of GiB", ""},
		"half a GiB":           {"disk", "50.5", "", "a whole number of GiB", ""},
		"keys without an id":   {"login", "key", "keys", "skey-1a2b3c4d", ""},
		"no channel":           {"place", "", "", "Pick a channel.", ""},
		"another channel":      {"place", "C0OTHER", "", "not one where reinstalls are handled", ""},
		"a shared channel":     {"place", "C0SHARED", "", "shared with another company", ""},
		"one without Twokey":   {"place", "C0ABSENT", "", "Invite it (/invite)", ""},
		"one that is hidden":   {"place", "C0GONE", "", "Twokey cannot see this channel. Invite it.", ""},
		"a channel unanswered": {"place", "C0INFRA", "", "Press Propose again", "channel"},
	} {
		f, _ := newFormFront(t)
		f.away[c.away] = true
		values := map[string]string{"target": webRef}
		values[c.field] = c.value
		r := f.Submit(t.Context(), f.by("U0ANN", model.VerbPropose, "", values))
		at := c.field
		if c.at != "" {
			at = c.at
		}
		if len(r.Errors) != 1 || !strings.Contains(r.Errors[at], c.says) {
			t.Errorf("%s: %v", name, r.Errors)
		}
		if len(f.stored) > 0 {
			t.Errorf("%s is stored", name)
		}
	}
}

// What was filled in is stored as it was, in the channel that was picked.
func TestAProposalsFormIsStored(t *testing.T) {
	f, _ := newFormFront(t)
	in := f.by("U0ANN", model.VerbPropose, "", map[string]string{
		"target": webRef, "image": "img-487zeit5", "disk": " 100 ", "host": " web-01 ", "backup": "image",
		"reason": "kernel panics", "place": "C0INFRA",
	})
	in.Channel = "" // it was opened from anywhere
	if r := f.Submit(t.Context(), in); len(r.Errors) > 0 || r.No {
		t.Fatalf("%v %s", r.Errors, r.Text)
	}
	want := model.Request{
		Target: webRef, Image: "img-487zeit5", DiskGB: 100, HostName: "web-01", Reason: "kernel panics", Backup: "image",
	}
	got := f.storedLine(t).Request
	want.Login = got.Login
	if diff := cmp.Diff(want, got); diff != "" || f.stored[0].Channel != "C0INFRA" {
		t.Errorf("in %s: -filled in +stored\n%s", f.stored[0].Channel, diff)
	}
}

// Outside the policy's channels nothing is proposed, and the audit has who tried.
func TestNothingIsProposedFromAnotherChannel(t *testing.T) {
	f, _ := newFormFront(t)
	in := f.by("U0ANN", model.VerbPropose, "", map[string]string{"target": webRef})
	in.Channel = "C0OTHER"
	r := f.Submit(t.Context(), in)
	if !strings.Contains(r.Errors["target"], "not one where reinstalls are handled") || len(f.stored) > 0 {
		t.Errorf("%v, stored %v", r.Errors, f.stored)
	}
	if len(f.notes) != 1 || f.notes[0].By != "U0ANN" || !strings.Contains(f.notes[0].Detail, "not one where") {
		t.Errorf("the audit has %+v", f.notes)
	}
}

// A guest gets no form, submits none, and is in the audit.
func TestAGuestGetsNoFormAndSubmitsNone(t *testing.T) {
	for _, verb := range []string{model.VerbPropose, model.VerbBackup, model.VerbImage, model.VerbPassword} {
		f, id := newFormFront(t)
		pressed := f.Press(t.Context(), f.by("U0GUS", verb, id, nil))
		in := f.by("U0GUS", verb, id, map[string]string{"target": webRef, "typed": "web-01"})
		in.Dedupe = "d2"
		submitted := f.Submit(t.Context(), in)
		if !pressed.No || len(f.forms) > 0 || len(f.stored) > 0 {
			t.Errorf("%s: %q, %q; %d forms, stored %v", verb, pressed.Text, submitted.Text, len(f.forms), f.stored)
		}
		if verb != model.VerbPassword && !submitted.No { // which has nothing to submit
			t.Errorf("%s is submitted: %q", verb, submitted.Text)
		}
	}
}

// A rejection needs its reason, and gets no other word than its author's.
func TestARejectionNeedsItsReason(t *testing.T) {
	for _, why := range []string{"", "  ", "\n\t"} {
		f, id := newFormFront(t)
		r := f.Submit(t.Context(), f.by("U0BOB", model.VerbReject, id, map[string]string{"reason": why}))
		if r.Errors["reason"] != "Say why." || len(f.stored) > 0 {
			t.Errorf("%q: %v", why, r.Errors)
		}
	}
	f, id := newFormFront(t)
	f.Submit(t.Context(), f.by("U0BOB", model.VerbReject, id, map[string]string{"reason": " wrong machine "}))
	if l := f.storedLine(t); l.Text != "wrong machine" || l.ID != id || !f.stored[0].Stops {
		t.Errorf("%+v, stops %v", l, f.stored[0].Stops)
	}
}

// The form for a reason names the machine only to whoever is known.
func TestAStopNamesNothingToAStranger(t *testing.T) {
	for away, named := range map[string]bool{"": true, "person": false} {
		f, id := newFormFront(t)
		f.away[away] = true
		if r := f.Press(t.Context(), f.by("U0BOB", model.VerbReject, id, nil)); r.No || len(f.forms) != 1 {
			t.Fatalf("away %q: %q, %d forms", away, r.Text, len(f.forms))
		}
		if said := f.forms[0].Intro[0].String(); strings.Contains(said, "web-01") != named {
			t.Errorf("away %q: %q", away, said)
		}
	}
}

// Every reason for which no form opens is said, with what to do.
func TestAFormThatDoesNotOpenSaysWhy(t *testing.T) {
	for name, c := range map[string]struct{ away, op, says string }{
		"the trigger expired":   {"form", "", "Slack did not open the form in time"},
		"no such proposal":      {"", "0000", "no proposal"},
		"the memory is away":    {"load", "", "Redis"},
		"nobody knows who asks": {"person", "", "Slack did not say"},
	} {
		for _, verb := range []string{model.VerbReject, model.VerbImage} {
			if verb == model.VerbReject && c.away == "person" {
				continue // a stop waits for nobody
			}
			f, id := newFormFront(t)
			f.away[c.away] = true
			if c.op != "" {
				id = c.op
			}
			r := f.Press(t.Context(), f.by("U0BOB", verb, id, nil))
			if !r.No || !strings.Contains(r.Text.String(), c.says) || len(f.forms) > 0 {
				t.Errorf("%s, %s: %q, %d forms", name, verb, r.Text, len(f.forms))
			}
		}
	}
}

// Only whoever picked it has the machine stopped for its backup image.
func TestAnImageStopsTheMachineOnlyWhenPicked(t *testing.T) {
	for how, stop := range map[string]bool{"stop": true, "run": false, "": false, "STOP": false} {
		f, id := newFormFront(t)
		f.Submit(t.Context(), f.by("U0ANN", model.VerbImage, id, map[string]string{"how": how}))
		if l := f.storedLine(t); l.Stop != stop || l.ID != id {
			t.Errorf("%q: %+v", how, l)
		}
	}
}

// withBackup gives the proposal a snapshot to confirm.
func withBackup(t *testing.T) (f *front, id string) {
	t.Helper()
	f, id = newFormFront(t)
	f.change(t, id, func(op *reinstall.Operation) {
		op.Plan.Terms.Backup, op.Plan.Terms.BackupMaxAge = true, 24*time.Hour
		op.Plan.Disk.ID = "disk-00000001"
		op.Evidence = []model.Evidence{{
			Kind: model.EvidenceSnapshot, ID: "snap-00000001", DiskID: "disk-00000001", State: model.ImageNormal,
			Created: f.at.Add(-time.Hour),
		}}
	})
	return f, id
}

// change writes another operation in place of a proposal's.
func (f *front) change(t *testing.T, id string, do func(*reinstall.Operation)) {
	t.Helper()
	rec, err := f.Store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	do(&rec.Op)
	c := port.Change{
		Op: rec.Op, Rev: rec.Rev, Command: fmt.Sprint("change ", rec.Rev), By: "U0ANN", What: "change",
		WakeAfter: port.Never,
	}
	if _, err := f.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// A backup is confirmed by whoever picks it and types the machine's exact name.
func TestABackupNeedsItsChoiceAndTheExactName(t *testing.T) {
	for name, c := range map[string]struct{ backup, typed, at string }{
		"no backup":        {"", "web-01", "backup"},
		"no name":          {"snap-00000001", "", "typed"},
		"another name":     {"snap-00000001", "web-02", "typed"},
		"part of the name": {"snap-00000001", "web", "typed"},
		"in capitals":      {"snap-00000001", "WEB-01", "typed"},
		"with more behind": {"snap-00000001", "web-01 web-02", "typed"},
		"as it should be":  {"snap-00000001", "web-01", ""},
	} {
		f, id := withBackup(t)
		r := f.Submit(t.Context(), f.by("U0ANN", model.VerbBackup, id,
			map[string]string{"backup": c.backup, "typed": c.typed}))
		if c.at == "" {
			want := map[string]string{id: "snap-00000001"}
			if l := f.storedLine(t); !maps.Equal(l.Each, want) || l.As != "snap-00000001" || l.Text != "web-01" {
				t.Errorf("%s: %+v", name, l)
			}
			continue
		}
		if len(r.Errors) != 1 || r.Errors[c.at] == "" || len(f.stored) > 0 {
			t.Errorf("%s: %v, stored %v", name, r.Errors, f.stored)
		}
	}
}

// A button of an old card opens no form in vain.
func TestAButtonOfAnOldCardOpensNoForm(t *testing.T) {
	for _, verb := range []string{model.VerbReject, model.VerbBackup, model.VerbImage} {
		f, id := withBackup(t)
		f.change(t, id, func(op *reinstall.Operation) {
			op.State, op.End = reinstall.Cancelled, &reinstall.End{At: f.at}
		})
		r := f.Press(t.Context(), f.by("U0ANN", verb, id, nil))
		if !r.No || !strings.Contains(r.Text.String(), "Read the card again") || len(f.forms) > 0 {
			t.Errorf("%s: %q, %d forms", verb, r.Text, len(f.forms))
		}
	}
}

// Type-ahead shows what may be seen, and in place of an empty list why it is empty.
func TestTypeAheadAnswersOrSaysWhyNot(t *testing.T) {
	for name, c := range map[string]struct{ user, channel, field, target, away, says string }{
		"a machine":           {"U0ANN", "C0INFRA", "target", "", "", "web-01"},
		"an image":            {"U0ANN", "C0INFRA", "image", webRef, "", "Ubuntu 22.04"},
		"an image too early":  {"U0ANN", "C0INFRA", "image", "", "", "Pick the machine first"},
		"images are away":     {"U0ANN", "C0INFRA", "image", webRef, "images", "The cloud does not answer"},
		"images are slow":     {"U0ANN", "C0INFRA", "image", webRef, "images in time", "Still reading the images"},
		"a guest":             {"U0GUS", "C0INFRA", "target", "", "", "Guests cannot propose"},
		"in no channel":       {"U0DEE", "C0OTHER", "target", "", "", "and you are not in one"},
		"Slack is away":       {"U0ANN", "C0INFRA", "target", "", "person", "Slack did not say"},
		"a field without any": {"U0ANN", "C0INFRA", "reason", "", "", ""},
	} {
		f, _ := newFormFront(t)
		f.away[c.away] = true
		in := f.by(c.user, model.VerbPropose, "", map[string]string{"target": c.target})
		in.Channel = c.channel
		got := f.Suggest(t.Context(), in, c.field, "")
		if c.says == "" {
			if got != nil {
				t.Errorf("%s: %v", name, got)
			}
			continue
		}
		if len(got) != 1 || !strings.Contains(got[0].Label+" "+got[0].Note, c.says) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		choice := c.says == "web-01" || c.says == "Ubuntu 22.04"
		if (got[0].Value == search.NotAChoice) == choice {
			t.Errorf("%s can be picked: %v", name, !choice)
		}
	}
	f, id := newFormFront(t)
	if got := f.Suggest(t.Context(), f.by("U0ANN", model.VerbReject, id, nil), "target", "web"); got != nil {
		t.Errorf("a form without type-ahead: %v", got)
	}
}

// A shortcut opens the form; of a message, with the machine that it names.
func TestAShortcutOpensTheFormOfAProposal(t *testing.T) {
	for name, c := range map[string]struct{ user, verb, said, says string }{
		"from anywhere":   {"U0ANN", ShortcutGlobal, "", "Pick the channel in which the proposal is made"},
		"of a message":    {"U0ANN", ShortcutMessage, "web-01 is down", "The message names web-01"},
		"that names none": {"U0ANN", ShortcutMessage, "db-09 is down", "names no machine that Twokey looks after"},
		"by a guest":      {"U0GUS", ShortcutMessage, "web-01 is down", "uests cannot propose"},
		"an old shortcut": {"U0ANN", "wipe_all", "", "not one of Twokey's"},
	} {
		f, _ := newFormFront(t)
		in := f.by(c.user, c.verb, "", nil)
		in.Said = []string{c.said}
		f.Shortcut(t.Context(), in)
		if len(f.forms) != 1 {
			t.Errorf("%s: %d forms", name, len(f.forms))
			continue
		}
		var said strings.Builder
		for _, line := range f.forms[0].Intro {
			said.WriteString(line.String() + "\n")
		}
		if !strings.Contains(said.String(), c.says) {
			t.Errorf("%s: %s", name, said.String())
		}
		if propose := f.forms[0].Verb == model.VerbPropose; propose != (c.user == "U0ANN" && c.verb != "wipe_all") {
			t.Errorf("%s: something can be proposed: %v", name, propose)
		}
	}
}

// A form in which a machine was picked is drawn again with what fits it, for members.
func TestAPickedMachineIsDrawnIntoTheForm(t *testing.T) {
	for user, drawn := range map[string]int{"U0ANN": 1, "U0GUS": 0} {
		f, _ := newFormFront(t)
		f.Handler.Change(t.Context(), f.by(user, model.VerbPropose, "", map[string]string{"target": webRef}))
		if len(f.forms) != drawn {
			t.Errorf("%s: %d forms", user, len(f.forms))
		}
		for _, form := range f.forms {
			if said := form.Intro[1].String(); !strings.Contains(said, "web-01 is ins-00000001") {
				t.Errorf("%s: %q", user, said)
			}
		}
	}
}
