package grammar

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"twokey/commands/spelling"
)

// flags are those of a proposal. Each takes a value.
var flags = []string{
	"--image", "--disk", "--login", "--hostname", "--backup", "--reason", "--account", "--region",
}

// options are a proposal's words, sorted.
type options struct {
	machines []string
	values   map[string]string // by flag; the last one counts
	disk     int               // GiB
	last     string            // the last flag
	loose    string            // the first word of those that follow a reason without quotation marks
}

// sortWords takes machines and flags apart. why says what is wrong with the first
// word that does not fit, and is empty if all do.
func sortWords(words []string) (o options, why string) {
	o.values = map[string]string{}
	for len(words) > 0 && why == "" {
		var n int
		switch w := words[0]; {
		case w == "--": // all that follows are machines
			n, why = len(words), o.name(words[1:])
		case strings.HasPrefix(w, "--"):
			n, why = o.flag(words)
		case isDashed(w):
			why = unknownFlag(string([]rune(w)[:2]))
		default:
			if n = slices.IndexFunc(words, isDashed); n < 0 {
				n = len(words)
			}
			why = o.name(words[:n])
		}
		words = words[n:]
	}
	return o, why
}

// isDashed reports whether a word is a flag at first sight.
func isDashed(w string) bool { return strings.HasPrefix(w, "-") && w != "-" }

// name notes the machines. All stand together. Words that follow a reason are of it.
func (o *options) name(machines []string) (why string) {
	if len(machines) > 0 && len(o.machines) > 0 && o.last == "--reason" {
		o.loose = cmp.Or(o.loose, machines[0])
		o.values[o.last] += " " + strings.Join(machines, " ")
		return ""
	}
	if len(machines) > 0 && len(o.machines) > 0 {
		return "“" + machines[0] + "” is one word too many; put quotation marks around words that belong together"
	}
	o.machines = append(o.machines, machines...)
	return ""
}

// flag notes the flag at the beginning, with its value. n is how many words it took.
func (o *options) flag(words []string) (n int, why string) {
	flag, value, tied := strings.Cut(words[0], "=")
	if !slices.Contains(flags, flag) {
		return 1, unknownFlag(flag)
	}
	if tied {
		return 1, o.set(flag, value)
	}
	if len(words) == 1 || isNextFlag(words[1]) {
		return 1, nothingBehind(flag)
	}
	return 2, o.set(flag, words[1])
}

// isNextFlag reports whether a word behind a flag is another flag and not a value.
// A reason may begin with dashes, but a flag has no blanks.
func isNextFlag(w string) bool { return strings.HasPrefix(w, "--") && !strings.Contains(w, " ") }

func (o *options) set(flag, value string) (why string) {
	o.values[flag], o.last = value, flag
	if flag != "--disk" {
		return ""
	}
	n, err := strconv.ParseInt(value, 0, strconv.IntSize)
	if err != nil {
		return noSize
	}
	o.disk = int(n)
	return ""
}

const noSize = "--disk takes a size in whole GiB, such as --disk 100"

func nothingBehind(flag string) string {
	if flag == "--disk" {
		return noSize
	}
	return flag + " needs a value"
}

// unknownFlag names the flags that may be meant: those that are at most two edits
// away, and those of which it is the beginning.
func unknownFlag(flag string) string {
	var near []string
	for _, f := range flags {
		if strings.HasPrefix(f, flag) || spelling.Distance(f, flag) <= 2 {
			near = append(near, strconv.Quote(f))
		}
	}
	switch len(near) {
	case 0:
		return "unknown flag " + flag
	case 1:
		return fmt.Sprintf("unknown flag %s, did you mean %s?", flag, near[0])
	}
	return fmt.Sprintf("unknown flag %s, did you mean one of %s?", flag, strings.Join(near, ", "))
}
