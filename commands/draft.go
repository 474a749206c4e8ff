package commands

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
)

// maxPicks is how many machines a form remembers that a message named.
const maxPicks = 20

// origin is what a proposal's form remembers of how it came to be. It travels with
// the form, sealed.
type origin struct {
	Target  string   `json:"t,omitempty"` // the machine as of the last redraw
	Message bool     `json:"m,omitempty"` // it was looked for in a message
	Picks   []string `json:"p,omitempty"` // the machines that the message names
	Linked  bool     `json:"l,omitempty"` // they stand in its links only
	More    int      `json:"n,omitempty"` // further ones
	Unknown []string `json:"u,omitempty"` // what it names and nobody knows
	Ask     string   `json:"a,omitempty"` // why the form asks for a channel
}

// Why a form asks where to propose.
const (
	askNowhere = "nowhere" // it was not opened in a channel
	askPolicy  = "policy"  // the policy does not name this channel
	askShared  = "shared"  // it is shared with another company
	askAbsent  = "absent"  // Twokey is not in it
)

func (m origin) String() string {
	for {
		b, err := json.Marshal(m)
		if err != nil {
			return ""
		}
		if len(b) <= 2000 || len(m.Picks) == 0 {
			return string(b)
		}
		m.Picks, m.More = m.Picks[:len(m.Picks)-1], m.More+1
	}
}

func readOrigin(s string) origin {
	var m origin
	if json.Unmarshal([]byte(s), &m) != nil {
		return origin{}
	}
	return m
}

// draft is a proposal's form as far as it is filled in.
type draft struct {
	origin
	values map[string]string
	parts  []Part
	images []reinstall.Image // that the machine's type takes
	places []Option          // where a proposal may be made; none: in any channel
	intro  []text            // said first
}

// machine is what is remembered of the one that was picked.
func (dr draft) machine() (reinstall.Instance, bool) { return recall(dr.parts, dr.values[fieldTarget]) }

// image is the one that was picked if it fits the machine, else the one that
// runs now; picked says which.
func (dr draft) image(p reinstall.Policy) (img reinstall.Image, picked bool) {
	i, ok := dr.machine()
	current := imageByID(dr.images, i.ImageID)
	if img := imageByID(dr.images, dr.values[fieldImage]); ok && img.ID != "" && reinstall.Misfit(i, current, img, p) == "" {
		return img, true
	}
	return current, false
}

// family is what the machine would run.
func (dr draft) family(p reinstall.Policy) reinstall.OSFamily {
	img, picked := dr.image(p)
	if i, ok := dr.machine(); ok && !picked && img.Family() == reinstall.FamilyUnknown {
		return reinstall.FamilyOf("", i.OSName)
	}
	return img.Family()
}

// proposeForm is the form of a proposal. Where a machine is picked it offers
// only what that machine allows, as far as memory knows it.
func proposeForm(dr draft, p reinstall.Policy) Form {
	dr.Target = dr.values[fieldTarget]
	f := Form{
		Verb: VerbPropose, Title: "Reinstall a machine", Submit: "Propose", Memo: dr.origin.String(),
		Intro: append([]text{say("This proposes to wipe one machine's system disk. Nothing happens before somebody else approves and a backup is confirmed.")}, dr.intro...),
	}
	f.Intro = append(f.Intro, dr.told()...)
	f.Intro = append(f.Intro, dr.atFirstSight(p)...)
	if dr.Ask != "" {
		f.Intro = append(f.Intro, say(asking[dr.Ask]))
		f.Fields = append(f.Fields, dr.placeField())
	}
	f.Fields = append(f.Fields, dr.targetField(), dr.imageField(p))
	f.Fields = append(f.Fields, dr.diskField(p)...)
	f.Fields = append(f.Fields, dr.loginFields(p)...)
	return withRest(f, dr, p)
}

func withRest(f Form, dr draft, p reinstall.Policy) Form {
	host := "Empty: left to the image"
	if dr.family(p) == reinstall.Windows {
		host += ". For Windows: 2 to 15 letters, digits and dashes"
	}
	f.Fields = append(f.Fields,
		Field{ID: fieldHost, Kind: FieldText, Label: "Host name", Hint: host, Optional: true},
		Field{ID: fieldBackup, Kind: FieldChoice, Label: "Backup", Value: orWord(dr.values[fieldBackup], "later"), Options: []Option{
			{Value: "later", Label: "Confirm one that exists"},
			{Value: "image", Label: "Make an image now", Note: "while the machine runs"},
		}},
		Field{ID: fieldReason, Kind: FieldLong, Label: "Reason", Holder: "What is broken?", Value: dr.values[fieldReason], Optional: true})
	return f
}

