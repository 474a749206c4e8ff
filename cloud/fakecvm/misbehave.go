package fakecvm

import (
	"fmt"
	"strings"
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/switchboard"
)

// Switch sets a misbehaviour for every instance. value is "on" (or ""), "off",
// "next=N" for the next N requests only (a bare N says the same), or the
// switch's own argument, with or without next=N after a space or comma:
//
//	Switch("reset_drop_after", "next=1")
//	Switch("reset_error", "InternalServerError next=2")
//	Switch("visible_after", "30s")
//
// An unknown name is an error that lists the names.
func (c *Cloud) Switch(name, value string) error { return c.SwitchFor("", name, value) }

// SwitchFor sets a misbehaviour for one instance, before what is set for all.
// Requests that name no instance follow the latter. Instance "" is Switch.
func (c *Cloud) SwitchFor(instance, name, value string) (err error) {
	c.update(func() { err = c.setSwitch(instance, name, value) })
	return err
}

func (c *Cloud) setSwitch(instance, name, value string) error {
	if instance != "" && c.account.FindMachine(instance) == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	off, err := c.account.Switches.Set(instance, name, value)
	if err != nil {
		return err
	}
	if off {
		c.releaseAnswers(name)
		c.account.Unstick(instance, name)
	}
	c.account.Clock.Skew = c.account.Switches.Duration("clock_skew", "", 0)
	return nil
}

// releaseAnswers releases the answers that a switch holds up.
func (c *Cloud) releaseAnswers(name string) {
	if held, ok := c.held[name]; ok {
		close(held)
		delete(c.held, name)
	}
	if name == "reset_hang" || name == "region_hangs" {
		close(c.released)
		c.released = make(chan struct{})
	}
}

// Switches lists all switches by name, with their help and how they stand.
func (c *Cloud) Switches() (all []switchboard.Info) {
	c.readState(func() { all = c.account.Switches.All() })
	return all
}

// fateBefore finds what happens to a request before the cloud executes it.
func (c *Cloud) fateBefore(req request) string {
	if req.action != account.ActionReset {
		return ""
	}
	return c.takeFirst(req.instance, "reset_drop_before", "reset_html_502", "redirect_307", "redirect_302")
}

// fateAfter finds what happens to the answer of an executed request.
func (c *Cloud) fateAfter(req request) string {
	if fate := c.takeFirst(req.instance, "hold:"+req.action, "drop:"+req.action); fate != "" {
		return fate
	}
	switch {
	case req.action == account.ActionReset:
		return c.takeFirst(req.instance, "reset_drop_after", "reset_hang", "reset_slow_body",
			"reset_html_502_after", "reset_empty", "reset_no_request_id")
	case req.action == account.ActionCreateImage:
		return c.takeFirst(req.instance, "image_drop_after")
	case req.action == "CreateSnapshot":
		return c.takeFirst(req.instance, "snapshot_drop_after")
	case strings.HasPrefix(req.action, "Describe"):
		if hangs, ok := c.account.Switches.Level("region_hangs", ""); ok && hangs == req.region {
			return "region_hangs"
		}
		return c.takeFirst(req.instance, "describe_drop", "describe_empty")
	}
	return ""
}

// releaseOf is closed when the fate of an answer is over.
func (c *Cloud) releaseOf(fate string) <-chan struct{} {
	if switchboard.DeliveryOf(fate) != switchboard.Hold {
		return c.released
	}
	if c.held[fate] == nil {
		c.held[fate] = make(chan struct{})
	}
	return c.held[fate]
}

// answerDelay is how long the answer takes.
func (c *Cloud) answerDelay(req request) time.Duration {
	value, _ := c.account.Switches.Take("slow:"+req.action, req.instance)
	d, _ := time.ParseDuration(value) // checked when it was set; 0 for off
	return d
}

// takeFirst uses the first of the switches that is on, and returns its name.
func (c *Cloud) takeFirst(instance string, names ...string) string {
	for _, name := range names {
		if _, ok := c.account.Switches.Take(name, instance); ok {
			return name
		}
	}
	return ""
}

// switchedError finds the refusal that a switch asks for.
func (c *Cloud) switchedError(req request) *apierr.Error {
	names := []string{"error:" + req.action}
	switch {
	case req.action == account.ActionReset:
		names = append(names, "reset_error")
	case req.action == account.ActionCreateImage:
		names = append(names, "image_error")
	case req.action == "CreateSnapshot":
		names = append(names, "snapshot_error")
	case req.action == "InquiryPriceResetInstance":
		names = append(names, "price_error")
	case strings.HasPrefix(req.action, "Describe"):
		names = append(names, "describe_error")
	}
	if down, ok := c.account.Switches.Level("region_down", ""); ok && down == req.region {
		return apierr.Errorf("InternalError", "An internal error has occurred. Retry your request.")
	}
	for _, name := range names {
		if code, ok := c.account.Switches.Take(name, req.instance); ok {
			return switchedRefusal(code, name, req)
		}
	}
	return camOutage(c.account, req)
}
