package fakecvm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// consoleAction is something that a person does to an instance in the console.
type consoleAction struct {
	phase    string // InstanceState meanwhile
	then     string // InstanceState afterwards, "" for as before
	instant  bool   // changes attributes only: needs no mutex, is done at once
	anyState bool   // does not ask for a healthy, running system
}

var consoleActions = map[string]consoleAction{
	"StopInstances":          {phase: stateStopping, then: stateStopped},
	"StartInstances":         {phase: stateStarting, then: stateRunning},
	"RebootInstances":        {phase: "REBOOTING", then: stateRunning},
	"ResetInstancesPassword": {},
	"EnterRescueMode":        {phase: "ENTER_RESCUE_MODE", then: "RESCUE_MODE"},
	"ExitRescueMode":         {phase: "EXIT_RESCUE_MODE", then: stateStopped, anyState: true},
	"TerminateInstances":     {phase: "TERMINATING", anyState: true},
	renamed:                  {instant: true},
	"ModifyInstancesAttribute.SecurityGroups": {instant: true},
	"ModifyInstancesRenewFlag":                {instant: true},
	"AssociateSecurityGroups":                 {instant: true},
	"DisassociateSecurityGroups":              {instant: true},
	"ModifyInstancesVpcAttribute":             {phase: "REBOOTING", then: stateRunning},
	actionReset:                               {},
}

// Operate does to an instance what someone at the console would, and so
// replaces LatestOperation, at once and for all readers. Power operations take
// ConsoleTakes and, like the real ones, are refused with an *Error while another
// operation runs; changes of attributes (ModifyInstancesAttribute, ..) are done
// at once and at any time. The record of one says what it changed
// (ModifyInstancesAttribute.InstanceName, also if it is not said).
// "ResetInstance" reinstalls the present image. An unknown action is an error
// that lists the actions.
func (c *Cloud) Operate(instance, action string) (err error) {
	c.update(func() { err = c.account.operate(instance, action) })
	return err
}

func (a *account) operate(instance, action string) error {
	m := a.machine(instance)
	if m == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	if action == "ModifyInstancesAttribute" {
		action = renamed
	}
	how, ok := consoleActions[action]
	if !ok {
		return fmt.Errorf("no console action %q; there are: %s", action, strings.Join(slices.Sorted(maps.Keys(consoleActions)), ", "))
	}
	now, id := a.clock.virtual(), a.newRequestID()
	call, _, _ := strings.Cut(action, ".") // the record says what it changed; the event, what was called
	seen := event{name: call, requestID: id, region: m.Region, instance: m.ID, user: ConsoleUser, key: ConsoleKey, console: true}
	if how.instant {
		a.keepEvent(seen)
		m.note(Operation{Name: action, State: opSuccess, RequestID: id}, now, now)
		return nil
	}
	if action == actionReset {
		return a.consoleReset(m, seen)
	}
	if e := m.refuses(action, how); e != nil {
		seen.code = e.Code
		a.keepEvent(seen)
		return e
	}
	a.keepEvent(seen)
	j := &job{start: now, visible: now, end: now + ConsoleTakes}
	if how.phase != "" {
		j.phase = func(float64) string { return how.phase }
	}
	a.occupy(m, Operation{Name: action, State: opOperating, RequestID: id}, j, func() (string, string) {
		m.operated(how)
		if action == "TerminateInstances" {
			a.machines = slices.DeleteFunc(a.machines, func(one *machine) bool { return one == m })
			clear(a.owners)
		}
		return opSuccess, ""
	})
	return nil
}

func (a *account) consoleReset(m *machine, seen event) error {
	plan, e := a.planReset(resetParams{priceParams: priceParams{InstanceID: m.ID}}, m.Region)
	if e != nil {
		seen.code = e.Code
		a.keepEvent(seen)
		return e
	}
	if name, other := a.switches.level("audit_reset_name", m.ID); other {
		seen.name = name
	}
	a.keepEvent(seen)
	a.beginReset(plan, seen.requestID)
	return nil
}

