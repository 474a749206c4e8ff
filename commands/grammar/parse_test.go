package grammar_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"twokey/commands/grammar"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func TestACommandLineIsUnderstoodAsTyped(t *testing.T) {
	mc := model.Login{Kind: "message-center"}
	for in, want := range map[string]port.Line{
		"":       {Verb: "propose"},
		"web-01": {Verb: "propose", Request: model.Request{Target: "web-01", Login: mc}},
		`ins-1a2b3c4d --image img-9 --disk 100 --reason "disk #3 is gone"`: {Verb: "propose", Request: model.Request{
			Target: "ins-1a2b3c4d", Image: "img-9", DiskGB: 100, Login: mc, Reason: "disk #3 is gone",
		}},
		"web-01 --login key:skey-1,skey-2 --backup snapshot:snap-1": {Verb: "propose", Request: model.Request{
			Target: "web-01", Login: model.Login{Kind: "key", Keys: []string{"skey-1", "skey-2"}},
			Backup: "snapshot:snap-1",
		}},
		`web-01 web-02 --reason "new base"`: {
			Verb: "propose", Request: model.Request{Login: mc, Reason: "new base"},
			Targets: []string{"web-01", "web-02"},
		},
		"approve 7k3q":                     {Verb: "approve", ID: "7K3Q"},
		"Approve 7k3q":                     {Verb: "approve", ID: "7K3Q"},
		"approve oil1":                     {Verb: "approve", ID: "0111"},
		`reject 7K3Q it's the wrong one`:   {Verb: "reject", ID: "7K3Q", Text: "it's the wrong one"},
		"resolve 7K3Q done I looked at it": {Verb: "resolve", ID: "7K3Q", As: "done", Text: "I looked at it"},
		"image 7K3Q --stop":                {Verb: "image", ID: "7K3Q", Stop: true},
		"freeze the network is on fire":    {Verb: "freeze", Text: "the network is on fire"},
		"check web-01 --disk 80": {Verb: "check", Request: model.Request{
			Target: "web-01", DiskGB: 80,
			Login: mc,
		}},
		"  list  ":                   {Verb: "list"},
		"history 10.0.0.5":           {Verb: "history", Target: "10.0.0.5"},
		"--disk=80 --disk 90 web-01": {Verb: "propose", Request: model.Request{Target: "web-01", DiskGB: 90, Login: mc}},
		"-- --web- -": {
			Verb: "propose", Request: model.Request{Login: mc},
			Targets: []string{"--web-", "-"},
		},
	} {
		got, r := grammar.Parse(in)
		if r != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q:\n got %+v, %v\nwant %+v", in, got, r, want)
		}
	}
}

// Phones straighten nothing; people type on phones.
func TestPhonesQuotesAndDashesAreUnderstood(t *testing.T) {
	want := model.Request{
		Target: "web-01", Image: "img-9", Login: model.Login{Kind: "message-center"},
		Reason: "it’s broken",
	}
	for _, in := range []string{
		"web-01 —image img-9 —reason “it’s broken”",
		"web-01 –image img-9 ––reason “it’s broken”",
		"web-01\u00a0--image\u00a0img-9 --reason=“it’s broken”",
		"web-01 --image img-9 --reason „it’s broken“",
		"web-01 −−image img-9 ―reason ″it’s broken″",
		"web-01　－－image　img-9 －－reason ＂it’s broken＂",
		"\u200eweb-01\u202f—image\u2060 img-9\ufeff —reason “it’s\u00a0broken”",
		"\u202aweb-01\u202c -‑image img-9 --reason «it’s broken»",
	} {
		got, r := grammar.Parse(in)
		if r != nil || !reflect.DeepEqual(got.Request, want) {
			t.Errorf("%q:\n got %+v, %v", in, got.Request, r)
		}
	}
}

func TestAPhoneChangesNothingOfWhatIsQuoted(t *testing.T) {
	for in, want := range map[string]string{
		`web-01 --reason "disk full —see ticket"`:     "disk full —see ticket",
		"web-01 —reason “the users’ disk –db1– died”": "the users’ disk –db1– died",
		"web-01 --reason ‘disk broken’":               "disk broken",
	} {
		got, r := grammar.Parse(in)
		if reason := strings.NewReplacer("'", "’").Replace(got.Request.Reason); r != nil || got.Request.Target != "web-01" ||
			reason != want {
			t.Errorf("%q:\n got %+v, %v", in, got.Request, r)
		}
	}
	if got, r := grammar.Parse("ins–1a2b3c4d —image img—22trbn9x"); r != nil || got.Request.Target != "ins-1a2b3c4d" ||
		got.Request.Image != "img-22trbn9x" {
		t.Errorf("%+v, %v", got.Request, r)
	}
	if got, r := grammar.Parse("web–01"); r != nil || got.Request.Target != "web–01" {
		t.Errorf("a name may have a long dash: %+v, %v", got.Request, r)
	}
}

