package fakecvm

import (
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/switchboard"
)

// What the account holds; package account has the fields.
type (
	// Instance is one CVM instance.
	Instance = account.Instance
	// Operation is one record of LatestOperation*.
	Operation = account.Operation
	// Disk is a system or data disk of an instance.
	Disk = account.Disk
	// Image is an image of a region.
	Image = account.Image
	// Snapshot is a snapshot of a disk.
	Snapshot = account.Snapshot
	// KeyPair is an SSH key pair of a region.
	KeyPair = account.KeyPair
	// Repair is a maintenance task of an instance.
	Repair = account.Repair
	// Balancer is a load balancer in front of an instance.
	Balancer = account.Balancer
	// Fleet is what an account owns at the start.
	Fleet = account.Fleet
	// Error is a refusal in the cloud's words.
	Error = apierr.Error
	// SwitchInfo describes one misbehaviour and how it stands.
	SwitchInfo = switchboard.Info
)

// Ways to log in, as Instance.Login names them.
const (
	LoginRandom   = account.LoginRandom
	LoginPassword = account.LoginPassword
	LoginKeys     = account.LoginKeys
	LoginImage    = account.LoginImage
)

// How long things take in virtual time.
const (
	ResetTakes    = account.ResetTakes
	ImageTakes    = account.ImageTakes
	SnapshotTakes = account.SnapshotTakes
	ConsoleTakes  = account.ConsoleTakes // power operations by Operate
	VisibleAfter  = account.VisibleAfter // delay of LatestOperation after an operation was accepted
	EventAfter    = account.EventAfter   // the longest that CloudAudit takes to show an event
	StateLag      = account.StateLag     // how far InstanceState may lie beside the record
)

// Who calls, as CloudAudit names them.
const (
	CallerUser  = account.CallerUser  // the sub-account that Config.SecretID is of
	ConsoleUser = account.ConsoleUser // whoever Operate stands for
	ConsoleKey  = account.ConsoleKey
)

// Request is one API request that arrived, whatever became of it.
type Request struct {
	Time      time.Time `json:"time"` // of the cloud's wall clock
	Action    string    `json:"action"`
	Host      string    `json:"host"` // under which name it came
	Region    string    `json:"region"`
	Instance  string    `json:"instance"` // InstanceId, or the only one of InstanceIds
	RequestID string    `json:"requestId"`
	Code      string    `json:"code"`     // error code, "" for success
	Executed  bool      `json:"executed"` // it got as far as the call's own rules
	Fate      string    `json:"fate"`     // misbehaviour of the answer, "" for a plain one
}
