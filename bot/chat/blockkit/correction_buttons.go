package blockkit

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

var (
	correctionAction = regexp.MustCompile(`^correction#[0-9]$`)
	correctionBlock  = regexp.MustCompile(`^correction\.[0-9a-f]{8}$`)
)

// WithCorrections is a text's renderings with one before them that has the corrections as
// buttons. One whose line is longer than a value may be has none.
func WithCorrections(rs []Rendering, cs []view.Correction) []Rendering {
	h := sha256.New()
	var els []slack.BlockElement
	for _, c := range cs {
		if len(els) == view.MostCorrections || c.Line == "" || !utf8.ValidString(c.Line) ||
			utf8.RuneCountInString(c.Line) > maxValue {
			continue
		}
		b := view.Button{Label: c.Label}
		els = append(els, newButton(b, fmt.Sprintf("correction#%d", len(els)), c.Line, "did you mean this"))
		_, _ = h.Write([]byte(c.Line + "\n"))
	}
	if len(els) == 0 {
		return rs
	}
	first := Rendering{rs[0].Text, slices.Clone(rs[0].Blocks)}
	first.Blocks = append(first.Blocks, slack.NewActionBlock(fmt.Sprintf("correction.%x", h.Sum(nil)[:4]), els...))
	if CheckBlocks(first.Blocks) != nil {
		return rs
	}
	return append([]Rendering{first}, rs...)
}

// ReadCorrection reads the line that a correction stands for. ok is false unless
// action_id, value and block_id are as WithCorrections makes them. That the message is for
// one person alone is in its container (bot/chat, section 3.12).
func ReadCorrection(action, value, block string) (line string, ok bool) {
	ok = correctionAction.MatchString(action) && correctionBlock.MatchString(block) && value != "" &&
		utf8.RuneCountInString(value) <= maxValue
	return value, ok
}
