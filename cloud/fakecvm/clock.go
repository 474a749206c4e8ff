package fakecvm

import (
	"fmt"
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
)

// Advance moves the virtual clock forward, so that jobs due by then are done.
// The wall clock, and with it signatures and time stamps, does not move.
func (c *Cloud) Advance(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("cannot advance by %s: virtual time only goes forward", d)
	}
	c.update(func() { c.account.Clock.Advance(d) })
	return nil
}

// SetSpeed sets how many seconds of virtual time pass in one real second; 0
// stops virtual time (Advance still moves it).
func (c *Cloud) SetSpeed(speed float64) error {
	if speed < 0 {
		return fmt.Errorf("speed %v is negative", speed)
	}
	c.update(func() { c.account.Clock.SetSpeed(speed) })
	return nil
}

// isoTime writes a time as CVM does; the zero time reads null.
func isoTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format("2006-01-02T15:04:05Z")
	return &text
}

// bareTime writes a time as CBS does, and CVM those of its repairs: China Standard
// Time without a zone (cloud/doc.go 6.5).
func bareTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(account.China).Format(time.DateTime)
}

// diskTime is bareTime, or UTC if the switch cbs_utc is on.
func diskTime(a *account.Account, t time.Time) string {
	if !t.IsZero() && a.Switches.On("cbs_utc", "") {
		return t.UTC().Format(time.DateTime)
	}
	return bareTime(t)
}

// timeOr reads an optional time of a request; wrong is the error's message.
func timeOr(usual time.Time, text *string, form string, zone *time.Location, wrong string) (time.Time, *apierr.Error) {
	if text == nil {
		return usual, nil
	}
	t, err := time.ParseInLocation(form, *text, zone)
	if err != nil {
		return usual, apierr.Errorf("InvalidParameterValue", wrong, *text)
	}
	return t, nil
}
