package commands

import "time"

// Quiet has a trouble that lasts told at its beginning, and then ever more
// rarely: for the logs of those who talk to Slack and to Redis. The zero value is
// ready; all methods may be called from any goroutine.
type Quiet struct{ hush hush }

// Tell reports whether a line about err is to be written now, and how many were
// not since the last was. What differs by numbers alone is the same trouble:
// ports and times are new with each.
func (q *Quiet) Tell(say string, err error, now time.Time) (silent int, yes bool) {
	if err != nil {
		say += "|" + sortOf(err)
	}
	return q.hush.tell(say, now)
}
