package commands

import (
	"regexp"
	"strings"

	"github.com/google/shlex"
)

// Signs that stand for others while words are split: the splitter would take #
// for the start of a comment, \ for an escape, and ' within a word for a
// quotation mark; a ticket's number, a path and a word would be lost.
const (
	hash       = "\ue023"
	backslash  = "\ue05c"
	apostrophe = "\ue027"
)

var (
	innerQuote = regexp.MustCompile(`(\p{L})'(\p{L})`)
	asTyped    = strings.NewReplacer(hash, "#", backslash, `\`, apostrophe, "'")
)

// split takes a command line apart at its blanks, but for those within quotation
// marks. A backslash is one, but before a quotation mark it takes its meaning from
// it, as long as the others have their partners then.
func split(text string) ([]string, error) {
	text = strings.ReplaceAll(text, "#", hash)
	text = innerQuote.ReplaceAllString(text, "${1}"+apostrophe+"${2}")
	text = strings.ReplaceAll(text, `\`, backslash)
	words, err := shlex.Split(strings.ReplaceAll(text, backslash+`"`, `\"`))
	if err != nil {
		words, err = shlex.Split(text)
	}
	for i := range words {
		words[i] = asTyped.Replace(words[i])
	}
	return words, err
}

// takesValue are the flags of a proposal with what belongs to them behind.
var takesValue = map[string]bool{
	"--image": true, "--disk": true, "--login": true, "--hostname": true, "--backup": true, "--reason": true, "--account": true, "--region": true,
}

// valued ties values that begin with a dash to their flags: the grammar would
// take them for flags. Two dashes and no blank are a flag.
func valued(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		if i+1 < len(words) && takesValue[w] && isValue(words[i+1]) {
			w, i = w+"="+words[i+1], i+1
		}
		out = append(out, w)
	}
	return out
}

func isValue(w string) bool {
	return strings.HasPrefix(w, "-") && (!strings.HasPrefix(w, "--") || strings.Contains(w, " "))
}
