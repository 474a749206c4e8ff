package reinstall_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/aftercare"
)

func TestTheMachinesOwnProofIsLookedForWhereThePolicySays(t *testing.T) {
	for what, c := range map[string]struct {
		probe *model.Probe
		plan  func(*model.Plan)
		want  string // service, host, port; empty: nothing
	}{
		"no probe": {nil, nil, ""},
		"SSH":      {&model.Probe{SSH: 22, RDP: 3389}, nil, "SSH 10.0.0.5 22"},
		"SSH in public": {
			&model.Probe{SSH: 22, Public: true},
			func(p *model.Plan) { p.PublicIPs = []string{"1.2.3.4"} }, "SSH 1.2.3.4 22",
		},
		"no public address": {&model.Probe{SSH: 22, Public: true}, nil, "SSH  22"},
		"RDP": {
			&model.Probe{SSH: 22, RDP: 3389}, func(p *model.Plan) { p.Family = model.Windows },
			"RDP 10.0.0.5 3389",
		},
		"Windows without RDP": {&model.Probe{SSH: 22}, func(p *model.Plan) { p.Family = model.Windows }, ""},
	} {
		op := inState(t, reinstall.Sent)
		if c.plan != nil {
			c.plan(&op.Plan)
		}
		op = mustStep(t, op, reinstall.Succeeded{Probe: c.probe}, now)
		got := ""
		if p := op.Proof; p != nil {
			got = strings.Join([]string{p.Service, p.Host, strconv.Itoa(p.Port)}, " ")
		}
		if got != c.want || op.Proving() != (c.want != "") {
			t.Errorf("%s: %q", what, got)
		}
	}
}

// The outcome is the cloud's: whatever the machine shows, it stays. What the machine
// shows first is reported.
func TestTheMachinesOwnProofChangesNoOutcomeAndIsTakenOnce(t *testing.T) {
	op := inState(t, reinstall.Done)
	end := *op.End
	next := mustStep(t, op, reinstall.ProofEnded{Result: reinstall.ProbeResult{Why: "nothing came back"}},
		now.Add(time.Minute))
	if next.State != reinstall.Done || *next.End != end || next.Proving() || op.Proof.Result != nil {
		t.Errorf("%s, %+v, %+v", next.State, next.End, op.Proof)
	}
	if _, r := reinstall.Step(next, reinstall.ProofEnded{Result: reinstall.ProbeResult{Open: true}}, now); r == nil {
		t.Error("it was taken twice")
	}
}

func TestAftercareIsForThisVeryMachine(t *testing.T) {
	plan := func(change func(*model.Plan)) model.Plan {
		p := proposal(t, 1).Plan
		p.PublicIPs = []string{"1.2.3.4"}
		p.DataDisks = []model.Disk{{ID: "disk-a1", Type: "CLOUD_SSD", SizeGB: 100}, {Type: "LOCAL_SSD", SizeGB: 500}}
		change(&p)
		return p
	}
	windows := func(p *model.Plan) { p.Family = model.Windows }
	for what, c := range map[string]struct {
		plan      model.Plan
		has, lack []string
	}{
		"Linux stays": {
			plan(func(*model.Plan) {}),
			[]string{
				"disk-a1 (CLOUD_SSD, 100 GiB) is /dev/disk/by-id/virtio-disk-a1",
				"(LOCAL_SSD, 500 GiB) is local and has no id",
				"Mount them again by UUID", "ssh-keygen -R 1.2.3.4, ssh-keygen -R 10.0.0.5, ssh-keygen -R web-01",
				"Log in as ubuntu",
			},
			[]string{"NTFS", "EXT"},
		},
		"to Windows": {
			plan(windows),
			[]string{"They hold EXT file systems", "213/3856", "say no: that would wipe it", "Log in as Administrator"},
			[]string{"ssh-keygen", "/dev/disk", "NTFS"},
		},
		"to Linux": {
			plan(func(p *model.Plan) { p.FromFamily = model.Windows }),
			[]string{"/dev/disk/by-id/virtio-disk-a1", "They hold NTFS", "213/3857", "do not format it"},
			[]string{"ext4", "EXT"},
		},
		"Windows stays": {
			plan(func(p *model.Plan) { p.FromFamily = model.Windows; windows(p) }),
			[]string{"Disk Management", "SerialNumber", "say no"},
			[]string{"NTFS", "EXT", "ssh-keygen"},
		},
		"a name that a shell would take for something else": {
			plan(func(p *model.Plan) { p.Name = "-web!1#{a,b}\nid" }),
			[]string{"ssh-keygen -R 10.0.0.5."},
			[]string{"!1", "{a,b}"},
		},
		"a name that is no host name": {
			plan(func(p *model.Plan) { p.Name = "web; rm -rf /" }),
			[]string{"ssh-keygen -R 10.0.0.5."},
			[]string{"rm -rf"},
		},
	} {
		var all []string
		for _, step := range aftercare.Steps(c.plan, nil) {
			all = append(all, step.String())
		}
		got := strings.Join(all, "\n")
		for _, s := range c.has {
			if !strings.Contains(got, s) {
				t.Errorf("%s: %q is missing in\n%s", what, s, got)
			}
		}
		for _, s := range c.lack {
			if strings.Contains(got, s) {
				t.Errorf("%s: %q is in\n%s", what, s, got)
			}
		}
	}
}
