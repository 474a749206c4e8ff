package commands

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// flags is the grammar of a proposal.
type flags struct {
	Target   []string `arg:""`
	Image    string   `placeholder:"ID|NAME"`
	Disk     int      `placeholder:"GIB"`
	Login    string
	Hostname string
	Backup   string
	Reason   string
	Account  string
	Region   string
}

// Parse reads what was typed behind /reinstall. An empty line asks for the
// form: a propose with no target.
func Parse(text string) (port.Line, *reinstall.Refusal) {
	plain := unblank(text)
	text = Straighten(text)
	first, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	verb := strings.ToLower(first)
	if inWords[verb] { // what is said stays as it was typed
		_, rest, _ = strings.Cut(plain, " ")
	}
	switch verb {
	case "":
		return port.Line{Verb: reinstall.VerbPropose}, nil
	case reinstall.VerbList, reinstall.VerbUnfreeze, reinstall.VerbHelp:
		return port.Line{Verb: verb}, nil
	case reinstall.VerbShow, reinstall.VerbApprove, reinstall.VerbBackup, reinstall.VerbResume, reinstall.VerbPassword:
		return withID(verb, rest, false)
	case reinstall.VerbReject, reinstall.VerbHold, reinstall.VerbCancel, reinstall.VerbResolve, reinstall.VerbImage, reinstall.VerbBreakGlass:
		return withText(verb, rest)
	case reinstall.VerbFreeze:
		why := reinstall.Said(rest)
		if why == "" {
			return port.Line{}, noReason(verb)
		}
		return port.Line{Verb: verb, Text: why}, nil
	case reinstall.VerbHistory:
		if rest == "" || strings.ContainsAny(rest, " ") {
			return port.Line{}, reinstall.Refuse("Not looked up", "history takes one machine", "Use /reinstall history INSTANCE")
		}
		return port.Line{Verb: verb, Target: rest}, nil
	case reinstall.VerbCheck:
		w, _, r := parseWish(rest, "Not checked")
		return port.Line{Verb: verb, Wish: w}, r
	}
	w, several, r := parseWish(text, "Not proposed")
	return port.Line{Verb: reinstall.VerbPropose, Wish: w, Targets: several}, r
}

// inWords are the verbs behind which there is nothing but an id and what
// somebody says.
var inWords = map[string]bool{reinstall.VerbReject: true, reinstall.VerbHold: true, reinstall.VerbCancel: true, reinstall.VerbResolve: true, reinstall.VerbBreakGlass: true, reinstall.VerbFreeze: true}

func withID(verb, rest string, more bool) (port.Line, *reinstall.Refusal) {
	what := screen.DoingOf(verb)
	word, tail, _ := strings.Cut(rest, " ")
	if word == "" {
		return port.Line{}, reinstall.Refuse(what, "there is no proposal's id", "Use /reinstall "+verb+" ID; /reinstall list shows them")
	}
	id, ok := NormalID(word)
	if !ok {
		return port.Line{}, reinstall.Refuse(what, reinstall.Quote(word)+" is not a proposal's id", "An id is four letters and digits, such as 7K3Q; /reinstall list shows them")
	}
	tail = strings.TrimSpace(tail)
	if tail != "" && !more {
		return port.Line{}, reinstall.Refuse(what, "there is more than an id", "Use /reinstall "+verb+" "+id)
	}
	return port.Line{Verb: verb, ID: id, Text: reinstall.Said(tail)}, nil
}

// noReason refuses a freeze that says nothing, before it is one and again where
// it is worked off.
func noReason(verb string) *reinstall.Refusal {
	return reinstall.Refuse(screen.DoingOf(verb), "there is no reason", "Say why: /reinstall "+verb+" TEXT")
}

func withText(verb, rest string) (port.Line, *reinstall.Refusal) {
	l, r := withID(verb, rest, true)
	if r != nil {
		return l, r
	}
	switch verb {
	case reinstall.VerbResolve:
		as, text, _ := strings.Cut(l.Text, " ")
		l.As, l.Text = strings.ToLower(as), reinstall.Said(text)
		if (l.As != "done" && l.As != "failed") || l.Text == "" {
			return port.Line{}, reinstall.Refuse(screen.DoingOf(verb), "it needs an outcome and how you know it", "Use /reinstall resolve "+l.ID+" done|failed TEXT")
		}
	case reinstall.VerbReject, reinstall.VerbBreakGlass:
		if l.Text == "" {
			return port.Line{}, reinstall.Refuse(screen.DoingOf(verb), "there is no reason", "Say why: /reinstall "+verb+" "+l.ID+" TEXT")
		}
	case reinstall.VerbImage:
		if l.Text != "" && l.Text != "--stop" {
			return port.Line{}, reinstall.Refuse(screen.DoingOf(verb), reinstall.Quote(l.Text)+" is not understood", "Use /reinstall image "+l.ID+" or /reinstall image "+l.ID+" --stop")
		}
		l.Stop, l.Text = l.Text == "--stop", ""
	}
	return l, nil
}

