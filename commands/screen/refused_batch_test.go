package screen

import "testing"

// Words that name no machine are refused once, however many they are.
func TestWordsThatNameNoMachineAreRefusedOnce(t *testing.T) {
	for want, s := range map[string]SeveralRefused{
		"Not proposed: no machine has the name, id or IP “kernel” or “panics”. If that is the reason, it goes behind " +
			"--reason: /reinstall web-01 --reason \"kernel panics\"\nNothing was started.": {
			Of: 3, Refused: 2, Words: []string{"kernel", "panics"}, Reason: "kernel panics",
			Line: `web-01 --reason "kernel panics"`,
		},
		"Not proposed: no machine has the name, id or IP “web-03” or “panics”. Did you mean web-01 or web-02? If the " +
			"rest is the reason, it goes behind --reason: --reason \"panics\"\nNothing was started.": {
			Of: 2, Refused: 2, Words: []string{"web-03", "panics"}, Near: []string{"web-02", "web-01", "web-02"},
			Reason: "panics",
		},
		"Not proposed: no machine has the name, id or IP “a”, “b”, “c”, “d”, “e”, “f”, or 2 more. Check the spelling " +
			"(letter case counts). A reason goes behind --reason, in quotation marks.\nNothing was started.": {
			Of: 8, Refused: 8, Words: []string{"a", "b", "c", "d", "e", "f", "g", "h"},
		},
		"Not proposed: 2 of 2 machines cannot be reinstalled like this, so nothing is proposed.\n• spot-01: It is one." +
			"\n• No machine has the name, id or IP “x”. Check the spelling (letter case counts). A reason goes behind " +
			"--reason, in quotation marks.\nNothing was started. Leave them out, or propose them one by one.": {
			Of: 2, Refused: 2, Words: []string{"x"}, Lines: []text{say("spot-01: It is one.")},
		},
	} {
		if got := s.Text().String(); got != want {
			t.Errorf("%s\n%s", got, want)
		}
	}
}
