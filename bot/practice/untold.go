package main

import "fmt"

// untold is what was said to one person alone where they do not look, in a thread
// that they have not open; empty: nothing. No story may end with it.
func (p *play) untold() string {
	for _, u := range p.stage.slack.Users() {
		for _, m := range p.stage.slack.Unshown(u.ID) {
			return fmt.Sprintf("%s was told in a thread that they have not open: %s", u.Name, p.stage.slack.PlainText(m))
		}
	}
	return ""
}