// asking says why the form asks where to propose.
var asking = map[string]string{
	askNowhere: "Pick the channel in which the proposal is made: those who may approve are asked there.",
	askPolicy:  "Reinstalls are not handled in the message's channel. Pick one where they are.",
	askShared:  "The message's channel is shared with another company. Pick one of your own workspace.",
	askAbsent:  "Twokey is not in the message's channel, so it could not post there. Pick another one, or invite it (/invite) and start again.",
}

func (dr draft) placeField() Field {
	f := Field{ID: fieldPlace, Kind: FieldPlace, Label: "Channel", Holder: "where to propose", Value: dr.values[fieldPlace]}
	if len(dr.places) > 0 {
		f.Kind, f.Options = FieldChoice, dr.places
		if len(dr.places) == 1 {
			f.Value = dr.places[0].Value
		}
	}
	return f
}

func (dr draft) targetField() Field {
	f := Field{ID: fieldTarget, Kind: FieldSearch, Label: "Machine", Holder: "name, id or IP", Asks: true}
	if dr.Message {
		f.Fresh = "message" // before, the message was not read yet
	}
	if len(dr.Picks) > 1 {
		f.Holder = "pick one of those, or search"
	}
	if i, ok := dr.machine(); ok {
		f.Value, f.Options = i.Ref.String(), []Option{machineOption(i, "", "")}
	}
	return f
}

func (dr draft) imageField(p reinstall.Policy) Field {
	f := Field{ID: fieldImage, Kind: FieldSearch, Label: "Image", Holder: "name or id", Hint: "Empty: the image that it runs now", Optional: true, Asks: true}
	i, ok := dr.machine()
	if !ok {
		f.Hint += ". Pick the machine first: the list has the images that fit it"
		return f
	}
	f.Fresh = i.Instance
	img, picked := dr.image(p)
	switch before := dr.values[fieldImage]; {
	case picked:
		f.Value, f.Options = img.ID, []Option{imageOption(img, i)}
	case before != "" && before != notAChoice:
		f.Hint = "The image that you picked before does not fit this machine. " + f.Hint
	case img.ID != "":
		f.Hint += ": " + img.Name
	}
	return f
}

// diskField is none where the disk cannot grow.
func (dr draft) diskField(p reinstall.Policy) []Field {
	f := Field{ID: fieldDisk, Kind: FieldNumber, Label: "System disk (GiB)", Hint: "Empty: as it is. It can only grow, and growing is billed", Optional: true}
	i, ok := dr.machine()
	if !ok {
		return []Field{f}
	}
	if i.SystemDisk.Local() {
		return nil
	}
	img, _ := dr.image(p)
	f.Least = max(i.SystemDisk.SizeGB, img.SizeGB)
	f.Hint = fmt.Sprintf("Empty: %d, as it is. It can only grow, and growing is billed", i.SystemDisk.SizeGB)
	if img.SizeGB > i.SystemDisk.SizeGB {
		f.Hint = fmt.Sprintf("Empty: %d, which the image needs. It has %d now; growing is billed", img.SizeGB, i.SystemDisk.SizeGB)
	}
	return []Field{f}
}

var loginWords = map[string]Option{
	reinstall.LoginMessageCenter: {Label: "New password to the Message Center"},
	reinstall.LoginPassword:      {Label: "Generated password, shown to me once"},
	reinstall.LoginKeepImage:     {Label: "As set in the image", Note: "custom and shared images"},
	reinstall.LoginKeys:          {Label: "Key pair", Note: "Linux only; fill in its id below"},
}

