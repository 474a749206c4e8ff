package form

import (
	"fmt"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/search"
)

// FromRequest is the draft of a form that is opened by a line, with what stands in it.
// The machine is filled in if the line surely names one alone. Otherwise the form asks for
// it: another one of its name may be among those that could not be read.
func FromRequest(w model.Request, parts []model.FleetPart) Draft {
	dr := Draft{Parts: parts, Disk: w.DiskGB, Values: map[string]string{
		FieldReason: w.Reason, FieldImage: w.Image, fieldHost: w.HostName,
		fieldLogin: w.Login.Kind, fieldKeys: strings.Join(w.Login.Keys, ","),
	}}
	usual := w.Login.Kind == "" || w.Login.Kind == model.LoginMessageCenter
	dr.Full = w.DiskGB != 0 || w.HostName != "" || w.Backup != "" || !usual
	switch w.Backup {
	case "":
	case model.EvidenceImage:
		dr.Values[FieldBackup] = w.Backup
	default:
		dr.Intro = append(dr.Intro, say("This form has no place for --backup ", w.Backup,
			". Confirm that backup on the card."))
	}
	if w.Target == "" {
		return dr
	}
	return dr.withMachine(w)
}

// withMachine is the draft with the machine that a line names, or with why it has none.
func (dr Draft) withMachine(w model.Request) Draft {
	_, isRef := search.ParseRef(w.Target)
	unread := search.MissingOptions(dr.Parts) != nil
	why := say(model.Quote(w.Target), " is not among the machines now. Pick the machine below.")
	switch named := search.Named(dr.Parts, w); {
	case len(named) == 1 && (isRef || !unread):
		dr.Values[FieldTarget], dr.Filled = named[0].Ref.String(), true
		return dr
	case len(named) > 1:
		why = say(fmt.Sprintf("%d machines are named %s. Pick the one you mean.", len(named), model.Quote(w.Target)))
	case search.StillReading(dr.Parts):
		why = say("Still reading the machines. This changes in a moment.")
	case unread:
		why = say("Not all machines could be read just now. Pick the machine below, or try again in a minute.")
	}
	dr.Intro = append(dr.Intro, why)
	return dr
}

// WithImage is the draft with the id of the image that was named, if just one of those
// that are known has that id or name.
func (dr Draft) WithImage(named string) Draft {
	if named == "" {
		return dr
	}
	var ids []string
	for _, img := range dr.Images {
		if img.ID == named {
			ids = []string{img.ID}
			break
		}
		if img.Name == named {
			ids = append(ids, img.ID)
		}
	}
	if len(ids) == 1 {
		dr.Values[FieldImage] = ids[0]
		return dr
	}
	delete(dr.Values, FieldImage)
	dr.Intro = append(dr.Intro, say("The image ", model.Quote(named), " is not filled in. Pick it below."))
	return dr
}
