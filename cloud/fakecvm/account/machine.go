package account

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"twokey/cloud/fakecvm/apierr"
)

// Instance states used here. There is no REINSTALLING (cloud/doc.go 4.2).
const (
	StateRunning  = "RUNNING"
	StateStopped  = "STOPPED"
	stateStarting = "STARTING"
	stateStopping = "STOPPING"
)

// States of an operation.
const (
	Operating = "OPERATING"
	Success   = "SUCCESS"
	Failed    = "FAILED"
)

// Machine is an instance with what happens to it.
type Machine struct {
	Instance
	job        *job     // the operation that holds the instance's mutex, or nil
	records    []record // LatestOperation over time, oldest first, never empty
	operations int      // operations so far; see lag
	behind     behind
}

// record is what LatestOperation shows from a virtual time on.
type record struct {
	from time.Duration
	op   Operation
}

// InstanceIDForm is the form of an instance id.
var InstanceIDForm = regexp.MustCompile(`^ins-[a-z0-9]{8}$`)

// AddInstance puts an instance into the account.
func (a *Account) AddInstance(i Instance) error {
	if !InstanceIDForm.MatchString(i.ID) {
		return fmt.Errorf("%q is no instance id: want ins- and eight lower-case letters or digits", i.ID)
	}
	if a.FindMachine(i.ID) != nil {
		return fmt.Errorf("there is an instance %s already", i.ID)
	}
	i = i.clone().Completed()
	a.Machines = append(a.Machines, &Machine{Instance: i, records: []record{{op: i.Latest}}})
	return nil
}

// Completed fills in what an ordinary, healthy instance has.
func (i Instance) Completed() Instance {
	for _, one := range []struct {
		field *string
		usual string
	}{
		{&i.ChargeType, ChargeHourly},
		{&i.State, StateRunning},
		{&i.RestrictState, "NORMAL"},
		{&i.IsolatedSource, "NOTISOLATED"},
		{&i.StopChargingMode, "NOT_APPLICABLE"},
		{&i.LicenseType, LicenseCloud},
		{&i.Login, LoginRandom},
		{&i.HostName, i.Name},
	} {
		if *one.field == "" {
			*one.field = one.usual
		}
	}
	return i
}

