package fakeslack

import (
	"encoding/json"
	"strings"

	"twokey/bot/fakeslack/blockkit"
)

// blocksValidate takes exactly one of the three and answers with errors of pointer,
// code and message (methods.Validate).
func (s *webAPI) blocksValidate(a args) (answer, *refusal) {
	given := 0
	for _, name := range []string{"blocks", "message", "view"} {
		if a[name] != "" {
			given++
		}
	}
	if given != 1 {
		return nil, refuseWith("invalid_arguments",
			[]string{"[ERROR] must provide exactly one of blocks, view, or message"})
	}
	if raw := a["blocks"]; raw != "" {
		return s.answerValidation("invalid_blocks", raw, func(v any) []string {
			problems := blockkit.CheckMessage(v, "")
			if s.faults.On("strict_blocks") {
				problems = append(problems, blockkit.RefuseOverflow(v)...)
			}
			return problems
		})
	}
	if raw := a["message"]; raw != "" {
		return s.answerValidation("invalid_message", raw, func(v any) []string {
			m, _ := v.(map[string]any)
			return CheckBlocks(m["blocks"])
		})
	}
	return s.answerValidation("invalid_view", a["view"], func(v any) []string {
		var out []string
		for _, p := range CheckView(v) {
			out = append(out, strings.Replace(p, "[json-pointer:/view", "[json-pointer:", 1))
		}
		return out
	})
}

// answerValidation answers with what the check found.
func (s *webAPI) answerValidation(code, raw string, check func(any) []string) (answer, *refusal) {
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
