package screen

import (
	"fmt"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
	"twokey/commands/view"
)

// night is when the machines of these tests were read.
var night = modeltest.Now

// webOp is web-01 with both keys owed and no sign of use, in a state. The keys that a
// change turns are bound to the plan as the changes leave it.
func webOp(state reinstall.State, change ...func(*oper)) oper {
	f := modeltest.Machine()
	var clear []model.Nearby
	for _, code := range model.NearCodes() {
		clear = append(clear, model.Nearby{Code: code, Detection: model.NotDetected})
	}
	op := oper{
		ID: "7K3Q", State: state, Channel: "C0INFRA", Proposer: "U0ANN", ProposedAt: night, Expires: night.Add(4 * time.Hour),
		Request: model.Request{Reason: "kernel panics at boot"}, Plan: modeltest.Plan(1), Evidence: f.Evidence,
		Around: model.CompleteAround(f.Instance, clear), Baseline: f.Instance.Latest,
	}
	for _, c := range change {
		c(&op)
	}
	op.Fingerprint = op.Plan.Fingerprint()
	for i := range op.Approvals {
		op.Approvals[i].Fingerprint = op.Fingerprint
	}
	if op.Backup != nil {
		op.Backup.Fingerprint = op.Fingerprint
	}
	return op
}

func approvedBy(users ...string) func(*oper) {
	return func(op *oper) {
		for _, u := range users {
			op.Approvals = append(op.Approvals, reinstall.Approval{By: u, At: night.Add(2 * time.Minute)})
		}
	}
}

func backedUp(op *oper) {
	op.Backup = &reinstall.BackupKey{By: "U0ANN", At: night.Add(time.Minute), Typed: "web-01", Evidence: op.Evidence[0]}
}

func needing(n int) func(*oper) { return func(op *oper) { op.Plan.Terms.Approvals = n } }

func withoutEvidence(op *oper) { op.Evidence = nil }

func optionalBackup(op *oper) { op.Plan.Terms.Backup = false }

func called(name string) func(*oper) { return func(op *oper) { op.Plan.Name = name } }

func armedAt(at time.Time) func(*oper) {
	return func(op *oper) { op.Arming = &reinstall.Arming{At: at, Baseline: op.Baseline} }
}

func endedBy(user, why string) func(*oper) {
	return func(op *oper) { op.End = &reinstall.End{At: night.Add(10 * time.Minute), By: user, Why: why} }
}

// around has one thing seen, or not checked, around the machine.
func around(code string, seen model.Detection, what string) func(*oper) {
	return func(op *oper) {
		for i := range op.Around {
			if n := &op.Around[i]; n.Code == code {
				n.Detection, n.What = seen, what
			}
		}
	}
}

// together are the machines as one proposal, each with an id and a name of its own.
func together(ops ...oper) []oper {
	ids := make([]string, len(ops))
	for i := range ops {
		ids[i] = fmt.Sprintf("7K%02d", i)
	}
	for i := range ops {
		op := &ops[i]
		if op.Plan.Name == "web-01" {
			op.Plan.Name = fmt.Sprintf("web-%02d", i+1)
		}
		op.ID, op.Batch = ids[i], &reinstall.Batch{Item: "item", Members: ids, Index: i}
	}
	return ops
}

// many are n of the same in one proposal.
func many(n int, state reinstall.State, change ...func(*oper)) []oper {
	var ops []oper
	for range n {
		ops = append(ops, webOp(state, change...))
	}
	return together(ops...)
}

func yuan(string) string { return "CNY" }

// wordsOf are texts without their signs, a line each.
func wordsOf(ts ...text) string {
	var out []string
	for _, t := range ts {
		out = append(out, strings.ReplaceAll(t.String(), "  ", " ")) // a sign stood between
	}
	return strings.Join(out, "\n")
}

func labelsOf(bs []view.Button) string {
	var out []string
	for _, b := range bs {
		out = append(out, b.Label)
	}
	return strings.Join(out, ", ")
}
