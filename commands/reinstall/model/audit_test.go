package model_test

import (
	"testing"

	"twokey/commands/reinstall/model"
)

// "bot policy" shows where the audit goes as the file has it.
func TestWhereTheAuditGoesIsShownAsThePolicyFileHasIt(t *testing.T) {
	for want, a := range map[string]model.AuditTo{
		"stdout":                     {Kind: "stdout"},
		"file:///var/log/twokey.log": {Kind: "file", At: "/var/log/twokey.log"},
		"https://siem.example/in":    {Kind: "https", At: "https://siem.example/in"},
		"syslog://logs.example:601":  {Kind: "syslog", At: "logs.example:601"},
		"syslog+udp://[::1]:514":     {Kind: "syslog+udp", At: "[::1]:514"},
	} {
		if got := a.String(); got != want || !a.Set() {
			t.Errorf("%q (set: %v), not %q", got, a.Set(), want)
		}
	}
	if nowhere := (model.AuditTo{}); nowhere.Set() || nowhere.String() != "" {
		t.Errorf("nowhere is %q", nowhere)
	}
}