func (dr draft) loginFields(p reinstall.Policy) []Field {
	img, _ := dr.image(p)
	can := reinstall.Logins(img, dr.family(p))
	f := Field{ID: fieldLogin, Kind: FieldChoice, Label: "Login afterwards", Value: dr.values[fieldLogin], Fresh: strings.Join(can, "+")}
	if !slices.Contains(can, f.Value) {
		f.Value = reinstall.LoginMessageCenter
	}
	for _, kind := range can {
		o := loginWords[kind]
		o.Value = kind
		f.Options = append(f.Options, o)
	}
	if !slices.Contains(can, reinstall.LoginKeys) {
		return []Field{f}
	}
	keys := Field{ID: fieldKeys, Kind: FieldText, Label: "Key pair ids", Holder: "skey-..", Optional: true}
	if i, ok := dr.machine(); ok && len(i.KeyIDs) > 0 {
		keys.Hint = "Bound to it now, and unbound unless it is named here: " + strings.Join(i.KeyIDs, ", ")
	}
	return []Field{f, keys}
}

// atFirstSight says what the picked machine is, and what would be refused.
func (dr draft) atFirstSight(p reinstall.Policy) []text {
	i, ok := dr.machine()
	if !ok {
		return nil
	}
	at := strings.Join(append([]string{place(dr.parts, i.Account, i.Region)}, i.IPs()...), ", ")
	out := []text{say(strong(i.Called()), " is ", mono(i.Instance), " in ", at, ". It runs ", orWord(i.OSName, "an unknown system"),
		fmt.Sprintf(" on a system disk of %d GiB. It is read again when you propose.", i.SystemDisk.SizeGB))}
	t := p.For(reinstall.Subject{Account: i.Account, Region: i.Region, Name: i.Name, Tags: i.Tags})
	for _, b := range reinstall.FirstSight(i, t) {
		out = append(out, say(sign("no_entry"), " ", strong("As it looks now, this would be refused"), ": ", dot(b.Why), " ", dot(b.Next)))
	}
	return out
}

// told says what a message was found to name.
func (dr draft) told() []text {
	if !dr.Message {
		return nil
	}
	var out []text
	switch n := len(dr.Picks) + dr.More; {
	case n == 0:
		out = append(out, dr.nothingNamed())
	case dr.Linked && n == 1:
		out = append(out, say("The message names a machine only within a link, which may be the alert's own tool: ", dr.names(), ". Pick it if you mean it, or search."))
	case dr.Linked:
		out = append(out, say(fmt.Sprintf("The message names %d machines, all within links: ", n), dr.names(), ". Pick the one you mean, or search."))
	case n == 1:
		out = append(out, say("The message names ", dr.names(), "."))
	default:
		out = append(out, say(fmt.Sprintf("The message names %d machines: ", n), dr.names(), ". Pick the one you mean."))
	}
	if len(dr.Picks) > 0 && len(dr.Unknown) > 0 {
		out = append(out, say("It also names what is no machine that Twokey looks after: ", strings.Join(dr.Unknown, ", "), "."))
	}
	if m := missingPart(dr.parts); m != nil {
		out = append(out, say(sign("warning"), " Not all machines were looked through. ", dot(m[0].Label)))
	}
	return out
}

// names lists the machines that the message names, the first five.
func (dr draft) names() text {
	var t text
	shown := dr.Picks[:min(len(dr.Picks), 5)]
	for n, ref := range shown {
		if n > 0 {
			t = append(t, say(", ")...)
		}
		if i, ok := recall(dr.parts, ref); ok {
			t = append(t, say(strong(i.Called()), " (", mono(i.Instance), ")")...)
			continue
		}
		r, _ := parseRef(ref)
		t = append(t, say(mono(r.Instance))...)
	}
	if more := len(dr.Picks) + dr.More - len(shown); more > 0 {
		t = append(t, say(fmt.Sprintf(" and %d more", more))...)
	}
	return t
}

// nothingNamed says what was looked for in vain.
func (dr draft) nothingNamed() text {
	n, where := 0, []string{}
	for _, p := range dr.parts {
		if p.Err == nil {
			n += len(p.Machines)
			where = append(where, place(dr.parts, p.Account, p.Region))
		}
	}
	t := say("The message names no machine that Twokey looks after. ")
	if n > 0 {
		t = append(t, say(fmt.Sprintf("It was searched for the ids, names and IPs of %d machines in %s. ", n, reinstall.And(where)))...)
	}
	if len(dr.Unknown) > 0 {
		t = append(t, say("What it does name is none of them: ", strings.Join(dr.Unknown, ", "), ". ")...)
	}
	return append(t, say("Search for the machine below.")...)
}
