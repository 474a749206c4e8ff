package deploy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"twokey/bot/chat"
	"twokey/bot/chat/blockkit"
	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/sample"
	"twokey/commands/screen"
	"twokey/commands/short"
	"twokey/commands/view"
)

// longNames are names of 60 letters, and what there is of them.
var longNames = map[string]string{
	"letters":  "checkout-payments-gateway-canary-europe-west-production-b",
	"entities": "a&b<c>d&e<f>g&h<i>j&k<l>m&n<o>p&q<r>s&t<u>v&w<x>y&z<\"&\\/<",
	"chinese":  strings.Repeat("支付网关生产环境服务器", 6)[:57*3],
	"pictures": strings.Repeat("🚒", 57),
}

// twentyOf are as many machines as one proposal takes. Each has a state that a card of
// one machine can have.
func twentyOf(t *testing.T, state func(i int) sample.Card) (recs []port.Record, now time.Time) {
	t.Helper()
	var ids []string
	for i := range reinstall.MostInBatch {
		ids = append(ids, fmt.Sprintf("7K%02d", i))
	}
	for i, id := range ids {
		s := state(i)
		op := s.Record.Op
		op.ID, op.Batch = id, &reinstall.Batch{Item: "item", Members: ids, Index: i}
		op.Plan.Instance = fmt.Sprintf("ins-1a2b3c%02d", i)
		if op.Plan.Tags = maps.Clone(op.Plan.Tags); op.Plan.Tags == nil {
			op.Plan.Tags = map[string]string{}
		}
		op.Plan.Tags["number"] = fmt.Sprint(i)
		recs = append(recs, port.Record{Op: op, Rev: s.Record.Rev})
		if s.At.After(now) {
			now = s.At
		}
	}
	return recs, now
}

// withNames gives each a name that begins so.
func withNames(recs []port.Record, name string) []port.Record {
	recs = slices.Clone(recs)
	for i := range recs {
		recs[i].Op.Plan.Name = fmt.Sprintf("%s-%02d", name, i)
	}
	return recs
}

// counted counts what went another way than was meant.
type counted map[string]int

func (c counted) Refused(reason string) { c[reason]++ }

func (c counted) Acked(string, time.Duration) {}

func (c counted) Called(string, string) {}

// batchStates are the states of all twenty: all in the same, and each in another.
func batchStates(t *testing.T) map[string]func(i int) sample.Card {
	t.Helper()
	all := slices.DeleteFunc(sampleCards(t), func(s sample.Card) bool { return s.Record.Op.Batch != nil })
	out := map[string]func(int) sample.Card{
		"mixed":       func(i int) sample.Card { return all[i%len(all)] },
		"mixed later": func(i int) sample.Card { return all[(i+20)%len(all)] },
	}
	for _, s := range all {
		out[s.Name] = func(int) sample.Card { return s }
	}
	return out
}

// Twenty machines with long names of any letters, in every state: Slack takes the full
// card and the full form of Details, and each machine is named on one of them.
func TestTwentyMachinesWithLongNamesHaveTheirCardInEveryState(t *testing.T) {
	double := fakeslack.New(fakeslack.Config{RateScale: 1e6, People: fakeslack.SamplePeople()})
	server := httptest.NewServer(double)
	t.Cleanup(server.Close)
	double.SetURL(server.URL)
	odd := counted{}
	c, err := chat.New(chat.Config{
		Token: "xoxb-practice", SigningSecret: "practice-signing-secret",
		APIURL: server.URL + "/api/", RateScale: 1e6, Metrics: odd,
	})
	if err != nil {
		t.Fatal(err)
	}
	all := batchStates(t)
	for _, state := range short.Of(slices.Sorted(maps.Keys(all)), 4) {
		recs, now := twentyOf(t, all[state])
		for kind, name := range longNames {
			ops, yuan := port.Ops(withNames(recs, name)), func(string) string { return "CNY" }
			what, card := kind+", "+state, screen.DrawCard(ops, recs[0].Rev, yuan, now, nil)
			text := checkBatchCard(t, double, c, what, card)
			checkRest(t, what, text, ops)
			details := checkDetails(t, double, what, screen.DetailsForm(ops, recs[0].Rev, yuan, now))
			for _, op := range ops {
				if !strings.Contains(text+details, op.TypedName()) {
					t.Errorf("%s: neither card nor Details name %s", what, op.TypedName())
				}
			}
		}
	}
	if len(odd) > 0 {
		t.Errorf("something was drawn in another way than meant: %v", odd)
	}
}

