package policy

import (
	"slices"

	"twokey/commands/reinstall"
)

// ignoreTags reads the keys of tags that are not compared. One on which anything
// hangs is a mistake, for it decides what a machine needs.
func (r *reader) ignoreTags(keys []string, p *reinstall.Policy) {
	for i, k := range keys {
		const path = "$.ignore_tags"
		switch why := p.Decides(k); {
		case k == "":
			r.wrong(path, "entry %d names no tag; write the key of a tag, such as last-scan", i+1)
		case slices.Contains(keys[:i], k):
			r.wrong(path, "%q is named twice", k)
		case why != "":
			r.wrong(path, "%q is always compared, because %s; take it out", k, why)
		}
	}
	p.IgnoreTags = keys
}
