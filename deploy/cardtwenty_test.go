package deploy_test

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/bot/chat"
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
// card, and each machine has its row. The card says what has no room on it.
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
			card := screen.DrawCard(port.Ops(withNames(recs, name)), recs[0].Rev, func(string) string { return "CNY" },
				now, nil)
			checkBatchCard(t, double, c, kind+", "+state, card)
		}
	}
	if len(odd) > 0 {
		t.Errorf("something was drawn in another way than meant: %v", odd)
	}
}

// checkBatchCard posts and edits a card of twenty, and compares what Slack shows with it.
func checkBatchCard(t *testing.T, double *fakeslack.Slack, c *chat.Chat, what string, card view.Card) {
	t.Helper()
	a, err := c.PostCard(t.Context(), card, what)
	if err != nil {
		t.Errorf("%s: posted: %v", what, err)
		return
	}
	card.Rev++
	if err := c.UpdateCard(t.Context(), a, card); err != nil {
		t.Errorf("%s: edited: %v", what, err)
	}
	text := double.PlainText(double.Thread(a.Channel, a.TS)[0])
	for i := range card.Machines {
		if !strings.Contains(text, fmt.Sprintf("-%02d  ", i)) {
			t.Errorf("%s: the card has no row of machine %d:\n%s", what, i, text)
			break
		}
	}
	for _, b := range card.Buttons {
		if !strings.Contains(text, "["+b.Label+"]") {
			t.Errorf("%s: the card has no button %s", what, b.Label)
		}
	}
	if !strings.Contains(text, card.Status.Word) || !strings.Contains(text, fmt.Sprintf("revision %d", card.Rev)) {
		t.Errorf("%s: the card does not say its state, or is an old one:\n%s", what, text)
	}
	over := c.Over(card)
	left := len(over.Machines)+len(over.Facts)+len(over.Keys)+len(over.Findings)+len(over.Around)+len(over.Changed) > 0
	if said := strings.Contains(text, "The rest is in the thread."); said != left {
		t.Errorf("%s: it says that there is a rest: %v, and there is one: %v", what, said, left)
	}
}
