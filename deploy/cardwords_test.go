package deploy_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"twokey/bot/fakeslack"
	"twokey/commands/reinstall"
)

var (
	tagged    = regexp.MustCompile(`<[^<>]*>`)
	dateWords = regexp.MustCompile(`<!date\^[0-9]+\^[^|<>]*\|([^<>]*)>`)
	someone   = regexp.MustCompile(`<@[UW][A-Z0-9]+>`)
	waitsText = regexp.MustCompile(`^(No sign|Signs) of use.* <@U0ANN> asks(: “|, without a reason)`)
	asksOf    = regexp.MustCompile(`(?i)approver|proposer|no action needed|backup image is waited for`)
)

// What a notification and a screen reader have of a card says by itself which
// machine it is, how it stands, and what is asked of whom. While keys are collected it
// says before that whether the machine is in use, who asks and why.
func TestTheTextOfEveryCardStandsAlone(t *testing.T) {
	_, _, all := postCards(t)
	for _, s := range all {
		text := s.posted.Text
		first, rest, _ := strings.Cut(text, ". ")
		if n := utf8.RuneCountInString(first); n > 150 {
			t.Errorf("%s: its first sentence has %d characters: %s", s.name, n, first)
		}
		if want := subjectOf(s); !strings.HasPrefix(first, want) || !strings.HasSuffix(first,
			"): "+strings.ToLower(s.card.Status.Word)) {
			t.Errorf("%s: its first sentence is not %s and its state: %s", s.name, want, first)
		}
		ask, _, _ := strings.Cut(rest, ". ")
		if strings.HasPrefix(s.card.Status.Word, "Waiting for keys") {
			if ask, _, _ = strings.Cut(rest, " Lost: "); !waitsText.MatchString(ask) {
				t.Errorf("%s: it does not say whether it is in use, who asks and why: %s", s.name, text)
			}
		}
		if !asksOf.MatchString(ask) {
			t.Errorf("%s: it does not say soon what is asked of whom: %s", s.name, text)
		}
		// Links and signs say nothing there, and a group would be called at each edit.
		words := someone.ReplaceAllString(dateWords.ReplaceAllString(text, "$1"), "somebody")
		if bad := tagged.FindString(words); bad != "" {
			t.Errorf("%s: %s in %s", s.name, bad, text)
		}
		if bad := regexp.MustCompile(`:[a-z_]+:|https?://`).FindString(words); bad != "" {
			t.Errorf("%s: %s says nothing to whoever hears it: %s", s.name, bad, text)
		}
	}
}

// subjectOf is how the text of a card begins: one machine with its id, or how many they
// are with their names. A long name is cut.
func subjectOf(s shownCard) string {
	if b := s.op.Batch; b != nil {
		return fmt.Sprintf("%d machines (%s", len(b.Members), s.op.TypedName())
	}
	if whole := s.op.TypedName() + " (" + s.op.Plan.Instance + ")"; utf8.RuneCountInString(whole) < 60 {
		return whole
	}
	return string([]rune(s.op.TypedName())[:40])
}

// Neither a sign nor a colour says anything alone.
func TestEverySignOnEveryCardHasAWordBesideIt(t *testing.T) {
	_, _, all := postCards(t)
	signs := 0
	for _, s := range all {
		for _, b := range s.posted.Blocks {
			signs += wordBesideSigns(t, s.name, b)
		}
	}
	if signs < 100 {
		t.Errorf("only %d signs were looked at", signs)
	}
}

// wordBesideSigns looks at each list of pieces in a value, and counts the signs.
func wordBesideSigns(t *testing.T, name string, v any) (signs int) {
	switch v := v.(type) {
	case fakeslack.Block:
		return wordBesideSigns(t, name, map[string]any(v))
	case map[string]any:
		for _, x := range v {
			signs += wordBesideSigns(t, name, x)
		}
	case []any:
		for i, x := range v {
			signs += wordBesideSigns(t, name, x)
			m, _ := x.(map[string]any)
			if m["type"] != "emoji" {
				continue
			}
			signs++
			if !startsWithAWord(m["name"], v[i+1:]) {
				t.Errorf("%s: the sign :%v: has no word behind it", name, m["name"])
			}
		}
	}
	return signs
}

// startsWithAWord looks at what follows a sign in its own line: a word, or a number
// with its word. The same sign again is no other: the words are behind the last.
func startsWithAWord(sign any, rest []any) bool {
	for _, x := range rest {
		m, _ := x.(map[string]any)
		if m["type"] == "emoji" && m["name"] == sign {
			continue
		}
		said, _ := m["text"].(string)
		said = strings.TrimLeft(said, " ")
		if said != "" {
			r, _ := utf8.DecodeRuneInString(strings.TrimLeft(said, "0123456789 "))
			return unicode.IsLetter(r)
		}
		if m["type"] != "text" {
			return false
		}
	}
	return false
}

// A card that waits for keys asks before all else whether to wipe the machine; then
// comes why. Every other names the machine, and then says how it stands.
func TestEveryCardBeginsWithTheQuestionOrTheState(t *testing.T) {
	_, _, all := postCards(t)
	for _, s := range all {
		title, rest, _ := strings.Cut(s.text, "\n")
		if s.posted.Blocks[0]["type"] != "header" || title != s.card.Title {
			t.Errorf("%s does not begin with its title: %q", s.name, title)
		}
		if strings.HasPrefix(title, "Wipe ") != (s.op.State == reinstall.Proposed) {
			t.Errorf("%s is %s, and begins with %q", s.name, s.op.State, title)
		}
		// Above it is at most why nothing can start, or why keys are asked for again.
		top := strings.Join(strings.SplitN(rest, "\n", 3)[:2], "\n")
		want := s.card.Status.Emoji + " " + s.card.Status.Word + ". "
		switch {
		case s.op.State != reinstall.Proposed:
		case s.op.Recalled != nil:
			want = "Waiting for keys again: "
		default:
			want = "@Ann Okafor: "
		}
		if !strings.Contains(top, want) {
			t.Errorf("%s does not say %q at its top:\n%s", s.name, want, top)
		}
	}
}
