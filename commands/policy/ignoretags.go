package policy

import (
	"slices"

	"twokey/commands/reinstall/model"
)

// readIgnoreTags reads the keys of tags that are not compared. One on which anything
// hangs is a mistake, for it decides what a machine needs.
func (r *reader) readIgnoreTags(keys []string, p *model.Policy) {
	for i, k := range keys {
		const path = "$.ignore_tags"
		switch why := p.WhyCompared(k); {
		case k == "":
			r.addMistake(path, "entry %d names no tag; write the key of a tag, such as last-scan", i+1)
		case slices.Contains(keys[:i], k):
			r.addMistake(path, "%q is named twice", k)
		case why != "":
			r.addMistake(path, "%q is always compared, because %s; take it out", k, why)
		}
	}
	p.IgnoreTags = keys
}
