package main

import (
	"fmt"
	"slices"
	"strings"

	"twokey/bot/fakeslack"
)

// A narration is one verb of a story in plain words, for whoever watches.
type narration struct {
	who   string // does it: a user's id, bot, cloud, slack, somebody; empty if it is only looked at
	as    string // whose page shows it; empty: the one before
	text  string // empty if there is nothing to say
	press string // the button that is pressed
	typed string // what is typed into the channel
	fills map[string]string
}

// narrate puts a verb into words.
func narrate(p *play, name string, neg bool, args []string) narration {
	if len(args) == 0 {
		return narration{}
	}
	switch name {
	case "bot":
		return narration{who: "bot", text: botNarration[args[0]]}.orNothing()
	case "card", "thread", "channel":
		return narrateLook(name, neg, args)
	case "cloud":
		return narrateCloud(p, args)
	case "slack":
		return narration{who: "slack", text: "Slack: " + strings.Join(args, " ") + "."}
	case "resets":
		return narration{
			text: map[string]string{
				"0": args[0] + " was not reinstalled.", "1": args[0] + " was reinstalled exactly once.",
			}[args[1]],
		}
	}
	if p.stage == nil {
		return narration{}
	}
	if u := byFirstName(p.stage.slack, name); u.ID != "" {
		return narratePerson(p, u, neg, args)
	}
	return narration{}
}

// orNothing is no act if there are no words for it.
func (l narration) orNothing() narration {
	if l.text == "" {
		return narration{}
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

var botNarration = map[string]string{
	"starts": "Twokey starts.", "stops": "Twokey is told to stop.",
	"is-killed": "Twokey is killed, as by a power cut.", "restarts": "Twokey is started anew.",
}

// narratePerson says what somebody does or reads.
func narratePerson(p *play, u fakeslack.User, neg bool, args []string) narration {
	first, _, _ := strings.Cut(u.RealName, " ")
	l := narration{who: u.ID, as: u.ID}
	rest := strings.Join(args[1:], " ")
	switch args[0] {
	case "types":
		l.typed = "/reinstall " + strings.TrimPrefix(withIDs(p, rest), "/reinstall ")
		l.text = first + " types " + l.typed
	case "presses":
		l.press, l.text = args[1], first+" presses “"+args[1]+"”."
	case "presses-again-until-the-card-shows":
		l.press, l.text = args[1], first+" presses “"+args[1]+"” again, until the card shows it."
	case "presses-on-line":
		l.press, l.text = args[1], first+" presses “"+args[1]+"” on the line in the thread."
	case "presses-stale":
		l.press, l.text = args[1], first+" presses “"+args[1]+"” on the card as it was before."
	case "fills", "submits":
		l.fills = map[string]string{}
		for i := 1; i+1 < len(args); i += 2 {
			l.fills[args[i]] = args[i+1]
		}
		l.press, l.text = "submit", first+narrateForm(l.fills, args[0] == "submits")
	case "joins", "leaves":
		l.text = first + " " + args[0] + " the channel."
	case "is-told":
		l.who, l.text = "", first+" alone is told"+endOfSaying(neg, rest)
	case "reads":
		l.who, l.text = "", "The form says"+endOfSaying(neg, rest)
	default:
		return narration{}
	}
	return l
}

func narrateForm(fills map[string]string, sent bool) string {
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

// endOfSaying is the end of a sentence that says what stands somewhere, or does not.
func endOfSaying(neg bool, text string) string {
	if neg {
		return " nothing of “" + text + "”."
	}
	return ": “" + shortcodes.Replace(text) + "”."
}

// shortcodes are the emoji that stories name.
var shortcodes = strings.NewReplacer(":lock: ", "", ":key: ", "", ":rotating_light: ", "", ":white_check_mark: ", "")

func narrateLook(where string, neg bool, args []string) narration {
	if args[0] == "is-missing" {
		return narration{text: "There is no card."}
	}
	if len(args) < 2 {
		return narration{}
	}
	label, isButton := strings.CutPrefix(args[1], "[")
	switch label = strings.TrimSuffix(label, "]"); {
	case isButton && neg:
		return narration{text: "The " + where + " has no button “" + label + "”."}
	case isButton:
		return narration{text: "The " + where + " has a button “" + label + "”."}
	case neg:
		return narration{text: "The " + where + " says nothing of “" + args[1] + "”."}
	}
	return narration{text: "The " + where + " says: “" + shortcodes.Replace(args[1]) + "”."}
}

// narrateCloud says what the cloud does, or somebody in its console.
func narrateCloud(p *play, args []string) narration {
	if len(args) < 2 {
		return narration{}
	}
	switch args[0] {
	case "tag":
		return narration{who: "somebody", text: "Somebody changes a tag of " + args[1] + " in the console: " + args[2] +
			"."}
	case "rename":
		return narration{who: "somebody", text: "Somebody renames " + args[1] + " to " + args[2] + " in the console."}
	case "operate":
		return narration{
			who: "somebody", text: "Somebody does something else to " + args[1] + " in the console: " + args[2] + ".",
		}
	case "advance":
		return narration{who: "cloud", text: args[1] + " pass."}
	case "snapshots":
		return narration{who: "somebody", text: "Somebody makes a snapshot of " + args[1] + " in the console."}
	case "has-heard":
		return narration{text: "The call has reached the cloud."}
	case "switch":
		return narration{who: "cloud", text: narrateSwitch(p, args[1], args[2])}.orNothing()
	case "switch-for":
		return narration{who: "cloud", text: narrateSwitch(p, args[2], args[3])}.orNothing()
	}
	return narration{}
}

// narrateSwitch describes a switch of the cloud by its own help.
func narrateSwitch(p *play, name, value string) string {
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
