package grammar_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"twokey/commands/grammar"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

func TestALineIsWrittenAsItIsRead(t *testing.T) {
	for _, line := range []string{
		`web-01`,
		`web-01 win-01 --reason "kernel panics"`,
		`main/ap-guangzhou/ins-1a2b3c4d --image img-487zeit5 --disk 100 --login key:skey-1,skey-2 --hostname shop ` +
			`--backup snapshot:snap-1 --reason "it's down"`,
		`web-01 --image "Ubuntu Server 22.04" --account main --region ap-guangzhou`,
		`web-01 --reason 'it says "no route" at boot'`,
		`web-01 --reason "it's \"down\""`,
		`check web-01 --disk 80`,
		`history web-01`,
	} {
		l, no := grammar.Parse(line)
		if no != nil {
			t.Fatal(no)
		}
		if got := grammar.Write(l); got != line {
			t.Errorf("%s, not %s", got, line)
		}
	}
}

// What is written is read as the same, or it is not written at all: a button never
// stands for something else than it says.
func TestAWrittenLineIsReadAsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := port.Line{Verb: rapid.SampledFrom([]string{model.VerbPropose, model.VerbCheck}).Draw(t, "verb")}
		l.Request = model.Request{
			Target: rapid.String().Draw(t, "target"), Image: rapid.String().Draw(t, "image"),
			DiskGB: rapid.Int().Draw(t, "disk"), HostName: rapid.String().Draw(t, "host"),
			Reason: rapid.String().Draw(t, "reason"), Login: model.Login{Kind: model.LoginMessageCenter},
		}
		line := grammar.Write(l)
		if line == "" {
			return
		}
		back, no := grammar.Parse(line)
		if no != nil {
			t.Fatalf("%q is refused: %v", line, no)
		}
		if diff := cmp.Diff(l, back); diff != "" {
			t.Errorf("%q: %s", line, diff)
		}
	})
}

func TestWhatNoLineIsReadAsIsNotWritten(t *testing.T) {
	for name, l := range map[string]port.Line{
		"a machine that is called as a verb": {Verb: model.VerbPropose, Request: model.Request{Target: "list"}},
		"no machine":                         {Verb: model.VerbPropose},
		"a disk that there is not":           {Verb: model.VerbCheck, Request: model.Request{Target: "web-01", DiskGB: -1}},
		"a name of two words":                {Verb: model.VerbHistory, Target: "web 01"},
		"another verb":                       {Verb: model.VerbApprove, ID: "7K3Q"},
	} {
		if got := grammar.Write(l); got != "" {
			t.Errorf("%s is written: %q", name, got)
		}
	}
}
