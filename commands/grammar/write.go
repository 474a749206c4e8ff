package grammar

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// Write is the line that Parse reads as l: of a proposal, a check or a history. It is
// empty if no line is read so.
func Write(l port.Line) string {
	var ws []string
	if l.Verb != model.VerbPropose {
		ws = append(ws, l.Verb)
	}
	if l.Verb == model.VerbHistory {
		ws = append(ws, l.Target)
	} else {
		ws = append(ws, requestWords(l)...)
	}
	line := strings.Join(ws, " ")
	if back, no := Parse(line); no != nil || !reflect.DeepEqual(back, withLogin(l)) {
		return ""
	}
	return line
}

// withLogin is a line with its login as Parse has it.
func withLogin(l port.Line) port.Line {
	if l.Request.Login.Kind == "" && l.Verb != model.VerbHistory {
		l.Request.Login.Kind = model.LoginMessageCenter
	}
	return l
}

// requestWords are the machines, then the flags that are set.
func requestWords(l port.Line) (ws []string) {
	w := l.Request
	for _, m := range l.Targets {
		ws = append(ws, quoteWord(m))
	}
	if len(l.Targets) == 0 {
		ws = append(ws, quoteWord(w.Target))
	}
	disk, login := "", ""
	if w.DiskGB != 0 {
		disk = strconv.Itoa(w.DiskGB)
	}
	if w.Login.Kind != "" && w.Login.Kind != model.LoginMessageCenter {
		login = w.Login.String()
	}
	for _, f := range []struct{ flag, value string }{
		{"--image", w.Image},
		{"--disk", disk},
		{"--login", login},
		{"--hostname", w.HostName},
		{"--backup", w.Backup},
		{"--account", w.Account},
		{"--region", w.Region},
	} {
		if f.value != "" {
			ws = append(ws, f.flag, quoteWord(f.value))
		}
	}
	if w.Reason != "" {
		ws = append(ws, "--reason", quote(w.Reason))
	}
	return ws
}

// quoteWord puts quotation marks around what is more than one plain word.
func quoteWord(s string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.:,/", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" && !isDashed(s) {
		return s
	}
	return quote(s)
}

// quote puts the quotation marks around s that are not in it, if there are such.
func quote(s string) string {
	if strings.Contains(s, `"`) && !strings.Contains(s, "'") {
		return "'" + s + "'"
	}
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}
