package fakecvm

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"twokey/cloud/fakecvm/apierr"
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
	if name, other := a.switches.Level("audit_reset_name", m.ID); other {
		seen.name = name
	}
	a.keepEvent(seen)
	a.beginReset(plan, seen.requestID)
	return nil
}

// refuses tells why a console action cannot be done now, or nil.
func (m *machine) refuses(action string, how consoleAction) *apierr.Error {
	if m.job != nil {
		return m.ready()
	}
	if action == "TerminateInstances" && m.DisableAPITermination {
		return apierr.Errorf("OperationDenied.InstanceDisableApiTermination", "The instance `%s` is protected against termination.", m.ID)
	}
	if how.anyState {
		return nil
	}
	if m.ReinstallFailed {
		return apierr.Errorf("UnsupportedOperation.InstanceReinstallFailed", "The instance `%s` failed to be reinstalled and does not support this operation.", m.ID)
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

func zoneOf(m *machine) string {
	if m == nil {
		return ""
	}
	return m.Zone
}
