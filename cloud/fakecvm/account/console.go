package account

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
	"StopInstances":                           {phase: stateStopping, then: StateStopped},
	"StartInstances":                          {phase: stateStarting, then: StateRunning},
	"RebootInstances":                         {phase: "REBOOTING", then: StateRunning},
	"ResetInstancesPassword":                  {},
	"EnterRescueMode":                         {phase: "ENTER_RESCUE_MODE", then: "RESCUE_MODE"},
	"ExitRescueMode":                          {phase: "EXIT_RESCUE_MODE", then: StateStopped, anyState: true},
	"TerminateInstances":                      {phase: "TERMINATING", anyState: true},
	RenameOperation:                           {instant: true},
	"ModifyInstancesAttribute.SecurityGroups": {instant: true},
	"ModifyInstancesRenewFlag":                {instant: true},
	"AssociateSecurityGroups":                 {instant: true},
	"DisassociateSecurityGroups":              {instant: true},
	"ModifyInstancesVpcAttribute":             {phase: "REBOOTING", then: StateRunning},
	ActionReset:                               {},
}

// Operate does what fakecvm.Cloud.Operate says.
func (a *Account) Operate(instance, action string) error {
	m := a.FindMachine(instance)
	if m == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	if action == "ModifyInstancesAttribute" {
		action = RenameOperation
	}
	how, ok := consoleActions[action]
	if !ok {
		return fmt.Errorf("no console action %q; there are: %s", action,
			strings.Join(slices.Sorted(maps.Keys(consoleActions)), ", "))
	}
	now, id := a.Clock.Virtual(), a.NewRequestID()
	call, _, _ := strings.Cut(action, ".") // the record says what it changed; the event, what was called
	seen := Event{
		Name: call, RequestID: id, Region: m.Region, Instance: m.ID, User: ConsoleUser, Key: ConsoleKey,
		Console: true,
	}
	if how.instant {
		a.KeepEvent(seen)
		m.recordOperation(Operation{Name: action, State: Success, RequestID: id}, now, now)
		return nil
	}
	if action == ActionReset {
		return a.consoleReset(m, seen)
	}
	if e := m.checkConsoleAction(action, how); e != nil {
		seen.Code = e.Code
		a.KeepEvent(seen)
		return e
	}
	a.KeepEvent(seen)
	j := &job{start: now, visible: now, end: now + ConsoleTakes}
	if how.phase != "" {
		j.phase = func(float64) string { return how.phase }
	}
	a.beginOperation(m, Operation{Name: action, State: Operating, RequestID: id}, j, func() (string, string) {
		m.applyConsoleAction(how)
		if action == "TerminateInstances" {
			a.Machines = slices.DeleteFunc(a.Machines, func(one *Machine) bool { return one == m })
			clear(a.owners)
		}
		return Success, ""
	})
	return nil
}

func (a *Account) consoleReset(m *Machine, seen Event) error {
	plan, e := a.PlanReset(ResetParams{PriceParams: PriceParams{InstanceID: m.ID}}, m.Region)
	if e != nil {
		seen.Code = e.Code
		a.KeepEvent(seen)
		return e
	}
	if name, other := a.Switches.Level("audit_reset_name", m.ID); other {
		seen.Name = name
	}
	a.KeepEvent(seen)
	a.beginReset(plan, seen.RequestID)
	return nil
}

// checkConsoleAction says why a console action cannot be done now, or nil.
func (m *Machine) checkConsoleAction(action string, how consoleAction) *apierr.Error {
	if m.job != nil {
		return m.checkReady()
	}
	if action == "TerminateInstances" && m.DisableAPITermination {
		return apierr.Errorf("OperationDenied.InstanceDisableApiTermination",
			"The instance `%s` is protected against termination.", m.ID)
	}
	if how.anyState {
		return nil
	}
	if m.ReinstallFailed {
		return apierr.Errorf("UnsupportedOperation.InstanceReinstallFailed",
			"The instance `%s` failed to be reinstalled and does not support this operation.", m.ID)
	}
	if action == "StartInstances" && m.StopChargingMode == "STOP_CHARGING" {
		return nil
	}
	return m.checkReady()
}

func (m *Machine) applyConsoleAction(how consoleAction) {
	if how.then == "" {
		return
	}
	m.State, m.StopChargingMode = how.then, "NOT_APPLICABLE"
	if how.then == StateStopped {
		m.StopChargingMode = "KEEP_CHARGING"
	}
}

// Patch changes an instance as if the cloud had always held it so.
func (a *Account) Patch(instance string, f func(*Instance)) error {
	m := a.FindMachine(instance)
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
		m.records = []record{{from: a.Clock.Virtual(), op: i.Latest}}
	}
	return nil
}

func zoneOf(m *Machine) string {
	if m == nil {
		return ""
	}
	return m.Zone
}

// Rename renames an instance, as somebody at the console would.
func (a *Account) Rename(instance, name string) error {
	if err := a.Patch(instance, func(i *Instance) { i.Name = name }); err != nil {
		return err
	}
	return a.Operate(instance, RenameOperation)
}