// refuses tells why a console action cannot be done now, or nil.
func (m *machine) refuses(action string, how consoleAction) *Error {
	if m.job != nil {
		return m.ready()
	}
	if action == "TerminateInstances" && m.DisableAPITermination {
		return fail("OperationDenied.InstanceDisableApiTermination", "The instance `%s` is protected against termination.", m.ID)
	}
	if how.anyState {
		return nil
	}
	if m.ReinstallFailed {
		return fail("UnsupportedOperation.InstanceReinstallFailed", "The instance `%s` failed to be reinstalled and does not support this operation.", m.ID)
	}
	if action == "StartInstances" && m.StopChargingMode == "STOP_CHARGING" {
		return nil
	}
	return m.ready()
}

func (m *machine) operated(how consoleAction) {
	if how.then == "" {
		return
	}
	m.State, m.StopChargingMode = how.then, "NOT_APPLICABLE"
	if how.then == stateStopped {
		m.StopChargingMode = "KEEP_CHARGING"
	}
}

// Patch changes an instance as if the cloud had always held it so: f gets the
// instance as it stands and changes it in place. Id and region stay what they
// are. A changed Latest is shown at once. An operation that runs goes on.
// f is called with the Cloud locked and must not call its methods.
func (c *Cloud) Patch(instance string, f func(*Instance)) (err error) {
	c.update(func() { err = c.account.patch(instance, f) })
	return err
}

func (a *account) patch(instance string, f func(*Instance)) error {
	m := a.machine(instance)
	if m == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	i := m.clone()
	i.Latest = m.records[len(m.records)-1].op
	before := i.Latest
	f(&i)
	i.ID, i.Region = m.ID, m.Region
	m.Instance, m.behind = i.clone(), behind{}
	if i.Latest != before {
		m.records = []record{{from: a.clock.virtual(), op: i.Latest}}
	}
	return nil
}

// SetTag sets a tag of an instance; a nil value removes it.
func (c *Cloud) SetTag(instance, key string, value *string) error {
	return c.Patch(instance, func(i *Instance) {
		if value == nil {
			delete(i.Tags, key)
			return
		}
		i.Tags[key] = *value
	})
}

// SetName renames an instance, as somebody at the console would: its record says
// ModifyInstancesAttribute.InstanceName from then on.
func (c *Cloud) SetName(instance, name string) (err error) {
	c.update(func() {
		if err = c.account.patch(instance, func(i *Instance) { i.Name = name }); err == nil {
			err = c.account.operate(instance, renamed)
		}
	})
	return err
}

// AddInstance adds an instance to the account. Its id has to be new; empty
// states, charge type, licence and login mean those of a healthy, running one.
func (c *Cloud) AddInstance(i Instance) (err error) {
	c.update(func() { err = c.account.addInstance(i) })
	return err
}

// AddImage adds an image to the account, or replaces the one of that id and
// region.
func (c *Cloud) AddImage(i Image) {
	c.update(func() {
		if old := c.account.image(i.ID, i.Region); old != nil {
			old.Image, old.job = i, nil
			return
		}
		c.account.images = append(c.account.images, &imageRecord{Image: i})
	})
}

// RemoveImage deletes an image; instances that were made of it go on naming it.
func (c *Cloud) RemoveImage(id, region string) {
	c.update(func() {
		c.account.images = slices.DeleteFunc(c.account.images, func(i *imageRecord) bool { return i.ID == id && i.Region == region && i.job == nil })
	})
}

// AddSnapshot adds a snapshot to the account, or replaces the one of that id
// and region.
func (c *Cloud) AddSnapshot(s Snapshot) {
	c.update(func() {
		if old := c.account.snapshot(s.ID, s.Region); old != nil {
			old.Snapshot, old.job = s, nil
			return
		}
		c.account.snapshots = append(c.account.snapshots, &snapshotRecord{Snapshot: s})
	})
}

func zoneOf(m *machine) string {
	if m == nil {
		return ""
	}
	return m.Zone
}
