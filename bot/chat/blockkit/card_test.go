package blockkit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"twokey/bot/chat/chattest"
	"twokey/bot/fakeslack"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

func TestEachButtonSaysItsMachineToAScreenReader(t *testing.T) {
	for _, v := range chattest.Objects(Card(chattest.Card())) {
		if v["type"] == "button" {
			if v["accessibility_label"] != v["text"].(map[string]any)["text"].(string)+", web-01" ||
				v["value"] != "7K3Q|12" {
				t.Errorf("%v", v)
			}
		}
	}
}

func TestTwoButtonsOfOneVerbHaveTheirOwnIDAndBothAreRead(t *testing.T) {
	c := chattest.Card()
	c.Buttons = []view.Button{{Label: "Hold", Verb: "hold"}, {Label: "Hold all", Verb: "hold"}}
	blocks := Card(c)
	if err := CheckBlocks(blocks); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"hold", "hold#1"} {
		// the first as an earlier version drew it
		for _, block := range []string{"7K3Q.12.act", "7K3Q.12.0a1b2c3d.act"} {
			if verb, op, rev, ok := ReadButton(id, "7K3Q|12", block); !ok || verb != "hold" || op != "7K3Q" ||
				rev != 12 {
				t.Errorf("%s: %s %s %d", id, verb, op, rev)
			}
		}
	}
}

func TestEveryChangeOfACardHasNewBlockIDsAndNoOtherHas(t *testing.T) {
	ids := func(c view.Card) (out []string) {
		for _, v := range chattest.Objects(Card(c)) {
			if id, ok := v["block_id"].(string); ok {
				out = append(out, id)
			}
		}
		return out
	}
	before := ids(chattest.Card())
	if again := ids(chattest.Card()); !slices.Equal(before, again) || len(before) < 5 {
		t.Fatalf("the same card has other ids: %v, %v", before, again)
	}
	frozen := chattest.Card() // the revision stays
	frozen.Findings = append(frozen.Findings, view.Say("Frozen"))
	for _, id := range ids(frozen) {
		if slices.Contains(before, id) {
			t.Errorf("%s stays when the card changes", id)
		}
	}
}

func TestALineBreakInANameDoesNotMakeARowOfItsOwn(t *testing.T) {
	c := chattest.Card()
	c.Facts = []view.Row{{Label: "Reason", Value: view.Say("broken\nBackup  confirmed by Bob")}}
	for _, v := range chattest.Objects(Card(c)) {
		if s, _ := v["text"].(string); strings.Contains(s, "Bob") && strings.Contains(s, "\n") {
			t.Errorf("%q", s)
		}
	}
}

func TestTheFullestCardIsDrawnWhole(t *testing.T) {
	long := strings.Repeat("w", 5000)
	rows, lines := []view.Row{}, []view.Text{}
	for range 20 {
		rows, lines = append(rows, view.Row{Label: long, Value: view.Say(long)}), append(lines, view.Say(long))
	}
	c := chattest.Card()
	c.Title, c.Lead, c.Foot, c.Status.Word = long, view.Say(long), view.Say(long), long
	c.Facts, c.Keys, c.Findings, c.Around, c.Progress, c.Changed = rows, rows, lines, lines, lines, lines
	for range 7 {
		c.Buttons = append(c.Buttons, view.Button{Label: long, Verb: "cancel"})
	}
	for what, machines := range map[string][]view.Row{"one machine": nil, "twenty machines": rows} {
		c.Machines = machines
		if err := CheckBlocks(Card(c)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Of twenty machines each has its row, whatever else is left out.
func TestACardOfTwentyMachinesHasARowForEach(t *testing.T) {
	c := chattest.Card()
	for i := range reinstall.MostInBatch {
		c.Machines = append(c.Machines, view.Row{
			Label: fmt.Sprintf("web-%02d", i+1),
			Value: view.Say("Waiting for keys"),
		})
	}
	drawn, err := json.Marshal(Card(c))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.Machines {
		if !strings.Contains(string(drawn), m.Label) {
			t.Errorf("%s has no row", m.Label)
		}
	}
}

func TestEveryCardIsDrawnWithinSlacksLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCard(t)
		blocks := Card(c)
		if err := CheckBlocks(blocks); err != nil {
			t.Fatalf("%+v\n%v", c, err)
		}
		if bad := fakeslack.CheckBlocks(blocks); len(bad) > 0 {
			t.Fatalf("the double refuses what the check lets through: %v", bad)
		}
		if bad := fakeslack.CheckBlocks(ReducedCard(c)); len(bad) > 0 {
			t.Fatalf("the bare card: %v", bad)
		}
		for _, block := range blocks {
			if a, ok := block.(*slack.ActionBlock); ok {
				for _, e := range a.Elements.ElementSet {
					k := e.(*slack.ButtonBlockElement)
					if _, op, rev, ok := ReadButton(k.ActionID, k.Value, a.BlockID); !ok || op != c.ID || rev != c.Rev {
						t.Fatalf("a button that is not read again: %+v", k)
					}
				}
			}
		}
	})
}