func TestAReasonStaysAsItWasTyped(t *testing.T) {
	for in, want := range map[string]string{
		`web-01 --reason "-bash: fork: Cannot allocate memory"`:     "-bash: fork: Cannot allocate memory",
		`web-01 --reason "--no-preserve-root was typed" --disk 100`: "--no-preserve-root was typed",
		`web-01 --reason -1`: "-1",
		`web-01 --reason "C:\Windows\Temp is full, ask CORP\bob"`: `C:\Windows\Temp is full, ask CORP\bob`,
		`web-01 --reason C:\Temp`:                                 `C:\Temp`,
		`web-01 --reason "it is C:\Temp\"`:                        `it is C:\Temp\`,
		`web-01 --reason "C:\a\" --backup "image"`:                `C:\a\`,
		`web-01 --reason "she said \"wipe it\""`:                  `she said "wipe it"`,
		`web-01 --reason it's`:                                    "it's",
		`web-01 --reason rock'n'roll`:                             "rock'n'roll",
		`web-01 --reason 'it's broken'`:                           "it's broken",
		`web-01 --reason "  -dash and blanks  "`:                  "-dash and blanks",
		`web-01 --reason "  "`:                                    "",
		`web-01 —reason “-bash: fork”`:                            "-bash: fork",
		`web-01 --reason "as agreed with <@U0BOB> in <#C0INFRA>"`: "as agreed with <@U0BOB> in <#C0INFRA>",
	} {
		if l, r := grammar.Parse(in); r != nil || l.Request.Target != "web-01" || l.Request.Reason != want ||
			len(l.Targets) > 0 {
			t.Errorf("%q:\n got %+v, %v", in, l, r)
		}
	}
	for _, said := range []string{
		"-bash: fork", "—bash: fork —see ticket", `C:\Windows\Temp`,
		"the users’ disk –db1– died", "“half a quote", "it's #1 <@U0BOB>", "--stop",
	} {
		for _, verb := range []string{
			"reject 7K3Q ", "hold 7K3Q ", "cancel 7K3Q ", "resolve 7K3Q done ",
			"break-glass 7K3Q ", "freeze ",
		} {
			if l, r := grammar.Parse(verb + said); r != nil || l.Text != said {
				t.Errorf("%q:\n got %+v, %v", verb+said, l, r)
			}
		}
	}
}

func TestAFlagIsNeverTakenForAReason(t *testing.T) {
	for _, in := range []string{"web-01 --reason --disk 100", "web-01 --reason --imgae x", "web-01 --image --disk=5"} {
		if l, r := grammar.Parse(in); r == nil {
			t.Errorf("%q is understood as %+v", in, l)
		}
	}
}

