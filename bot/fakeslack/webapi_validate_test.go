package fakeslack_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twokey/bot/fakeslack"
)

// A refusal of blocks.validate has a pointer, a code and words for each mistake,
// and posts nothing.
func TestBlocksAreValidatedByTheRulesOfPosting(t *testing.T) {
	w := newWorld(t, func(c *fakeslack.Config) { c.RateScale = 1e6; c.Scopes = []string{} })
	for _, c := range []struct{ arg, value, code, pointer string }{
		{"blocks", `[{"type":"divider"}]`, "", ""},
		{
			"blocks", `[{"type":"header","text":{"type":"plain_text","text":"x","colour":"red"}}]`, "invalid_blocks",
			"/0/text/colour",
		},
		{"message", `{"blocks":[{"type":"divider"}]}`, "", ""},
		{
			"message", `{"blocks":[{"type":"alert","text":{"type":"mrkdwn","text":"x"}}]}`, "invalid_message",
			"/blocks/0/type",
		},
		{"view", `{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[{"type":"divider"}]}`, "", ""},
		{"view", `{"type":"modal","blocks":[{"type":"divider"}]}`, "invalid_view", ""},
		{"view", `{"type":"home","blocks":[{"type":"wrong"}]}`, "invalid_view", "/blocks/0/type"},
		{"blocks", `nothing`, "invalid_arguments", ""},
		{"text", `x`, "invalid_arguments", ""},
	} {
		got := validated(t, w, url.Values{c.arg: {c.value}})
		if got.OK != (c.code == "") || got.Error != c.code {
			t.Errorf("%s %s: %+v", c.arg, c.value, got)
		}
		told := c.code != "" && c.code != "invalid_arguments"
		if first := got.first(); first.Pointer != c.pointer || (first.Code != "") != told ||
			(first.Message != "") != told {
			t.Errorf("%s %s: %s", c.arg, c.value, got.Errors)
		}
	}
	if err := w.Switch("no_validate", "on"); err != nil {
		t.Fatal(err)
	}
	if got := validated(t, w, url.Values{"blocks": {`[]`}}); got.Error != "unknown_method" {
		t.Errorf("%+v", got)
	}
}

type validation struct {
	OK     bool            `json:"ok"`
	Error  string          `json:"error"`
	Errors json.RawMessage `json:"errors"`
}

// first is the first of the mistakes; the zero value if there is none.
func (v validation) first() (out struct{ Pointer, Code, Message string }) {
	var all []struct{ Pointer, Code, Message string }
	if json.Unmarshal(v.Errors, &all) == nil && len(all) > 0 {
		out = all[0]
	}
	return out
}

func validated(t *testing.T, w *world, form url.Values) (out validation) {
	t.Helper()
	req, err := http.NewRequestWithContext(
		w.ctx, http.MethodPost, w.origin+"/api/blocks.validate", strings.NewReader(form.Encode()),
	)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer xoxb-test")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return out
}
