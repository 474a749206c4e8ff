// Package modeltest has the plain machine and the terms that tests of the rules
// change one thing of. It is for tests alone.
package modeltest

import (
	"time"

	"twokey/commands/reinstall/model"
)

// Now is when the machine was read.
var Now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// Machine is web-01, a plain Linux machine with a fresh snapshot, and what the
// cloud says of it. Its own image is installed again. Nothing about it blocks,
// or warns. Each call makes another copy.
func Machine() model.Facts {
	img := model.Image{
		ID: "img-ubuntu20", Name: "Ubuntu 20.04", Type: model.ImagePublic, State: model.ImageNormal,
		OSName: "Ubuntu Server 20.04 LTS 64bit", Platform: "Ubuntu", Arch: "x86_64", SizeGB: 20,
		Created: Now.Add(-1000 * time.Hour),
	}
	return model.Facts{
		Instance: model.Instance{
			Ref:  model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-1a2b3c4d"},
			Name: "web-01", Type: "S5.MEDIUM4", CPU: 2, MemoryGB: 4, State: "RUNNING", RestrictState: "NORMAL",
			IsolatedSource: "NOTISOLATED", StopChargingMode: "KEEP_CHARGING", ChargeType: "POSTPAID_BY_HOUR",
			ImageID: img.ID, OSName: img.OSName,
			SystemDisk: model.Disk{ID: "disk-1", Type: "CLOUD_PREMIUM", SizeGB: 50},
			PrivateIPs: []string{"10.0.0.5"}, Tags: map[string]string{"env": "staging"},
			Latest: model.Latest{Operation: "RunInstances", State: "SUCCESS", RequestID: "req-0"},
		},
		Image: img, ImageFound: true, Current: img,
		Before: &model.Price{Amount: 0.26, Unit: "HOUR"}, After: &model.Price{Amount: 0.26, Unit: "HOUR"},
		Evidence: []model.Evidence{{
			Kind: model.EvidenceSnapshot, ID: "snap-1", DiskID: "disk-1", State: "NORMAL",
			Created: Now.Add(-2 * time.Hour), SizeGB: 50,
		}},
		ServerTime: Now,
	}
}

// Request asks to install the machine's own image again.
func Request() model.Request {
	return model.Request{Target: "web-01", Login: model.Login{Kind: model.LoginMessageCenter}}
}

// Terms ask for n approvals and a backup. Reminders and an escalation follow.
func Terms(n int) model.Terms {
	return model.Terms{
		Approvals: n, Approvers: model.People{Groups: []string{"S0ONCALL"}}, Backup: true, BackupMaxAge: 24 * time.Hour,
		Countdown: 30 * time.Second, ExpiresAfter: 4 * time.Hour,
		Asking: model.Asking{
			RemindAfter: 15 * time.Minute, EscalateAfter: time.Hour, EscalateTo: model.People{Users: []string{"U0LEA"}},
		},
	}
}

// Plan is what the request comes to for the machine, under n approvals.
func Plan(n int) model.Plan { return model.MakePlan(Request(), Machine(), Terms(n)) }

// A Failer is what helpers need of a test: a property's or a plain one.
type Failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}
