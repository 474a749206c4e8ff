package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
)

func TestWhoeverLogsInIsToldWhatTheCloudSays(t *testing.T) {
	for name, c := range map[string]struct {
		family reinstall.OSFamily
		os     string
		said   *reinstall.LogIn
		want   string
	}{
		"as it says":                       {reinstall.Linux, "CentOS 7.9 64bit", &reinstall.LogIn{User: "ops", Port: 2222}, "Log in as ops on port 2222 with"},
		"the usual port needs no word":     {reinstall.Linux, "CentOS 7.9 64bit", &reinstall.LogIn{User: "ops", Port: 22}, "Log in as ops with"},
		"it says nothing":                  {reinstall.Linux, "Ubuntu Server 22.04", nil, "Log in as ubuntu with"},
		"it says nothing of another Linux": {reinstall.Linux, "CentOS 7.9 64bit", &reinstall.LogIn{}, "Log in as root with"},
		"it still says the old one":        {reinstall.Linux, "CentOS 7.9 64bit", &reinstall.LogIn{User: "Administrator", Port: 3389}, "Log in as root with"},
		"nor the old one the other way":    {reinstall.Windows, "Windows Server 2022", &reinstall.LogIn{User: "root", Port: 22}, "Log in as Administrator with"},
		"Windows as it says":               {reinstall.Windows, "Windows Server 2022", &reinstall.LogIn{User: "Administrator", Port: 33890}, "Log in as Administrator on port 33890 with"},
	} {
		t.Run(name, func(t *testing.T) {
			p := proposal(t, 1).Plan
			p.Family, p.Image.OSName = c.family, c.os
			if got := reinstall.Aftercare(p, c.said)[0].String(); got != c.want+" the password that the cloud sent to the account's Message Center." {
				t.Errorf("%q", got)
			}
		})
	}
}