// checkBatchCard posts and edits a card of twenty, and compares what Slack shows with it.
func checkBatchCard(t *testing.T, double *fakeslack.Slack, c *chat.Chat, what string, card view.Card) (text string) {
	t.Helper()
	a, err := c.PostCard(t.Context(), card, what)
	if err != nil {
		t.Fatalf("%s: posted: %v", what, err)
	}
	card.Rev++
	if err := c.UpdateCard(t.Context(), a, card); err != nil {
		t.Errorf("%s: edited: %v", what, err)
	}
	text = double.PlainText(double.Thread(a.Channel, a.TS)[0])
	for _, b := range card.Buttons {
		if !strings.Contains(text, "["+b.Label+"]") {
			t.Errorf("%s: the card has no button %s", what, b.Label)
		}
		if b.Label == "Approve" && (b.Confirm == nil || !strings.Contains(b.Confirm.Title, "20 machines")) {
			t.Errorf("%s: Approve does not ask about 20 machines: %+v", what, b.Confirm)
		}
	}
	if !strings.Contains(card.Title, "20 machines") || !strings.HasPrefix(text, card.Title+"\n") {
		t.Errorf("%s: the card does not begin with how many they are:\n%s", what, text)
	}
	return text
}

var (
	restOfMachines  = regexp.MustCompile(`^… and ([0-9]+) more machines.*[:;] press Details$`)
	quietMachines   = regexp.MustCompile(`No sign of use: (?:all )?([0-9]+)(?: of [0-9]+)? machines$`)
	quietByName     = regexp.MustCompile(`No sign of use: .*[^…]$`)
	betweenTheNames = regexp.MustCompile(`, | and `)
)

// checkRest compares what a card says of those that have no line on it with the lines
// above: together they are all machines, or all that can still be stopped.
func checkRest(t *testing.T, what, text string, ops []reinstall.Operation) {
	t.Helper()
	lines, shown, left, counts := strings.Split(text, "\n"), 0, 0, 0
	for _, line := range lines {
		if n, ok := machinesOfLine(line, ops); ok {
			shown += n
			continue
		}
		if n, ok := machinesCountedBy(line); ok {
			left += n
			counts++
			continue
		}
		if all := shown + left; left > 0 && all != len(ops) && all != len(screen.OpenOps(ops)) {
			t.Errorf("%s: %d machines have a line, and %d are counted:\n%s", what, shown, left, text)
		}
		shown, left = 0, 0
	}
	if counts == 0 {
		t.Errorf("%s: the card does not say how many have no line:\n%s", what, text)
	}
}

// machinesOfLine is how many machines a line is of: one, or those that it names as
// without a sign of use.
func machinesOfLine(line string, ops []reinstall.Operation) (int, bool) {
	if slices.ContainsFunc(ops, func(op reinstall.Operation) bool { return isLineOf(line, op.TypedName()) }) {
		return 1, true
	}
	if quietByName.MatchString(line) && !quietMachines.MatchString(line) {
		return 1 + len(betweenTheNames.FindAllString(line, -1)), true
	}
	return 0, false
}

// machinesCountedBy is the figure of a line that only counts.
func machinesCountedBy(line string) (int, bool) {
	for _, r := range []*regexp.Regexp{restOfMachines, quietMachines} {
		if m := r.FindStringSubmatch(line); m != nil {
			n, err := strconv.Atoi(m[1])
			return n, err == nil
		}
	}
	return 0, false
}

// isLineOf reports whether a line is a machine's own: a sign, its name, and how it is.
// Where bytes are short, it is cut within the name.
func isLineOf(line, name string) bool {
	_, after, signed := strings.Cut(line, ": ")
	if !signed || !strings.HasPrefix(line, ":") {
		return false
	}
	isCut := strings.HasSuffix(line, "…") && strings.HasPrefix(after, string([]rune(name)[:20]))
	return isCut || strings.HasPrefix(after, name+": ")
}

// checkDetails renders the form of Details, and is what Slack shows of it.
func checkDetails(t *testing.T, double *fakeslack.Slack, what string, f view.Form) string {
	t.Helper()
	raw, err := json.Marshal(blockkit.Modal(f, ""))
	if err != nil {
		t.Fatal(err)
	}
	var modal struct{ Blocks []fakeslack.Block }
	var all any
	if err := errors.Join(json.Unmarshal(raw, &modal), json.Unmarshal(raw, &all)); err != nil {
		t.Fatal(err)
	}
	if bad := fakeslack.CheckView(all); len(bad) > 0 {
		t.Errorf("%s: Slack refuses Details: %v", what, bad)
	}
	return double.PlainBlocks(modal.Blocks)
}
