package main

import (
	"fmt"
	"slices"
	"strings"

	"twokey/bot/fakeslack"
)

// A line is one verb of a story in plain words, for whoever watches.
type line struct {
	who   string // does it: a user's id, bot, cloud, slack, somebody; empty where it is only looked at
	as    string // whose page shows it; empty: the one before
	text  string // empty where there is nothing to tell
	press string // the button that is pressed
	typed string // what is typed into the channel
	fills map[string]string
}

// told puts a verb into words.
func told(p *play, name string, neg bool, args []string) line {
	if len(args) == 0 {
		return line{}
	}
	switch name {
	case "bot":
		return line{who: "bot", text: ofBot[args[0]]}.orNothing()
	case "card", "thread", "channel":
		return looked(name, neg, args)
	case "cloud":
		return ofCloud(p, args)
	case "slack":
		return line{who: "slack", text: "Slack: " + strings.Join(args, " ") + "."}
	case "resets":
		return line{text: map[string]string{"0": args[0] + " was not reinstalled.", "1": args[0] + " was reinstalled exactly once."}[args[1]]}
	}
	if p.stage == nil {
		return line{}
	}
	if u := byFirstName(p.stage.slack, name); u.ID != "" {
		return ofPerson(p, u, neg, args)
	}
	return line{}
}

// orNothing is no act where there are no words for it.
func (l line) orNothing() line {
	if l.text == "" {
		return line{}
	}
	return l
}

func byFirstName(s *fakeslack.Slack, first string) fakeslack.User {
	users := s.Users()
	if i := slices.IndexFunc(users, func(u fakeslack.User) bool { return u.Name == first }); i >= 0 {
		return users[i]
	}
	return fakeslack.User{}
}

var ofBot = map[string]string{
	"starts": "Twokey starts.", "stops": "Twokey is told to stop.", "is-killed": "Twokey is killed, as by a power cut.", "restarts": "Twokey is started anew.",
}

// ofPerson tells what somebody does or reads.
func ofPerson(p *play, u fakeslack.User, neg bool, args []string) line {
	first, _, _ := strings.Cut(u.RealName, " ")
	l := line{who: u.ID, as: u.ID}
	rest := strings.Join(args[1:], " ")
	switch args[0] {
	case "types":
		l.typed = "/reinstall " + strings.TrimPrefix(withIDs(p, rest), "/reinstall ")
		l.text = first + " types " + l.typed
	case "presses":
		l.press, l.text = args[1], first+" presses “"+args[1]+"”."
	case "presses-again-until-the-card-shows":
		l.press, l.text = args[1], first+" presses “"+args[1]+"” again, until the card shows it."
	case "presses-stale":
		l.press, l.text = args[1], first+" presses “"+args[1]+"” on the card as it was before."
	case "fills", "submits":
		l.fills = map[string]string{}
		for i := 1; i+1 < len(args); i += 2 {
			l.fills[args[i]] = args[i+1]
		}
		l.press, l.text = "submit", first+submitted(l.fills, args[0] == "submits")
	case "joins", "leaves":
		l.text = first + " " + args[0] + " the channel."
	case "is-told":
		l.who, l.text = "", first+" alone is told"+saying(neg, rest)
	case "reads":
		l.who, l.text = "", "The form says"+saying(neg, rest)
	default:
		return line{}
	}
	return l
}

func submitted(fills map[string]string, sent bool) string {
	var parts []string
	for _, v := range fills {
		parts = append(parts, "“"+v+"”")
	}
	slices.Sort(parts)
	switch {
	case len(parts) == 0:
		return " sends the form."
	case sent:
		return " writes " + strings.Join(parts, " and ") + " and sends the form."
	}
	return " writes " + strings.Join(parts, " and ") + "."
}

// saying is the end of a sentence that tells what stands somewhere, or does not.
func saying(neg bool, text string) string {
	if neg {
		return " nothing of “" + text + "”."
	}
	return ": “" + shortcodes.Replace(text) + "”."
}

// shortcodes are the emoji that stories name.
var shortcodes = strings.NewReplacer(":lock: ", "", ":key: ", "", ":rotating_light: ", "", ":white_check_mark: ", "")

func looked(where string, neg bool, args []string) line {
	if args[0] == "is-missing" {
		return line{text: "There is no card."}
	}
	if len(args) < 2 {
		return line{}
	}
	label, isButton := strings.CutPrefix(args[1], "[")
	switch label = strings.TrimSuffix(label, "]"); {
	case isButton && neg:
		return line{text: "The " + where + " has no button “" + label + "”."}
	case isButton:
		return line{text: "The " + where + " has a button “" + label + "”."}
	case neg:
		return line{text: "The " + where + " says nothing of “" + args[1] + "”."}
	}
	return line{text: "The " + where + " says: “" + shortcodes.Replace(args[1]) + "”."}
}

// ofCloud tells what the cloud does, or somebody in its console.
func ofCloud(p *play, args []string) line {
	if len(args) < 2 {
		return line{}
	}
	switch args[0] {
	case "tag":
		return line{who: "somebody", text: "Somebody changes a tag of " + args[1] + " in the console: " + args[2] + "."}
	case "rename":
		return line{who: "somebody", text: "Somebody renames " + args[1] + " to " + args[2] + " in the console."}
	case "operate":
		return line{who: "somebody", text: "Somebody does something else to " + args[1] + " in the console: " + args[2] + "."}
	case "advance":
		return line{who: "cloud", text: args[1] + " pass."}
	case "snapshots":
		return line{who: "somebody", text: "Somebody makes a snapshot of " + args[1] + " in the console."}
	case "has-heard":
		return line{text: "The call has reached the cloud."}
	case "switch":
		return line{who: "cloud", text: misbehaving(p, args[1], args[2])}.orNothing()
	case "switch-for":
		return line{who: "cloud", text: misbehaving(p, args[2], args[3])}.orNothing()
	}
	return line{}
}

// misbehaving tells a switch of the cloud by its own help.
func misbehaving(p *play, name, value string) string {
	if p.stage == nil || name == "audit_delay" { // that only shortens a wait
		return ""
	}
	for _, s := range p.stage.cloud.Switches() {
		if s.Name == name && value == "off" {
			return "The cloud behaves again."
		}
		if s.Name == name {
			return fmt.Sprintf("From now on the cloud misbehaves. %s.", s.Help)
		}
	}
	return ""
}
