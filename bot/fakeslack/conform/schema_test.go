package conform_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"twokey/bot/fakeslack/conform"
)

func TestTheSchemaIsWhatSlacksTypesSay(t *testing.T) {
	t.Parallel()
	made, err := runNode(t, "schema.mjs").Output()
	if err != nil {
		t.Fatal(err)
	}
	there, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, there) {
		t.Error("schema.json is not what the pinned @slack/types make: npm run schema, in bot/fakeslack/conform")
	}
}

// What Slack would not take is found, by its types or its lengths.
func TestWhatSlackWouldNotTakeIsFound(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("é", n) }
	text := func(s string) string { return `{"type":"plain_text","text":"` + s + `"}` }
	button := func(more string) string {
		return `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":` + text("Go") + more + `}]}]`
	}
	for _, c := range []struct{ what, blocks, says string }{
		{"a header", `[{"type":"header","text":` + text("web-01") + `}]`, ""},
		{"a header of 150", `[{"type":"header","text":` + text(long(150)) + `}]`, ""},
		{
			"a header of 151", `[{"type":"header","text":` + text(long(151)) + `}]`,
			"/0/text: 151 characters of 1 to 150",
		},
		{"an empty header", `[{"type":"header","text":` + text("") + `}]`, "0 characters"},
		{"a header in mrkdwn", `[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "validation failed"},
		{"no such block", `[{"type":"heading","text":` + text("x") + `}]`, "validation failed"},
		{"no such field", `[{"type":"divider","colour":"red"}]`, "validation failed"},
		{"a button", button(`,"style":"danger","value":"v","accessibility_label":"l"`), ""},
		{"no such style", button(`,"style":"red"`), "validation failed"},
		{"a long value", button(`,"value":"` + long(2001) + `"`), "2001 characters of 1 to 2000"},
		{"a long label for readers", button(`,"accessibility_label":"` + long(76) + `"`), "76 characters of 1 to 75"},
		{
			"a long dialog",
			button(
				`,"confirm":{"title":` + text(long(101)) + `,"text":` + text("x") + `,"confirm":` + text("x") +
					`,"deny":` +
					text(long(31)) + `}`,
			),
			"/confirm/title: 101 characters of 1 to 100",
		},
		{
			"a block_id twice", `[{"type":"divider","block_id":"x"},{"type":"divider","block_id":"x"}]`,
			"a second block with the id",
		},
		{
			"51 blocks", "[" + strings.TrimSuffix(strings.Repeat(`{"type":"divider"},`, 51), ",") + "]",
			"51 blocks of 50",
		},
		{
			"11 in a context",
			`[{"type":"context","elements":[` + strings.TrimSuffix(strings.Repeat(text("x")+",", 11), ",") + `]}]`,
			"11 of 1 to 10",
		},
	} {
		found := strings.Join(conform.Message([]byte(c.blocks)), "\n")
		if (c.says == "") != (found == "") || !strings.Contains(found, c.says) {
			t.Errorf("%s: %q is found, not %q", c.what, found, c.says)
		}
	}
	modal := func(title, label string) []byte {
		return []byte(
			`{"type":"modal","title":` + text(title) + `,"blocks":[{"type":"input","label":` + text(label) +
				`,"element":{"type":"plain_text_input","action_id":"a"}}]}`,
		)
	}
	for want, view := range map[string][]byte{
		"": modal("A form", "Reason"), "25 characters of 1 to 24": modal(long(25), "Reason"),
		"2001 characters of 1 to 2000": modal("A form", long(2001)),
		"validation failed":            []byte(`{"type":"modal","blocks":[]}`),
	} {
		if found := strings.Join(conform.Modal(view), "\n"); (want == "") != (found == "") ||
			!strings.Contains(found, want) {
			t.Errorf("%q is found, not %q", found, want)
		}
	}
}
