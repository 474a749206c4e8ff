package deploy_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"twokey/bot/fakeslack"
)

var (
	tagged    = regexp.MustCompile(`<[^<>]*>`)
	dateWords = regexp.MustCompile(`<!date\^[0-9]+\^[^|<>]*\|([^<>]*)>`)
	someone   = regexp.MustCompile(`<@[UW][A-Z0-9]+>`)
	asksOf    = regexp.MustCompile(`(?i)approver|proposer|anybody|backup image is waited for`)
)

// What a notification and a screen reader have of a card says by itself which
// machine it is, how it stands, and what is asked of whom.
func TestTheTextOfEveryCardStandsAlone(t *testing.T) {
	_, all := cardsPage(t)
	for _, s := range all {
		text := s.posted.Text
		first, rest, _ := strings.Cut(text, ". ")
		if n := utf8.RuneCountInString(first); n > 150 {
			t.Errorf("%s: its first sentence has %d characters: %s", s.name, n, first)
		}
		name := strings.SplitN(strings.TrimPrefix(s.card.Title, "3 machines: "), ",", 2)[0]
		name = string([]rune(name)[:min(40, utf8.RuneCountInString(name))])
		if !strings.Contains(first, name) || !strings.Contains(strings.ToLower(first),
			strings.ToLower(s.card.Status.Word)) {
			t.Errorf("%s: its first sentence does not name machine and state: %s", s.name, first)
		}
		if ask, _, _ := strings.Cut(rest, ". "); !asksOf.MatchString(ask) {
			t.Errorf("%s: its second sentence does not say what is asked of whom: %s", s.name, text)
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

// Neither a sign nor a colour says anything alone.
func TestEverySignOnEveryCardHasAWordBesideIt(t *testing.T) {
	_, all := cardsPage(t)
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
			if !startsWithAWord(v[i+1:]) {
				t.Errorf("%s: the sign :%v: has no word behind it", name, m["name"])
			}
		}
	}
	return signs
}

// startsWithAWord looks at what follows a sign in its own line.
func startsWithAWord(rest []any) bool {
	for _, x := range rest {
		m, _ := x.(map[string]any)
		said, _ := m["text"].(string)
		said = strings.TrimLeft(said, " ")
		if said != "" {
			r, _ := utf8.DecodeRuneInString(said)
			return unicode.IsLetter(r)
		}
		if m["type"] != "text" {
			return false
		}
	}
	return false
}

// The machine's name and its state are the first two things, above all else.
func TestEveryCardBeginsWithTheNameAndTheState(t *testing.T) {
	_, all := cardsPage(t)
	for _, s := range all {
		lines := strings.SplitN(s.text, "\n", 4)
		if s.posted.Blocks[0]["type"] != "header" || len(lines) < 4 || lines[0] != s.card.Title ||
			!strings.HasSuffix(lines[1], " "+s.card.Status.Word) {
			t.Errorf("%s begins with %q", s.name, lines)
		}
	}
}
