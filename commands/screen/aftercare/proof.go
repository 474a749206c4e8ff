package aftercare

import (
	"cmp"
	"fmt"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// The words of view, as package screen has them.
var (
	say  = view.Say
	mono = view.Mono
	at   = view.At
	sign = view.Emoji
)

// NetworkName says which of a machine's networks a proof goes through.
func NetworkName(p reinstall.Proof) string {
	if p.Public {
		return "public"
	}
	return "private"
}

// ProofText words what came of the proof.
func ProofText(op reinstall.Operation) view.Text {
	p, s := *op.Proof, *op.Proof.Result
	where := mono(fmt.Sprintf("%s port %d", p.Host, p.Port))
	switch {
	case s.Over:
		return say("Whether the ", p.Service, " port answers was not looked at: ", view.EndSentence(s.Why),
			" The outcome stays done: the cloud verified it.")
	case s.Open && p.Service == model.ServiceRDP:
		return say(sign("mag"), " The machine's own proof: from where Twokey stands, its RDP port answers (", where,
			").")
	case len(s.Keys) > 0:
		return append(hostKeysText(p, s, where), replaceKeyText(op.Plan, p)...)
	}
	how := "did not answer Twokey"
	if s.Open {
		how = "took the connection, but showed no host key"
	}
	return say(sign("mag"), " No proof from the machine itself: its ", p.Service, " port (", where, ") ", how,
		" within ", model.HumanDuration(p.Until.Sub(p.Since)), ". The reason: ", view.EndSentence(s.Why),
		" The outcome stays done: the cloud verified it. It may be a firewall, a security group, or a network "+
			"that Twokey does not reach; try to log in from where you stand.")
}

// hostKeysText lists the host keys as ssh-keygen prints them.
func hostKeysText(p reinstall.Proof, s reinstall.ProbeResult, where view.Span) view.Text {
	t := say(sign("mag"), " The machine's own proof: from where Twokey stands, its SSH port answers (", where,
		"). Its host keys now:")
	for _, k := range s.Keys {
		t = append(t, say("\n• ", mono(k.String()))...)
	}
	if s.Why != "" {
		t = append(t, say("\n• ", view.Capitalize(view.EndSentence(s.Why)), " There may be more.")...)
	}
	return append(t, say("\nThey were read over the ", NetworkName(p),
		" network, and the cloud did not confirm them: at your first login ssh must ask about one of these "+
			"fingerprints, and no other.")...)
}

// replaceKeyText says how to replace the old entries in known_hosts.
func replaceKeyText(plan model.Plan, p reinstall.Proof) view.Text {
	if len(plan.KnownAs()) == 0 {
		return nil
	}
	t := say(" To replace the old entry: ")
	for i, name := range plan.KnownAs() {
		if i > 0 {
			t = append(t, say(", ")...)
		}
		t = append(t, say(mono(removeKeyCommand(name, p.Port)))...)
	}
	return append(t, say(".")...)
}

// removeKeyCommand is the command; known_hosts writes a port other than 22 beside the
// name.
func removeKeyCommand(name string, port int) string {
	if port != 22 {
		name = fmt.Sprintf("'[%s]:%d'", name, port)
	}
	return "ssh-keygen -R " + name
}

// VerifiedText says what was verified, and that it was the cloud who showed it.
func VerifiedText(op reinstall.Operation) view.Text {
	p := op.Plan
	t := say(" Verified by the cloud's record, not by a person: ")
	if p.FromImage == p.Image.ID {
		t = append(t, say("the image is ", mono(p.Image.ID),
			", the planned one and the same as before, so that only the request shows the reset")...)
	} else {
		t = append(t, say("the image was ", mono(cmp.Or(p.FromImage, "none")), " and is ", mono(p.Image.ID),
			", the planned one")...)
	}
	t = append(t, say("; the machine is RUNNING.")...)
	if op.Proving() {
		t = append(t, say(" Whether its ", op.Proof.Service, " port answers is looked at next.")...)
	}
	return t
}

// ProofRow is the card's line of the proof.
func ProofRow(op reinstall.Operation) []view.Row {
	if op.Proof == nil {
		return nil
	}
	p := *op.Proof
	t := say(p.Service, " port ", fmt.Sprint(p.Port), " at ", cmp.Or(p.Host, "no "+NetworkName(p)+" IP"), ": ")
	switch s := p.Result; {
	case s == nil:
		t = append(t, say("being looked at, until ", at(p.Until))...)
	case s.Over:
		t = append(t, say("not looked at")...)
	case !s.Open:
		t = append(t, say("no answer to Twokey; it may be a firewall")...)
	case p.Service == model.ServiceSSH && len(s.Keys) == 0:
		t = append(t, say("it answers, but shows no host key")...)
	default:
		t = append(t, say("it answers")...)
		if len(s.Keys) > 0 {
			t = append(t, say("; host key ", mono(s.Keys[0].String()), ", all of them in the thread")...)
		}
	}
	return []view.Row{{Label: "Login port", Value: t}}
}
