package views

import "time"

// triggerLife is how long a trigger can be used.
const triggerLife = 3 * time.Second

// A Trigger lets the app open one modal, once, within three seconds.
type Trigger struct {
	User string
	View string // the modal it was pressed in, if any
	At   time.Time

	used bool
}

// Triggers are those given out, by their ids.
type Triggers map[string]*Trigger

// Spend uses a trigger up. Otherwise it returns the API error's code.
func (t Triggers) Spend(id string, now time.Time) (*Trigger, string) {
	one := t[id]
	switch {
	case one == nil:
		return nil, "invalid_trigger_id"
	case one.used:
		return nil, "exchanged_trigger_id"
	case now.Sub(one.At) > triggerLife:
		return nil, "expired_trigger_id"
	}
	one.used = true
	return one, ""
}
