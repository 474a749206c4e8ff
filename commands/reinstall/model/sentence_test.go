package model_test

import (
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall/model"
)

func TestAListIsJoinedAsASentenceDoes(t *testing.T) {
	for want, words := range map[string][]string{
		"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"},
	} {
		if got := model.JoinAnd(words); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestASentenceEndsOnceHoweverItWasWritten(t *testing.T) {
	for s, want := range map[string]string{
		"it is done": "it is done.", "it is done.": "it is done.", " is it? ": "is it?", "stop!": "stop!", "": "", " \n": "",
		"2.5": "2.5.", "完了": "完了.",
	} {
		if got := model.EndSentence(s); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	r := model.Refuse("Not held", "it ended", "Look at the card.")
	if got, want := r.Error(), "Not held: it ended. Look at the card."; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

// Sixty characters, not bytes: no letter is cut in two.
func TestAQuotedValueIsCutToSixtyCharacters(t *testing.T) {
	for _, letter := range []string{"x", "ü", "机"} {
		whole, long := strings.Repeat(letter, 60), strings.Repeat(letter, 61)
		if got := model.Quote(whole); got != "“"+whole+"”" {
			t.Errorf("%q is cut: %s", whole, got)
		}
		if got := model.Quote(long); got != "“"+strings.Repeat(letter, 59)+"…”" {
			t.Errorf("%q becomes %s", long, got)
		}
	}
}

func TestADurationIsWrittenAsPeopleSayIt(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 59*time.Second + 999*time.Millisecond: "59 s", time.Minute: "1 min",
		59 * time.Minute: "59 min", time.Hour: "1 h", 130 * time.Minute: "2 h 10 min", 47 * time.Hour: "47 h",
		48 * time.Hour: "2 d", 71 * time.Hour: "2 d",
	} {
		if got := model.HumanDuration(d); got != want {
			t.Errorf("%d: %q, not %q", d, got, want)
		}
	}
}

func TestNobodyIsAskedToTypeANameThatCannotBeRead(t *testing.T) {
	for name, want := range map[string]string{
		"web-01": "web-01", " web-01\t": "web-01", "": "ins-1", "\u200b \u3164": "ins-1",
	} {
		i := model.Instance{Name: name, Ref: model.Ref{Instance: "ins-1"}}
		p := model.Plan{}.OnInstance(i)
		if i.DisplayName() != want || p.DisplayName() != want {
			t.Errorf("%q is called %q, and %q in a plan", name, i.DisplayName(), p.DisplayName())
		}
		if p.Nameless() != (want == "ins-1") {
			t.Errorf("%q is nameless: %v", name, p.Nameless())
		}
	}
}

// Names go into a command that people paste into a shell.
func TestNoNameOfAMachineEndsUpAsAShellsCommand(t *testing.T) {
	p := model.Plan{
		Name: "web-01", PublicIPs: []string{"1.2.3.4"}, PrivateIPs: []string{"10.0.0.5; reboot"}, IPv6s: []string{"fd00::1"},
	}
	if got := strings.Join(p.KnownAs(), " "); got != "1.2.3.4 fd00::1 web-01" {
		t.Errorf("%q", got)
	}
	for _, name := range []string{"", "-rf", "$(reboot)", "a b", "a;b", "`id`", "a\nb", "*", "a|b"} {
		p.Name = name
		if got := strings.Join(p.KnownAs(), " "); got != "1.2.3.4 fd00::1" || model.HostLike(name) {
			t.Errorf("%q: %q", name, got)
		}
	}
}
