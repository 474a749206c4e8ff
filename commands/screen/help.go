package screen

// Help lists the verbs.
func Help() text {
	t := say("Twokey reinstalls a machine's operating system when two keys are turned: somebody else's approval, " +
		"and a proven backup.")
	for _, l := range [][2]string{
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
		{"/reinstall check INSTANCE [the same]", "tells what would block or warn, and starts nothing"},
		{"/reinstall list", "what waits for your key, what you proposed, what runs, the last ten; the Home tab " +
			"shows the same"},
		{"/reinstall show ID", "one proposal in words"},
		{"/reinstall history INSTANCE", "a machine's latest proposals"},
		{"/reinstall approve ID", "turns the approval key"},
		{"/reinstall reject ID TEXT", "ends it, with the reason"},
		{"/reinstall backup ID", "confirms a backup"},
		{
			"/reinstall image ID [--stop]",
			"makes a backup image; with --stop others have to agree, for the machine is powered off",
		},
		{"/reinstall hold ID [TEXT] · resume ID · cancel ID [TEXT]", "until the call goes out"},
		{
			"/reinstall break-glass ID REASON",
			"takes one approval less, once, where the policy allows it; everybody who is passed over is told",
		},
		{"/reinstall resolve ID done|failed TEXT", "settles an unknown outcome"},
		{"/reinstall password ID", "shows a generated password once, to the proposer"},
		{"/reinstall freeze TEXT · unfreeze", "stops all calls, everywhere"},
	} {
		t = append(t, say("\n", mono(l[0]), "  ", l[1])...)
	}
	return t
}
