package form

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/search"
	"twokey/commands/view"
)

// maxPicks is how many machines a form remembers that a message named.
const maxPicks = 20

// Origin is what a proposal's form remembers of how it came to be. It travels with
// the form, sealed.
type Origin struct {
	Target  string   `json:"t,omitempty"` // the machine as of the last redraw
	Message bool     `json:"m,omitempty"` // it was looked for in a message
	Picks   []string `json:"p,omitempty"` // the machines that the message names
	Linked  bool     `json:"l,omitempty"` // they stand in its links only
	More    int      `json:"n,omitempty"` // further ones
	Unknown []string `json:"u,omitempty"` // what it names and nobody knows
	Ask     string   `json:"a,omitempty"` // why the form asks for a channel
	Full    bool     `json:"f,omitempty"` // it shows the fields that few need
	Filled  bool     `json:"w,omitempty"` // a line that was typed has filled in the machine
}

// Why a form asks where to propose.
const (
	AskNowhere = "nowhere" // it was not opened in a channel
	AskPolicy  = "policy"  // the policy does not name this channel
	AskShared  = "shared"  // it is shared with another company
	AskAbsent  = "absent"  // Twokey is not in it
)

func (m Origin) String() string {
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

func ReadOrigin(s string) Origin {
	var m Origin
	if json.Unmarshal([]byte(s), &m) != nil {
		return Origin{}
	}
	return m
}

// Draft is a proposal's form as far as it is filled in.
type Draft struct {
	Origin
	Values   map[string]string
	Parts    []model.FleetPart
	Images   []model.Image // that the machine's type takes
	Channels []view.Option // where a proposal may be made; none: in any channel
	Intro    []text        // said first
	Disk     int           // GiB that a line asks for; 0: none
}

// Machine is what is remembered of the one that was picked.
func (dr Draft) Machine() (model.Instance, bool) {
	return search.FindRemembered(dr.Parts, dr.Values[FieldTarget])
}

// pickedImage is the one that was picked if it fits the machine, else the one that
// runs now; picked says which.
func (dr Draft) pickedImage(p model.Policy) (img model.Image, picked bool) {
	i, ok := dr.Machine()
	current := search.ImageByID(dr.Images, i.ImageID)
	if img := search.ImageByID(dr.Images, dr.Values[FieldImage]); ok && img.ID != "" &&
		model.WhyMisfit(i, current, img, p) == "" {
		return img, true
	}
	return current, false
}

// resultFamily is what the machine would run.
func (dr Draft) resultFamily(p model.Policy) model.OSFamily {
	img, picked := dr.pickedImage(p)
	if i, ok := dr.Machine(); ok && !picked && img.Family() == model.FamilyUnknown {
		return model.FamilyOf("", i.OSName)
	}
	return img.Family()
}

// Propose is the form of a proposal. Where a machine is picked it offers
// only what that machine allows, as far as memory knows it.
func Propose(dr Draft, p model.Policy) view.Form {
	dr = dr.withoutFormerDefaults()
	dr.Target, dr.Full = dr.Values[FieldTarget], dr.Full || dr.Values[FieldMore] != ""
	f := view.Form{
		Verb: model.VerbPropose, Title: "Reinstall a machine", Submit: "Propose", Memo: dr.Origin.String(),
		Intro: append([]text{say("This proposes to wipe one machine's system disk. Nothing happens before somebody " +
			"else approves and a backup is confirmed.")}, dr.Intro...),
	}
	f.Intro = append(f.Intro, dr.messageLines()...)
	f.Intro = append(f.Intro, dr.machineLines(p)...)
	if dr.Ask != "" {
		f.Intro = append(f.Intro, say(askWords[dr.Ask]))
		f.Fields = append(f.Fields, dr.channelField())
	}
	f.Fields = append(f.Fields, dr.targetField(), view.Field{
		ID: FieldReason, Kind: view.FieldLong, Label: "Reason", Holder: "What is broken?",
		Value: dr.Values[FieldReason], Optional: true,
	}, dr.imageField(p))
	if !dr.Full {
		f.Fields = append(f.Fields, view.Field{
			ID: FieldMore, Kind: view.FieldButton, Label: "More options", Value: "all",
		})
		return f
	}
	f.Fields = append(f.Fields, dr.diskField(p)...)
	f.Fields = append(f.Fields, dr.loginFields(p)...)
	return addLastFields(f, dr, p)
}

// withoutFormerDefaults forgets the image and the disk size that the form filled in for
// another machine: nobody chose them for this one.
func (dr Draft) withoutFormerDefaults() Draft {
	i, ok := search.FindRemembered(dr.Parts, dr.Origin.Target)
	if !ok || dr.Origin.Target == dr.Values[FieldTarget] {
		return dr
	}
	dr.Values = maps.Clone(dr.Values)
	if dr.Values[FieldImage] == i.ImageID {
		delete(dr.Values, FieldImage)
	}
	return dr
}

func addLastFields(f view.Form, dr Draft, p model.Policy) view.Form {
	host := "Empty: left to the image"
	if dr.resultFamily(p) == model.Windows {
		host += ". For Windows: 2 to 15 letters, digits and dashes"
	}
	f.Fields = append(f.Fields,
		view.Field{
			ID: fieldHost, Kind: view.FieldText, Label: "Host name", Hint: host, Value: dr.Values[fieldHost],
			Optional: true,
		},
		view.Field{
			ID: FieldBackup, Kind: view.FieldChoice, Label: "Backup",
			Value: cmp.Or(dr.Values[FieldBackup], "later"), Options: []view.Option{
				{Value: "later", Label: "Confirm one that exists"},
				{Value: "image", Label: "Make an image now", Note: "while the machine runs"},
			},
		})
	return f
}

// askWords says why the form asks where to propose.
var askWords = map[string]string{
	AskNowhere: "Pick the channel in which the proposal is made: those who may approve are asked there.",
	AskPolicy:  "Reinstalls are not handled in the message's channel. Pick one where they are.",
	AskShared:  "The message's channel is shared with another company. Pick one of your own workspace.",
	AskAbsent: "Twokey is not in the message's channel, so it could not post there. Pick another one, or invite " +
		"it (/invite) and start again.",
}

func (dr Draft) channelField() view.Field {
	f := view.Field{
		ID: FieldChannel, Kind: view.FieldChannel, Label: "Channel", Holder: "where to propose",
		Value: dr.Values[FieldChannel],
	}
	if len(dr.Channels) > 0 {
		f.Kind, f.Options = view.FieldChoice, dr.Channels
		if len(dr.Channels) == 1 {
			f.Value = dr.Channels[0].Value
		}
	}
	return f
}

func (dr Draft) targetField() view.Field {
	f := view.Field{ID: FieldTarget, Kind: view.FieldSearch, Label: "Machine", Holder: "name, id or IP", Asks: true}
	switch { // before, the machine was not known yet
	case dr.Message:
		f.Fresh = "message"
	case dr.Filled:
		f.Fresh = "line"
	}
	if len(dr.Picks) > 1 {
		f.Holder = "pick one of those, or search"
	}
	if i, ok := dr.Machine(); ok {
		f.Value, f.Options = i.Ref.String(), []view.Option{search.MachineOption(i, "", "")}
	}
	return f
}

func (dr Draft) imageField(p model.Policy) view.Field {
	f := view.Field{
		ID: FieldImage, Kind: view.FieldSearch, Label: "Image", Holder: "name or id",
		Hint: "Empty: the image that it runs now", Optional: true, Asks: true,
	}
	i, ok := dr.Machine()
	if !ok {
		f.Hint += ". Pick the machine first: the list has the images that fit it"
		return f
	}
	img, picked := dr.pickedImage(p)
	if f.Fresh = i.Instance; img.ID != "" {
		f.Fresh += ".known" // Slack keeps what an open field has, so one that gets a value is another
	}
	switch before := dr.Values[FieldImage]; {
	case picked:
		f.Value, f.Options = img.ID, []view.Option{search.ImageOption(img, i)}
	case before != "" && before != search.NotAChoice:
		f.Hint = "The image that you picked before does not fit this machine. " + f.Hint
	}
	if !picked && img.ID != "" {
		f.Hint = strings.Replace(f.Hint, "Empty: the", "The", 1)
		f.Value, f.Options = img.ID, []view.Option{search.ImageOption(img, i)}
	}
	return f
}

// diskField is none where the disk cannot grow.
func (dr Draft) diskField(p model.Policy) []view.Field {
	f := view.Field{
		ID: fieldDisk, Kind: view.FieldNumber, Label: "System disk (GiB)",
		Hint: "Empty: as it is. It can only grow, and growing is billed", Optional: true,
	}
	i, ok := dr.Machine()
	if !ok {
		return []view.Field{f}
	}
	if i.SystemDisk.Local() {
		return nil
	}
	img, _ := dr.pickedImage(p)
	f.Least = max(i.SystemDisk.SizeGB, img.SizeGB)
	f.Value, f.Fresh = strconv.Itoa(max(f.Least, dr.Disk)), fmt.Sprintf("%s.%d", i.Instance, f.Least)
	f.Hint = fmt.Sprintf("%d, as it is. It can only grow, and growing is billed", i.SystemDisk.SizeGB)
	if img.SizeGB > i.SystemDisk.SizeGB {
		f.Hint = fmt.Sprintf("The image needs %d. It has %d now; growing is billed", img.SizeGB, i.SystemDisk.SizeGB)
	}
	return []view.Field{f}
}

var loginWords = map[string]view.Option{
	model.LoginMessageCenter: {Label: "New password to the Message Center"},
	model.LoginPassword:      {Label: "Generated password, shown to me once"},
	model.LoginKeepImage:     {Label: "As set in the image", Note: "custom and shared images"},
	model.LoginKeys:          {Label: "Key pair", Note: "Linux only; fill in its id below"},
}

func (dr Draft) loginFields(p model.Policy) []view.Field {
	img, _ := dr.pickedImage(p)
	can := model.LoginKinds(img, dr.resultFamily(p))
	f := view.Field{
		ID: fieldLogin, Kind: view.FieldChoice, Label: "Login afterwards", Value: dr.Values[fieldLogin],
		Fresh: strings.Join(can, "+"),
	}
	if !slices.Contains(can, f.Value) {
		f.Value = model.LoginMessageCenter
	}
	for _, kind := range can {
		o := loginWords[kind]
		o.Value = kind
		f.Options = append(f.Options, o)
	}
	if !slices.Contains(can, model.LoginKeys) {
		return []view.Field{f}
	}
	keys := view.Field{ID: fieldKeys, Kind: view.FieldText, Label: "Key pair ids", Holder: "skey-..", Value: dr.Values[fieldKeys], Optional: true}
	if i, ok := dr.Machine(); ok && len(i.KeyIDs) > 0 {
		keys.Hint = "Bound to it now, and unbound unless it is named here: " + strings.Join(i.KeyIDs, ", ")
	}
	return []view.Field{f, keys}
}

// machineLines says what the picked machine is, and what would be refused.
func (dr Draft) machineLines(p model.Policy) []text {
	i, ok := dr.Machine()
	if !ok {
		return nil
	}
	at := strings.Join(append([]string{search.RegionHeading(dr.Parts, i.Account, i.Region)}, i.IPs()...), ", ")
	out := []text{say(strong(i.DisplayName()), " is ", mono(i.Instance), " in ", at, ". It runs ",
		cmp.Or(i.OSName, "an unknown system"),
		fmt.Sprintf(" on a system disk of %d GiB. It is read again when you propose.", i.SystemDisk.SizeGB))}
	t := p.TermsFor(model.Subject{Account: i.Account, Region: i.Region, Name: i.Name, Tags: i.Tags})
	for _, b := range model.MachineFindings(i, t) {
		out = append(out, say(sign("no_entry"), " ", strong("As it looks now, this would be refused"), ": ",
			view.EndSentence(b.Why), " ", view.EndSentence(b.Next)))
	}
	return out
}

// messageLines says what a message was found to name.
func (dr Draft) messageLines() []text {
	if !dr.Message {
		return nil
	}
	var out []text
	switch n := len(dr.Picks) + dr.More; {
	case n == 0:
		out = append(out, dr.nothingNamed())
	case dr.Linked && n == 1:
		out = append(out, say("The message names a machine only within a link, which may be the alert's own tool: ",
			dr.pickNames(), ". Pick it if you mean it, or search."))
	case dr.Linked:
		out = append(out, say(fmt.Sprintf("The message names %d machines, all within links: ", n), dr.pickNames(),
			". Pick the one you mean, or search."))
	case n == 1:
		out = append(out, say("The message names ", dr.pickNames(), "."))
	default:
		out = append(out, say(fmt.Sprintf("The message names %d machines: ", n), dr.pickNames(),
			". Pick the one you mean."))
	}
	if len(dr.Picks) > 0 && len(dr.Unknown) > 0 {
		out = append(out, say("It also names what is no machine that Twokey looks after: ",
			strings.Join(dr.Unknown, ", "), "."))
	}
	if m := search.MissingOptions(dr.Parts); m != nil {
		out = append(out, say(sign("warning"), " Not all machines were looked through. ", view.EndSentence(m[0].Label)))
	}
	return out
}

// pickNames lists the machines that the message names, the first five.
func (dr Draft) pickNames() text {
	var t text
	shown := dr.Picks[:min(len(dr.Picks), 5)]
	for n, ref := range shown {
		if n > 0 {
			t = append(t, say(", ")...)
		}
		if i, ok := search.FindRemembered(dr.Parts, ref); ok {
			t = append(t, say(strong(i.DisplayName()), " (", mono(i.Instance), ")")...)
			continue
		}
		r, _ := search.ParseRef(ref)
		t = append(t, say(mono(r.Instance))...)
	}
	if more := len(dr.Picks) + dr.More - len(shown); more > 0 {
		t = append(t, say(fmt.Sprintf(" and %d more", more))...)
	}
	return t
}

// nothingNamed says what was looked for in vain.
func (dr Draft) nothingNamed() text {
	n, where := 0, []string{}
	for _, p := range dr.Parts {
		if p.Err == nil {
			n += len(p.Machines)
			where = append(where, search.RegionHeading(dr.Parts, p.Account, p.Region))
		}
	}
	t := say("The message names no machine that Twokey looks after. ")
	if n > 0 {
		t = append(t, say(fmt.Sprintf("It was searched for the ids, names and IPs of %d machines in %s. ", n,
			model.JoinAnd(where)))...)
	}
	if len(dr.Unknown) > 0 {
		t = append(t, say("What it does name is not one of them: ", strings.Join(dr.Unknown, ", "), ". ")...)
	}
	return append(t, say("Search for the machine below.")...)
}

// RequestOf reads a proposal's form: a wish, and what is wrong by field.
func RequestOf(v map[string]string) (model.Request, map[string]string) {
	errs := map[string]string{}
	w := model.Request{
		Target: v[FieldTarget], Image: v[FieldImage], HostName: strings.TrimSpace(v[fieldHost]),
		Reason: model.CleanText(v[FieldReason]),
	}
	switch w.Target {
	case "":
		errs[FieldTarget] = "Pick the machine."
	case search.NotAChoice:
		errs[FieldTarget] = "That line only says which machines are missing. Pick a machine."
	}
	if w.Image == search.NotAChoice {
		errs[FieldImage] = "That line only says what there is not. Pick an image, or leave it empty."
	}
	if s := strings.TrimSpace(v[fieldDisk]); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 32000 {
			errs[fieldDisk] = "Give a whole number of GiB, such as 100."
		}
		w.DiskGB = n
	}
	login := v[fieldLogin]
	if login == model.LoginKeys {
		login += ":" + v[fieldKeys]
	}
	l, r := model.ParseLogin(login)
	if r != nil {
		errs[fieldKeys] = "Give the key pair's id, such as skey-1a2b3c4d."
	}
	w.Login = l
	if v[FieldBackup] == model.EvidenceImage {
		w.Backup = model.EvidenceImage
	}
	return w, errs
}

// WithMentions is the draft with what a message was found to name. One machine is filled
// in; one that only stands in a link is not.
func (dr Draft) WithMentions(m search.Mentions, parts []model.FleetPart) Draft {
	dr.Parts, dr.Message = parts, true
	found := m.Named
	if len(found) == 0 {
		found, dr.Linked = m.Linked, len(m.Linked) > 0
	}
	for _, i := range found {
		if len(dr.Picks) == maxPicks {
			dr.More++
			continue
		}
		dr.Picks = append(dr.Picks, i.Ref.String())
	}
	dr.Unknown = m.Unknown[:min(len(m.Unknown), 8)]
	if len(m.Named) == 1 {
		dr.Values = maps.Clone(dr.Values)
		dr.Values[FieldTarget] = dr.Picks[0]
	}
	return dr
}
