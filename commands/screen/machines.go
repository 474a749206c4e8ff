package screen

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall"
)

// Which of a proposal's machines are meant, and how they are named and counted.

// MachineCount is "3 machines".
func MachineCount(n int) string { return fmt.Sprintf("%d machines", n) }

// allMachines is "both machines" or "all 3 machines".
func allMachines(n int) string {
	if n == 2 {
		return "both machines"
	}
	return "all " + MachineCount(n)
}

// MachineNames are what people call the machines.
func MachineNames(ops []oper) []string {
	out := make([]string, len(ops))
	for i, op := range ops {
		out[i] = op.TypedName()
	}
	return out
}

func OpenOps(ops []oper) []oper {
	return slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.State.Open() })
}

// InState are those in one of these states.
func InState(ops []oper, states ...reinstall.State) []oper {
	return slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !slices.Contains(states, op.State) })
}

// earliestExpiry is when the first of those that are open expires.
func earliestExpiry(ops []oper) time.Time {
	var out time.Time
	for _, op := range OpenOps(ops) {
		if out.IsZero() || op.Expires.Before(out) {
			out = op.Expires
		}
	}
	return out
}

// TargetLabel is what a form calls what a click is for: the machine, or all of them.
func TargetLabel(op oper) string {
	if !op.Single() {
		return allMachines(len(op.Members()))
	}
	return op.TypedName()
}

// NeedingBackup are those whose backup is still to be confirmed.
func NeedingBackup(ops []oper) []oper {
	return slices.DeleteFunc(slices.Clone(ops),
		func(op oper) bool { return op.State != reinstall.Proposed || op.Keys().Backup })
}
