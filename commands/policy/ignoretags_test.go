package policy

import (
	"testing"
)

const ignoringPolicy = goodPolicy + `limits: {by_tag: {"team=shop": {at_once: 1}}}
ignore_tags: [last-scan, owner]
`

func TestAMistakeInWhatIsNotComparedSaysWhatHangsOnIt(t *testing.T) {
	if _, err := Parse("twokey.yaml", []byte(ignoringPolicy)); err != nil {
		t.Fatal(err)
	}
	toldOf(t, ignoringPolicy, map[string]slip{
		"a rule's": {
			"[last-scan, owner]", "[last-scan, env]",
			`"env" is always compared, because a rule looks at it; take it out`,
		},
		"a limit's": {
			"[last-scan, owner]", "[team]",
			`"team" is always compared, because a limit looks at it; take it out`,
		},
		"the cloud's": {
			"[last-scan, owner]", `["tencentcloud:autoscaling:auto-scaling-group-id"]`,
			"because it is one of the cloud's own, which show what a machine belongs to",
		},
		"twice": {"[last-scan, owner]", "[owner, owner]", `"owner" is named twice`},
		"nothing": {
			"[last-scan, owner]", `["", owner]`,
			"entry 1 names no tag; write the key of a tag, such as last-scan",
		},
		"a typo": {"ignore_tags", "ignored_tags", "ignore_tags"},
	})
}
