package model_test

import (
	"testing"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
	"twokey/commands/screen/aftercare"
)

func TestWhoeverLogsInIsToldWhatTheCloudSays(t *testing.T) {
	for name, c := range map[string]struct {
		family model.OSFamily
		os     string
		said   *model.LogIn
		want   string
	}{
		"as it says": {
			model.Linux, "CentOS 7.9 64bit", &model.LogIn{User: "ops", Port: 2222},
			"Log in as ops on port 2222 with",
		},
		"the usual port needs no word": {
			model.Linux, "CentOS 7.9 64bit", &model.LogIn{User: "ops", Port: 22},
			"Log in as ops with",
		},
		"it says nothing":                  {model.Linux, "Ubuntu Server 22.04", nil, "Log in as ubuntu with"},
		"it says nothing of another Linux": {model.Linux, "CentOS 7.9 64bit", &model.LogIn{}, "Log in as root with"},
		"it still says the old one": {
			model.Linux, "CentOS 7.9 64bit",
			&model.LogIn{User: "Administrator", Port: 3389}, "Log in as root with",
		},
		"nor the old one the other way": {
			model.Windows, "Windows Server 2022", &model.LogIn{User: "root", Port: 22},
			"Log in as Administrator with",
		},
		"Windows as it says": {
			model.Windows, "Windows Server 2022", &model.LogIn{User: "Administrator", Port: 33890},
			"Log in as Administrator on port 33890 with",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := modeltest.Plan(1)
			p.Family, p.Image.OSName = c.family, c.os
			if got := aftercare.Steps(p, c.said)[0].String(); got != c.want+
				" the password that the cloud sent to the account's Message Center." {
				t.Errorf("%q", got)
			}
		})
	}
}
