// Package errcode knows what each error code of Tencent Cloud means for people, and
// what it proves. The 67 codes of ResetInstance are in resetcodes.go, those of the
// other calls in othercodes.go.
package errcode

import (
	"strings"

	"twokey/commands/port"
)

// class groups error codes by what they prove and what helps. Tencent documents no
// atomicity, so the grouping is inferred (cloud/doc.go 3.2).
type class int

const (
	ambiguous class = iota // it may have happened; the zero value, so that what is forgotten is ambiguous
	refused                // nothing happened; the request must change
	wait                   // nothing happened; it may be asked again later, after a new preflight
	capacity               // nothing happened; the cloud has none left
	denied                 // nothing happened; the account or the credentials do not allow it
)

// explanation explains a code to people: why is one sentence without its full stop, next
// another one.
type explanation struct {
	class     class
	why, next string
}

// Sentences that several codes share.
const (
	LookFirst   = "Do not send it again: look at the machine's last operation first"
	pickImage   = "Pick another image"
	pickMachine = "Check the instance id and the region"
	waitMinute  = "Wait a minute, then propose again"
	askOperator = "Ask whoever runs Twokey to check its credentials and its CAM policy"
	reportBug   = "Report it to whoever runs Twokey: this is an error in the request, not in the machine"
	otherKey    = "Check the key pair's id and region, or use --login message-center"
	fixHostName = "Use letters, digits and single dots or dashes between them; on Windows 2 to 15 letters, " +
		"digits and " +
		"dashes"
	useConsole = "Look at the machine in the console"
	waitOther  = "Wait until its present operation has ended, then propose again"
)

// explanationOf finds what is known about a code.
func explanationOf(code string) (explanation, bool) {
	for _, table := range []map[string]explanation{resetCodes, otherCodes} {
		if m, ok := table[code]; ok {
			return m, true
		}
	}
	for _, f := range families {
		if code == f.prefix || strings.HasPrefix(code, f.prefix+".") {
			return f.explanation, true
		}
	}
	return explanation{}, false
}

// Explain says for people what an error code means and what to do next: two
// sentences without their full stops. It has an answer for every code.
func Explain(code string) (why, next string) {
	m, ok := explanationOf(code)
	switch {
	case ok:
		return m.why, m.next
	case code == "":
		return "the cloud gave no reason", LookFirst
	}
	return "the cloud answered " + Shorten(code, 80) + ", which Twokey does not know",
		LookFirst + ", and look the code up in Tencent Cloud's documentation"
}

// ExplainRead is Explain for a call that only reads: a read changes nothing.
func ExplainRead(code string) (why, next string) {
	why, next = Explain(code)
	return strings.TrimSuffix(why, ", so that it may have happened or not"), next
}

// IsKnown reports whether a table here has the code or its family.
func IsKnown(code string) bool {
	_, ok := explanationOf(code)
	return ok
}

// MayBeOurs reports whether the code may be about our own reset: after an
// attempt it proves nothing about it.
func MayBeOurs(code string) bool { return ourOwn[code] }

// Verdict says what a code proves about the one call that wipes: that nothing
// happened, or nothing at all. An unknown code proves nothing.
func Verdict(code string) port.Verdict {
	m, ok := explanationOf(code)
	if !ok || m.class == ambiguous || ourOwn[code] {
		return port.Ambiguous
	}
	return port.Declined
}

// IsAboutRequest reports whether a code is about what was asked for. Such a code is
// a refusal for people. Others are about the bot's credentials or its pace, or are
// unknown.
func IsAboutRequest(code string) bool {
	m, ok := explanationOf(code)
	return ok && m.class != ambiguous && !IsAboutCredentials(code) && !strings.HasPrefix(code, "RequestLimitExceeded")
}

// IsAboutCredentials reports whether a code is about credentials or permissions.
// Nobody who reads a card can change those.
func IsAboutCredentials(code string) bool {
	return code != CAMOutage && (strings.HasPrefix(code, "AuthFailure") ||
		strings.HasPrefix(code, "UnauthorizedOperation")) ||
		code == "IpInBlacklist" || code == "IpNotInWhitelist"
}

// IsAboutRegion reports whether a refusal is about the region, whatever was asked
// for.
func IsAboutRegion(code string) bool {
	return strings.HasPrefix(code, "UnsupportedRegion") || strings.HasPrefix(code, "InvalidRegion")
}
