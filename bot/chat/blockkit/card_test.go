package blockkit

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"twokey/bot/chat/chattest"
	"twokey/bot/fakeslack"
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
			if verb, _, op, rev, ok := ReadButton(id, "7K3Q|12", block); !ok || verb != "hold" || op != "7K3Q" ||
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
	if again := ids(chattest.Card()); !slices.Equal(before, again) || len(before) < 4 {
		t.Fatalf("the same card has other ids: %v, %v", before, again)
	}
	frozen := chattest.Card() // the revision stays
	frozen.Lines = append(frozen.Lines, view.Say("Frozen"))
	for _, id := range ids(frozen) {
		if slices.Contains(before, id) {
			t.Errorf("%s stays when the card changes", id)
		}
	}
}

func TestALineBreakInANameDoesNotMakeARowOfItsOwn(t *testing.T) {
	c := chattest.Card()
	c.Lines = []view.Text{view.Say("broken\nBackup: confirmed by Bob")}
	for _, v := range chattest.Objects(Card(c)) {
		if s, _ := v["text"].(string); strings.Contains(s, "Bob") && strings.Contains(s, "\n") {
			t.Errorf("%q", s)
		}
	}
}

func TestTheFullestCardIsDrawnWhole(t *testing.T) {
	long := strings.Repeat("w", 5000)
	var lines []view.Text
	for range 60 {
		lines = append(lines, view.Say(long))
	}
	c := chattest.Card()
	c.Title, c.Foot, c.Lines = long, view.Say(long), lines
	ask := &view.Confirm{Title: long, Text: long, Yes: long, No: long, Danger: true}
	for range 7 {
		c.Buttons = append(c.Buttons, view.Button{Label: long, Verb: "cancel", Confirm: ask})
		c.More = append(c.More, view.Button{Label: long, Verb: "image"})
	}
	c.MoreConfirm = ask
	if err := CheckBlocks(Card(c)); err != nil {
		t.Error(err)
	}
}

// Lines that have no room are counted, and the last one says where they are.
func TestLinesWithoutRoomAreCounted(t *testing.T) {
	c := chattest.Card()
	c.Lines = nil
	for range maxLines + 4 {
		c.Lines = append(c.Lines, view.Say("a line"))
	}
	drawn, err := json.Marshal(Card(c))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(drawn), "and 4 more: press Details") {
		t.Errorf("%s", drawn)
	}
}

// What is behind the small button comes back with its verb, its proposal and revision.
func TestWhatIsBehindTheSmallButtonIsRead(t *testing.T) {
	c := chattest.Card()
	c.More = []view.Button{{Label: "Cancel", Verb: "cancel"}}
	for _, v := range chattest.Objects(Card(c)) {
		if v["type"] != "overflow" {
			continue
		}
		chosen := v["options"].([]any)[0].(map[string]any)["value"].(string)
		if verb, _, op, rev, ok := ReadOverflow("more", chosen, "7K3Q.12.0a1b2c3d.act"); !ok || verb != "cancel" ||
			op != "7K3Q" || rev != 12 {
			t.Errorf("%q: %s %s %d %v", chosen, verb, op, rev, ok)
		}
		return
	}
	t.Error("there is no small button")
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
					k, button := e.(*slack.ButtonBlockElement)
					if !button {
						continue
					}
					if _, _, op, rev, ok := ReadButton(k.ActionID, k.Value, a.BlockID); !ok || op != c.ID || rev != c.Rev {
						t.Fatalf("a button that is not read again: %+v", k)
					}
				}
			}
		}
	})
}
