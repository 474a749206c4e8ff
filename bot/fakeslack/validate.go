package fakeslack

import (
	"encoding/json"
	"fmt"
	"strings"
)

// blocks.validate is Slack's own check of blocks, messages and views: a method of
// 2026 that needs no scope and posts nothing. It takes exactly one of the three
// and answers with errors of pointer, code and message
// (docs.slack.dev/reference/methods/blocks.validate).
const validateMethod = "blocks.validate"

func (s *Slack) blocksValidate(a args) (answer, *refusal) {
	given := 0
	for _, name := range []string{"blocks", "message", "view"} {
		if a[name] != "" {
			given++
		}
	}
	if given != 1 {
		return nil, refuseWith("invalid_arguments", []string{"[ERROR] must provide exactly one of blocks, view, or message"})
	}
	if raw := a["blocks"]; raw != "" {
		return s.validated("invalid_blocks", raw, func(v any) []string {
			return s.stricter(v, checkBlocks(v, "", maxMessageBlocks, messageBlockKinds))
		})
	}
	if raw := a["message"]; raw != "" {
		return s.validated("invalid_message", raw, func(v any) []string {
			m, _ := v.(map[string]any)
			return CheckBlocks(m["blocks"])
		})
	}
	return s.validated("invalid_view", a["view"], func(v any) []string {
		var out []string
		for _, p := range CheckView(v) {
			out = append(out, strings.Replace(p, "[json-pointer:/view", "[json-pointer:", 1))
		}
		return out
	})
}

// validated answers with what the check found.
func (s *Slack) validated(code, raw string, check func(any) []string) (answer, *refusal) {
	var v any
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		return nil, refuseWith("invalid_arguments", []string{"[ERROR] must be JSON"})
	}
	problems := check(v)
	if len(problems) == 0 {
		return answer{}, nil
	}
	var errors []map[string]any
	for _, p := range problems {
		message, at, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(p, "[ERROR] "), "]"), " [json-pointer:")
		errors = append(errors, map[string]any{"pointer": at, "code": "failed_constraint", "message": message})
	}
	return nil, &refusal{code: code, fields: answer{"errors": errors}}
}

// stricter adds what the switch strict_blocks has refused.
func (s *Slack) stricter(blocks any, problems []string) []string {
	if s.faults.counts["strict_blocks"] == 0 {
		return problems
	}
	c := &checker{problems: problems}
	for i, b := range blocksOf(blocks) {
		if b["type"] == "divider" {
			c.fail(fmt.Sprintf("/%d/type", i), "unsupported type: divider")
		}
	}
	return c.problems
}