// parseWish reads a wish. Where several machines are named they are returned
// apart, and the wish has no target.
func parseWish(text, what string) (w reinstall.Wish, several []string, no *reinstall.Refusal) {
	const help = "Use /reinstall INSTANCE [--image ID] [--disk GIB] [--reason \"TEXT\"], or /reinstall help"
	words, err := split(text)
	if err != nil {
		return reinstall.Wish{}, nil, reinstall.Refuse(what, "a quotation mark has no partner", "Close it: --reason \"disk is broken\"")
	}
	var f flags
	p, err := kong.New(&f, kong.Name("/reinstall"), kong.Exit(func(int) {}), kong.Writers(io.Discard, io.Discard), kong.NoDefaultHelp())
	if err != nil {
		return reinstall.Wish{}, nil, reinstall.Refuse(what, "the command's grammar is broken", "Tell whoever runs Twokey")
	}
	if _, err := p.Parse(valued(words)); err != nil {
		return reinstall.Wish{}, nil, reinstall.Refuse(what, grammar(err), help)
	}
	for _, word := range words {
		if v, ok := strings.CutPrefix(word, "--disk="); ok && v == "" {
			return reinstall.Wish{}, nil, reinstall.Refuse(what, "--disk has no size", help)
		}
	}
	return f.wish(what)
}

// grammar words the parser's complaint.
func grammar(err error) string {
	var pe *kong.ParseError
	if errors.As(err, &pe) {
		err = pe.Unwrap()
	}
	s := err.Error()
	switch {
	case strings.HasPrefix(s, "expected \"<target>"):
		return "no machine is named"
	case strings.HasPrefix(s, "unexpected argument"):
		return "“" + strings.TrimPrefix(s, "unexpected argument ") + "” is one word too many; put quotation marks around words that belong together"
	case strings.HasPrefix(s, "--disk:"):
		return "--disk takes a size in whole GiB, such as --disk 100"
	}
	if m := noValue.FindStringSubmatch(s); m != nil {
		return m[1] + " has nothing behind it"
	}
	return s
}

var noValue = regexp.MustCompile(`^(--[a-z]+): expected \S+ value but got`)

func (f flags) wish(what string) (w reinstall.Wish, several []string, no *reinstall.Refusal) {
	login, r := reinstall.ParseLogin(f.Login)
	if r != nil {
		return reinstall.Wish{}, nil, r
	}
	for i := range f.Target {
		f.Target[i] = strings.TrimSpace(f.Target[i])
	}
	if len(f.Target) == 0 || slices.Contains(f.Target, "") {
		return reinstall.Wish{}, nil, reinstall.Refuse(what, "no machine is named", "Name one: /reinstall INSTANCE")
	}
	if f.Disk < 0 || f.Disk > 32000 {
		return reinstall.Wish{}, nil, reinstall.Refuse(what, "--disk is no size that a disk can have", "Give the size in GiB, such as --disk 100")
	}
	kind, id, named := strings.Cut(f.Backup, ":")
	if f.Backup != "" && f.Backup != "image" && (!named || id == "" || (kind != "snapshot" && kind != "image")) {
		return reinstall.Wish{}, nil, reinstall.Refuse(what, "--backup "+reinstall.Quote(f.Backup)+" is not understood", "Use image, snapshot:ID or image:ID")
	}
	w = reinstall.Wish{
		Account: f.Account, Region: f.Region, Image: f.Image, DiskGB: f.Disk, Login: login,
		HostName: f.Hostname, Backup: f.Backup, Reason: reinstall.Said(f.Reason),
	}
	if len(f.Target) == 1 {
		w.Target = f.Target[0]
		return w, nil, nil
	}
	return w, f.Target, severalRefused(what, f, login)
}

var (
	spaces  = regexp.MustCompile(`[\s\x{00a0}\x{2000}-\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+`)
	unseen  = regexp.MustCompile(`[\x{00ad}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}\x{2066}-\x{2069}\x{feff}]`)
	dashes  = regexp.MustCompile(`(^|\s)[-\x{2010}-\x{2015}\x{2212}\x{ff0d}]+([a-z])`)
	inID    = regexp.MustCompile(`\b(ins|img|snap|skey)[\x{2010}-\x{2015}\x{2212}\x{ff0d}]([0-9a-z]{8})\b`)
	doubles = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "″", `"`, "＂", `"`)
	openQ   = regexp.MustCompile(`(^|[\s=])[‘’‚‛]`)
	closeQ  = regexp.MustCompile(`[‘’](\s|$)`)
)

// Straighten undoes what a phone's keyboard did to a command line: long dashes
// before a flag, curly quotation marks, spaces that do not look it, marks that
// cannot be seen (facts/slack.md section 2). Apostrophes inside a word stay, and
// so does all that stands between quotation marks, but for spaces.
func Straighten(s string) string {
	s = doubles.Replace(unblank(s))
	s = openQ.ReplaceAllString(s, "$1'")
	s = closeQ.ReplaceAllString(s, "'$1")
	parts := strings.Split(s, `"`)
	for i := 0; i < len(parts); i += 2 { // the others are quoted
		parts[i] = dashes.ReplaceAllStringFunc(parts[i], longFlag)
		parts[i] = inID.ReplaceAllString(parts[i], "$1-$2")
	}
	return strings.Join(parts, `"`)
}

// unblank leaves out what cannot be seen; all blanks become plain ones, and none
// stands around.
func unblank(s string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(unseen.ReplaceAllString(s, ""), " "))
}

// longFlag is the start of a flag with two dashes, if they were not plain ones.
func longFlag(s string) string {
	m := dashes.FindStringSubmatch(s)
	if strings.Trim(s, "- abcdefghijklmnopqrstuvwxyz") == "" {
		return s
	}
	return m[1] + "--" + m[2]
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NormalID reads a proposal's id as people type it: any case, I and L for 1, O
// for 0 (Crockford's alphabet).
func NormalID(s string) (string, bool) {
	s = strings.NewReplacer("I", "1", "L", "1", "O", "0").Replace(strings.ToUpper(strings.TrimSpace(s)))
	if len(s) != 4 || strings.Trim(s, crockford) != "" {
		return "", false
	}
	return s, true
}
