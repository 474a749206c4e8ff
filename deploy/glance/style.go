package glance

import (
	"regexp"
	"strings"
)

// MostWords is how long a sentence may be.
const MostWords = 20

// A phrase is one that texts do not use, with the better one.
type phrase struct {
	never  *regexp.Regexp
	better string
}

func instead(never, better string) phrase {
	return phrase{regexp.MustCompile(`(?i)\b(?:` + never + `)\b`), better}
}

var phrases = []phrase{
	instead(`anew`, "again"),
	instead(`tells?|told`, "show, report"),
	instead(`vouch(es|ed)?`, "found, confirmed"),
	instead(`owed|owes`, "needed"),
	instead(`turn(s|ed)?( no| the| a| an| its| several)?( [a-z]+)? keys?|keys? (is|are|were|was) turned|turned by`,
		"approve, confirm"),
	instead(`none of (its|his|her|their)( own)?|is none of`, "not one of, did not"),
	instead(`the (one )?calls?|one call|second call|calls: `, "the ResetInstance request, reinstalls"),
	instead(`what it waited for`, "the reason for waiting"),
	instead(`goes out|go out`, "is sent, starts"),
	instead(`(is|are|were) settled by`, "set by"),
	instead(`knows none`, "no usable backup found"),
	instead(`a person's word`, "set by a person"),
	instead(`asked of (anybody|nobody)`, "no action needed"),
	instead(`looked for, not seen`, "9 of 9 checks clear"),
	instead(`there is no word`, "say how"),
	instead(`once is all`, "it works once"),
	instead(`given up`, "waived"),
	instead(`one person is one key`, "each person counts once"),
	instead(`among ourselves`, "not accepted in shared channels"),
	instead(`has no partner`, "is not closed"),
	instead(`nothing behind it`, "needs a value"),
	instead(`nobody is to be`, "no reminder is due"),
}

// settingName is a key of the policy file, which is no word of a sentence.
var settingName = regexp.MustCompile(`\btell:`)

// A Fault is what is wrong with a sentence: Rule says against which rule it is, with
// what to write. Equal sentences have equal faults.
type Fault struct{ Rule, Sentence string }

// FaultsOf are those of a text's sentences: too long, or with a phrase that is replaced.
func FaultsOf(text string) (out []Fault) {
	for _, s := range Sentences(text) {
		if SentenceWords(s) > MostWords {
			out = append(out, Fault{"long", s})
		}
		words := settingName.ReplaceAllString(s, "setting:")
		for _, p := range phrases {
			if found := p.never.FindString(words); found != "" {
				out = append(out, Fault{strings.ToLower(found) + " -> " + p.better, s})
			}
		}
	}
	return out
}

var (
	dateLike = regexp.MustCompile(`\d{4}[-/.]\d\d?[-/.]\d\d?` +
		`(?:[T ]\d\d:\d\d(?::\d\d)?(?: ?(?:UTC|Z|[+-]\d\d:?\d\d)\b)?)?` +
		`|\b\d\d?:\d\d(?::\d\d)?(?: ?(?:UTC|Z|[ap]m)\b)?` +
		`|(?i)\b\d\d? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b` +
		`|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d\d?\b`)
	anyDigit = regexp.MustCompile(`\d`)
)

// DateForms are the forms in which a text has moments, such as 99:99 UTC.
func DateForms(text string) (out []string) {
	for _, found := range dateLike.FindAllString(quoted.ReplaceAllString(text, ""), -1) {
		out = append(out, anyDigit.ReplaceAllString(found, "9"))
	}
	return out
}