// FindMachine finds an instance in any region.
func (a *Account) FindMachine(id string) *Machine {
	for _, m := range a.Machines {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// machineIn finds an instance as a call in a region sees it.
func (a *Account) machineIn(id, region string) (*Machine, *apierr.Error) {
	if !InstanceIDForm.MatchString(id) {
		return nil, apierr.Errorf("InvalidInstanceId.Malformed",
			"Invalid instance ID `%s`: the format is `ins-xxxxxxxx`.",
			id)
	}
	m := a.FindMachine(id)
	if m == nil || m.Region != region {
		return nil, apierr.Errorf("InvalidInstanceId.NotFound", "The instance `%s` is not found.", id)
	}
	return m, nil
}

// ownerOf is the id of the instance that a disk is attached to, or empty. It first
// looks at the last owner, for fleets are large and snapshots many.
func (a *Account) ownerOf(diskID string) string {
	if m := a.owners[diskID]; m != nil && m.hasDisk(diskID) {
		return m.ID
	}
	for _, m := range a.Machines {
		if m.hasDisk(diskID) {
			a.owners[diskID] = m
			return m.ID
		}
	}
	return ""
}

func (m *Machine) hasDisk(diskID string) bool {
	return m.SystemDisk.ID == diskID || slices.ContainsFunc(m.DataDisks, func(d Disk) bool { return d.ID == diskID })
}

// Truth is the instance as it is at a virtual time.
func (m *Machine) Truth(now time.Duration) Instance {
	i := m.clone()
	i.Latest = m.records[len(m.records)-1].op
	if m.job != nil && m.job.phase != nil {
		i.State = m.job.phase(m.job.progress(now))
	}
	return i
}

// AsShown is the instance as DescribeInstances shows it. A job that is not visible
// yet leaves no trace: a stale read (cloud/doc.go 4.3).
func (m *Machine) AsShown(now time.Duration) Instance {
	i := m.Truth(now)
	switch {
	case m.job != nil && now < m.job.visible:
		i.State = m.State
	case m.job == nil && now < m.behind.until:
		i.State = m.behind.state
	}
	i.Latest = m.records[0].op
	for _, r := range m.records {
		if r.from <= now {
			i.Latest = r.op
		}
	}
	return i
}

// recordOperation records the latest operation, visible from a virtual time on. It
// forgets what nobody can see any more.
func (m *Machine) recordOperation(op Operation, from, now time.Duration) {
	last := m.records[len(m.records)-1]
	for len(m.records) > 1 && m.records[1].from <= now {
		m.records = m.records[1:]
	}
	m.records = append(m.records, record{from: max(from, last.from), op: op})
}

// concludeOperation writes how an operation ended, visible from a virtual time on.
// If another operation has replaced its record meanwhile, nobody reads it
// (cloud/doc.go 4.5).
func (m *Machine) concludeOperation(requestID, state, message string, at, from time.Duration) {
	last := m.records[len(m.records)-1].op
	if last.RequestID != requestID {
		return
	}
	last.State, last.Error = state, message
	m.recordOperation(last, from, at)
}

// beginOperation makes a job the instance's running operation until it ends. done
// changes the instance at that time, and says how the operation ended.
func (a *Account) beginOperation(m *Machine, op Operation, j *job, done func() (state, message string)) {
	m.job, m.behind = j, behind{}
	lag := a.stateLagOf(m)
	j.finish = func(at time.Duration) {
		m.job = nil
		if lag > 0 && j.phase != nil {
			m.behind = behind{state: j.phase(1), until: at + lag}
		}
		state, message := done()
		m.concludeOperation(op.RequestID, state, message, at, at+max(0, -lag))
	}
	m.recordOperation(op, j.visible, j.start)
	a.beginJob(j)
}

// newJob lasts d of virtual time, or the stale-read delay if that is longer, so
// that nobody sees a result before its cause.
func (a *Account) newJob(instance string, d time.Duration) *job {
	now := a.Clock.Virtual()
	delay := a.Switches.Duration("visible_after", instance, VisibleAfter)
	return &job{instance: instance, start: now, visible: now + delay, end: now + max(d, delay)}
}

// stateRefusals are the codes with which ResetInstance and CreateImage refuse
// an instance in a state (cloud/doc.go 9.1).
var stateRefusals = map[string]string{
	"PENDING":                    "UnsupportedOperation.InstanceStatePending",
	"LAUNCH_FAILED":              "UnsupportedOperation.InstanceStateCorrupted",
	stateStarting:                "UnsupportedOperation.InstanceStateStarting",
	stateStopping:                "UnsupportedOperation.InstanceStateStopping",
	"REBOOTING":                  "UnsupportedOperation.InstanceStateRebooting",
	"SHUTDOWN":                   "UnsupportedOperation.InstanceStateShutdown",
	"TERMINATING":                "UnsupportedOperation.InstanceStateTerminating",
	"ENTER_RESCUE_MODE":          "UnsupportedOperation.InstanceStateEnterRescueMode",
	"RESCUE_MODE":                "UnsupportedOperation.InstanceStateRescueMode",
	"EXIT_RESCUE_MODE":           "UnsupportedOperation.InstanceStateExitRescueMode",
	"ENTER_SERVICE_LIVE_MIGRATE": "UnsupportedOperation.InstanceStateEnterServiceLiveMigrate",
	"SERVICE_LIVE_MIGRATE":       "UnsupportedOperation.InstanceStateServiceLiveMigrate",
	"EXIT_SERVICE_LIVE_MIGRATE":  "UnsupportedOperation.InstanceStateExitServiceLiveMigrate",
}

// checkReady refuses an instance that another operation, its state or its bill keeps
// from any operation.
func (m *Machine) checkReady() *apierr.Error {
	if m.job != nil {
		return apierr.Errorf("OperationDenied.InstanceOperationInProgress",
			"The instance `%s` has an operation in progress. Please try again later.", m.ID)
	}
	if code, bad := stateRefusals[m.State]; bad {
		return apierr.Errorf(code, "The instance `%s` in the state `%s` does not support this operation.", m.ID,
			m.State)
	}
	if m.RestrictState == "PROTECTIVELY_ISOLATED" {
		return apierr.Errorf("UnsupportedOperation.InstanceStateFreezing",
			"The operation is not supported for the frozen instance `%s`.", m.ID)
	}
	if m.RestrictState == "EXPIRED" || m.IsolatedSource != "NOTISOLATED" {
		return apierr.Errorf("UnsupportedOperation.InstanceStateShutdown",
			"The instance `%s` is isolated and does not support this operation.", m.ID)
	}
	if m.StopChargingMode == "STOP_CHARGING" {
		return apierr.Errorf("UnsupportedOperation.StoppedModeStopCharging",
			"The instance `%s` is shut down without charge and does not support this operation.", m.ID)
	}
	return nil
}
