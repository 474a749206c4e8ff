// Package help words what can be typed behind /reinstall. It is pure.
package help

import "twokey/commands/view"

const purpose = "Twokey reinstalls a machine's operating system with two keys: somebody else's approval, " +
	"and a proven backup."

// Short is how to begin, in at most 80 words with three examples.
func Short() view.Text {
	return list([][2]string{
		{"/reinstall", "opens a form"},
		{"/reinstall web-01 --reason \"disk is broken\"", "proposes in one line"},
		{"/reinstall check web-01", "says what would block it, and starts nothing"},
		{"/reinstall approve 7K3Q", "approves; every button of a card can be typed like this"},
		{"/reinstall help all", "says all that can be typed"},
	})
}

// All lists the verbs with their whole grammar.
func All() view.Text {
	return list([][2]string{
		{"/reinstall", "opens a form; so does the shortcut Reinstall a machine, and Reinstall this machine in a " +
			"message's menu"},
		{
			"/reinstall INSTANCE [--image ID|NAME] [--disk GIB] [--login " +
				"message-center|keep-image|key:ID,..|password] [--hostname H] [--backup image|snapshot:ID|image:ID] " +
				"[--reason \"TEXT\"] [--account A] [--region R]",
			"proposes in one line; INSTANCE is an id, a name or an IP",
		},
		{
			"/reinstall INSTANCE INSTANCE .. [the same]",
			"proposes up to 20 machines at once: one card, the first alone, then the others, until one is not done",
		},
		{"/reinstall check INSTANCE [the same]", "says what would block or warn, and starts nothing"},
		{"/reinstall list", "what waits for you, what you proposed, what runs, the last ten; the Home tab " +
			"shows the same"},
		{"/reinstall show ID", "one proposal in words"},
		{"/reinstall history INSTANCE", "a machine's latest proposals"},
		{"/reinstall approve ID", "approves it"},
		{"/reinstall reject ID TEXT", "ends it, with the reason"},
		{"/reinstall backup ID", "confirms a backup"},
		{
			"/reinstall image ID [--stop]",
			"makes a backup image; with --stop others have to agree, for the machine is powered off",
		},
		{"/reinstall hold ID [TEXT] · resume ID · cancel ID [TEXT]", "until the ResetInstance request is sent"},
		{
			"/reinstall break-glass ID REASON",
			"takes one approval less, once, where the policy allows it; everybody who is passed over is notified",
		},
		{"/reinstall resolve ID done|failed TEXT", "settles an unknown outcome"},
		{"/reinstall password ID", "shows a generated password once, to the proposer"},
		{"/reinstall freeze TEXT · unfreeze", "stops all calls, everywhere"},
	})
}

// list is the purpose, then a line for each command and what it does.
func list(commands [][2]string) view.Text {
	t := view.Say(purpose)
	for _, c := range commands {
		t = append(t, view.Say("\n", view.Mono(c[0]), "  ", c[1])...)
	}
	return t
}
