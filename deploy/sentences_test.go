package deploy_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"twokey/commands/port"
	"twokey/commands/sample"
	"twokey/commands/screen"
	"twokey/commands/screen/form"
	"twokey/commands/screen/help"
	"twokey/commands/view"
	"twokey/deploy/glance"
)

// exceptions has the sentences that are still against a rule. It only shrinks: -shrink
// takes out those that are gone, and nothing adds one.
const exceptions = "glance/exceptions.txt"

var shrink = flag.Bool("shrink", false, "take sentences that are gone out of "+exceptions)

// textsOf are all texts that people read of one sample, each by its place: its card, its
// thread, Details and the forms of its buttons.
func textsOf(s sample.Card, card string) map[string]string {
	ops := port.Ops(s.All)
	rev, first := s.Record.Rev, s.Record.Op
	out := map[string]string{"card": card, "summary": s.Card.Summary.String()}
	for i, line := range s.Thread {
		out[fmt.Sprintf("thread, line %d", i+1)] = line.String()
	}
	forms := map[string]view.Form{
		"Details": screen.DetailsForm(ops, rev, func(string) string { return "CNY" }, s.At),
	}
	for _, b := range s.Card.AllButtons() {
		switch b.Label {
		case "Reject":
			forms[b.Label] = form.Reject(first.ID, rev, view.Strong(first.TypedName()))
		case "Confirm backup":
			forms[b.Label] = form.Backup(ops, s.At)
		case "Make backup image":
			forms[b.Label] = form.Image(first, first.ID, rev)
		case "It was wiped":
			forms[b.Label] = form.Resolve(screen.ResolvedWaiting(ops), "", first.ID, rev)
		case "Evidence":
			forms[b.Label] = screen.EvidenceForm(ops, first.ID)
		}
	}
	for name, f := range forms {
		for i, text := range textsOfForm(f) {
			out[fmt.Sprintf("%s, text %d", name, i+1)] = text
		}
	}
	return out
}

func textsOfForm(f view.Form) []string {
	out := []string{f.Title}
	for _, t := range f.Intro {
		out = append(out, t.String())
	}
	for _, field := range f.Fields {
		out = append(out, field.Label, field.Hint, field.Holder)
		for _, o := range field.Options {
			out = append(out, o.Label+o.Tail, o.Note)
		}
	}
	return out
}

// allTexts are those of all samples, and help; each has the place where it is first read.
func allTexts(t *testing.T) map[string]string {
	t.Helper()
	_, _, shown := postCards(t)
	out := map[string]string{help.Short().String(): "help", help.All().String(): "help all"}
	for i, s := range sampleCards(t) {
		texts := textsOf(s, shown[i].text)
		for _, place := range slices.Sorted(maps.Keys(texts)) {
			if _, known := out[texts[place]]; !known {
				out[texts[place]] = s.Name + ": " + place
			}
		}
	}
	return out
}

// The sentences are those that samples show, and those that stand in the code.
func TestEverySentenceIsShortAndInPlainWords(t *testing.T) {
	shown, inCode := allTexts(t), codeTexts(t)
	if len(shown) < 200 || len(inCode) < 2000 {
		t.Errorf("only %d texts were read, and %d in the code", len(shown), len(inCode))
	}
	maps.DeleteFunc(inCode, func(text, _ string) bool { return !strings.Contains(text, " ") || shown[text] != "" })
	maps.Copy(inCode, shown)
	found := map[string]string{} // the place of each
	for text, place := range inCode {
		for _, f := range glance.FaultsOf(text) {
			line := f.Rule + "\t" + f.Sentence
			if old, known := found[line]; !known || place < old {
				found[line] = place
			}
		}
	}
	known := strings.FieldsFunc(readFile(t, exceptions), func(r rune) bool { return r == '\n' })
	for _, line := range slices.Sorted(maps.Keys(found)) {
		if !slices.Contains(known, line) {
			t.Errorf("%s: say it in other words, in at most %d:\n%s", found[line], glance.MostWords, line)
		}
	}
	gone := func(line string) bool { _, still := found[line]; return !still }
	if i := slices.IndexFunc(known, gone); i >= 0 && *shrink {
		kept := strings.Join(slices.DeleteFunc(known, gone), "\n") + "\n"
		if err := os.WriteFile(exceptions, []byte(kept), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if i >= 0 {
		t.Errorf("line %d of %s is gone, go test ./deploy -run TestEverySentence -shrink takes it out:\n%s",
			i+1, exceptions, known[i])
	}
}

// A day has one form, an hour another, and a moment with both a third.
func TestDatesHaveOneForm(t *testing.T) {
	const day, hour = "9999-99-99", "99:99 UTC"
	forms := map[string]string{}
	for text, place := range allTexts(t) {
		for _, f := range glance.DateForms(text) {
			if old, known := forms[f]; !known || place < old {
				forms[f] = place
			}
		}
	}
	for f, place := range forms {
		if f != hour && !strings.HasPrefix(f, day) {
			t.Errorf("%s: a date has the form %s", place, f)
		}
	}
	delete(forms, day)
	delete(forms, hour)
	if len(forms) != 1 {
		t.Errorf("moments have not one form: %q", forms)
	}
}
