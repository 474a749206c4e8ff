package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/bot/fakeslack"
)

// markup is what stands in <..> of a message's top-level text and is none that
// Twokey writes: people, groups and moments.
var (
	markup = regexp.MustCompile(`<[^>]*>?`)
	own    = regexp.MustCompile(`^<(@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!date\^[0-9]+\^[^<>|]*\|[^<>|]*)>$`)
)

// doNoneHidden looks through every message, thread, whisper and earlier version
// of a card for what could deceive: characters that cannot be seen or turn text
// around, markup that is none of ours, and text in which Slack reads markup.
func doNoneHidden(ts *testscript.TestScript, _ bool, _ []string) {
	st := stageOf(ts)
	var all []fakeslack.Message
	for _, m := range st.slack.Messages(channel) {
		all = append(all, st.slack.Versions(channel, m.TS)...)
		all = append(all, st.slack.Thread(channel, m.TS)...)
	}
	for _, u := range st.slack.Users() {
		all = append(all, st.slack.Ephemerals(u.ID)...)
	}
	for _, m := range all {
		if m.BotID == "" && m.EphemeralTo == "" {
			continue
		}
		ts.Check(checkHonest(m))
	}
	if len(all) == 0 {
		ts.Fatalf("there is nothing to look at")
	}
}

func checkHonest(m fakeslack.Message) error {
	raw, err := json.Marshal(m.Blocks)
	if err != nil {
		return err
	}
	for _, r := range m.Text + string(raw) {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u200b') {
			return fmt.Errorf("%U is sent in: %q", r, m.Text)
		}
	}
	for _, tag := range markup.FindAllString(m.Text, -1) {
		if !own.MatchString(tag) {
			return fmt.Errorf("%s is markup in: %q", tag, m.Text)
		}
	}
	if bad := regexp.MustCompile(`"type":"(mrkdwn|broadcast|section)"`).FindString(string(raw)); bad != "" {
		return fmt.Errorf("%s in: %s", bad, raw)
	}
	return nil
}

// doNoSecret looks for a machine's generated password wherever it must not be:
// in any message, in what anybody was told alone, in the log, in Redis' files.
func doNoSecret(ts *testscript.TestScript, _ bool, args []string) {
	needWords(ts, args, 1)
	st, p := stageOf(ts), playOf(ts)
	i, err := st.machineNamed(args[0])
	ts.Check(err)
	if len(i.Password) < 12 {
		ts.Fatalf("%s has no generated password", args[0])
	}
	places := map[string]string{"the thread": p.threadText(), "the card": p.cardText(), "the log": st.bot.log.String()}
	for _, u := range st.slack.Users() {
		places["what "+u.Name+" was told"] = p.toldAlone(u.ID)
	}
	aof, err := filepath.Glob(filepath.Join(st.dir, "appendonlydir", "*"))
	ts.Check(err)
	for _, f := range aof {
		b, err := os.ReadFile(f)
		ts.Check(err)
		places[f] = string(b)
	}
	for where, text := range places {
		if strings.Contains(text, i.Password) {
			ts.Fatalf("the password stands in %s", where)
		}
	}
	if len(aof) == 0 {
		ts.Fatalf("Redis wrote nothing that could be looked at")
	}
}