func TestWhatIsNotUnderstoodGetsASentence(t *testing.T) {
	for in, want := range map[string]string{
		"web-01 --imgae x": "unknown flag --imgae, did you mean \"--image\"?",
		"web-01 --re x": "unknown flag --re, did you mean one of \"--reason\", " +
			"\"--region\"?",
		"web-01 -disk 5":                            "unknown flag -d",
		"web-01 --help":                             "unknown flag --help",
		"web-01 --disk=":                            "--disk takes a size in whole GiB",
		"web-01 --disk":                             "--disk takes a size in whole GiB",
		"web-01 --disk 32001":                       "no size that a disk can have",
		"web-01 --disk 99999999999999999999":        "--disk takes a size in whole GiB",
		"web-01 --image":                            "--image needs a value",
		"web-01 --image --disk 5":                   "--image needs a value",
		"web-01 --disk 5 web-02":                    "“web-02” is one word too many",
		"web-01 -- --disk":                          "“--disk” is one word too many",
		"--":                                        "no machine is named",
		"web-01 --disk big":                         "--disk",
		"web-01 --disk -5":                          "--disk",
		"check web-01 the disk":                     "quotation marks",
		"web-01 web-02 web-01":                      "named twice",
		`web-01 "" web-02`:                          "no machine is named",
		"web-01 web-02 --hostname shop":             "a host name is for one machine",
		"web-01 web-02 --login password":            "a generated password is shown for one machine",
		"web-01 web-02 --backup image:img-1":        "is of one machine",
		strings.Repeat("web-01 ", 2):                "named twice",
		"a b c d e f g h i j k l m n o p q r s t u": "at most 20",
		`web-01 --reason "open`:                     "is not closed",
		"--image img-9":                             "no machine is named",
		`"" --image img-9`:                          "no machine is named",
		"web-01 --login carrier":                    "not a way to log in",
		"web-01 --login key:":                       "not a way to log in",
		"web-01 --backup tape":                      "not understood",
		"approve":                                   "no proposal's id",
		"approve 7K3":                               "not a proposal's id",
		"approve 7K3U":                              "not a proposal's id",
		"approve 7K3Q please":                       "more than an id",
		"reject 7K3Q":                               "no reason",
		"resolve 7K3Q maybe":                        "an outcome",
		"resolve 7K3Q done":                         "how you know",
		"freeze":                                    "no reason",
		"history":                                   "one machine",
		"history a b":                               "one machine",
		"image 7K3Q --force":                        "not understood",
		"check":                                     "no machine is named",
	} {
		l, r := grammar.Parse(in)
		if r == nil {
			t.Errorf("%q was understood as %+v", in, l)
			continue
		}
		if !strings.Contains(r.Error(), want) || r.What == "" || r.Why == "" || r.Next == "" {
			t.Errorf("%q: %s", in, r.Error())
		}
	}
}

// What is typed and what is decided later are refused in the same words.
func TestARefusalBeginsWithItsVerbsTitle(t *testing.T) {
	for _, verb := range model.Verbs {
		line := verb
		switch verb {
		case model.VerbList, model.VerbUnfreeze, model.VerbHelp: // never refused here
			continue
		case model.VerbPropose:
			line = "--image x"
		}
		_, r := grammar.Parse(line)
		if r == nil || r.What != model.RefusalTitle(verb) || r.What == model.RefusalTitle("dance") {
			t.Errorf("%s: %v", verb, r)
		}
	}
}

func TestAMissingReasonIsAskedForWhereItStands(t *testing.T) {
	for line, next := range map[string]string{
		"reject 7k3q":      "Say why: /reinstall reject 7K3Q TEXT",
		"break-glass 7K3Q": "Say why: /reinstall break-glass 7K3Q TEXT",
		"freeze":           "Say why: /reinstall freeze TEXT",
	} {
		if _, r := grammar.Parse(line); r == nil || r.Why != "there is no reason" || r.Next != next {
			t.Errorf("%s: %v", line, r)
		}
	}
}

func TestEveryVerbIsUnderstood(t *testing.T) {
	for _, verb := range model.Verbs {
		l, r := grammar.Parse(strings.ToUpper(verb))
		if verb == model.VerbPropose { // it goes without its verb
			continue
		}
		if r == nil && l.Verb != verb || r != nil && r.What != model.RefusalTitle(verb) {
			t.Errorf("%s is understood as %+v, %v", verb, l, r)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, line := range map[string]string{
		"proposal": `ins-1a2b3c4d --image img-22trbn9x --disk 100 --reason "disk #3 is gone"`,
		"phone":    "ins–1a2b3c4d —image img-22trbn9x —reason “it’s broken”",
		"approval": "approve 7k3q",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, r := grammar.Parse(line); r != nil {
					b.Fatal(r)
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "web-01 --disk 100", "approve 7k3q", "—image “x”", `reject 7K3Q "a`,
		"resolve 0000 done #1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, r := grammar.Parse(s)
		if r == nil && l.Verb == model.VerbPropose && l.Request.Target == "" && len(l.Targets) < 2 &&
			strings.TrimSpace(grammar.Straighten(s)) != "" {
			t.Errorf("%q proposes a machine that nobody named", s)
		}
		distinct := len(slices.Compact(slices.Sorted(slices.Values(l.Targets))))
		if distinct != len(l.Targets) || distinct > reinstall.MostInBatch || slices.Contains(l.Targets, "") {
			t.Errorf("%q proposes %q", s, l.Targets)
		}
		if r != nil && !reflect.DeepEqual(l, port.Line{}) {
			t.Errorf("%q is refused, and is %+v", s, l)
		}
		if r != nil && (r.What == "" || r.Why == "" || r.Next == "") {
			t.Errorf("%q: half a refusal: %+v", s, r)
		}
	})
}
