package reinstall

import (
	"fmt"
	"strings"
)

// LogIn is how the cloud says to log in to a machine: DefaultLoginUser and
// DefaultLoginPort of DescribeInstances (cloud/doc.go 9.5).
type LogIn struct {
	User string `json:"user,omitempty"`
	Port int    `json:"port,omitempty"`
}

// logInOf is nil where the cloud does not say.
func logInOf(i Instance) *LogIn {
	if i.LoginUser == "" && i.LoginPort == 0 {
		return nil
	}
	return &LogIn{User: i.LoginUser, Port: i.LoginPort}
}

// account is the account to log in with: the one that the cloud tells, unless
// it is of the other platform. The cloud's lists are late at times.
func (p Plan) account(l *LogIn) string {
	const windows = "Administrator"
	switch {
	case l != nil && l.User != "" && (l.User == windows) == (p.Family == Windows):
		return l.User
	case p.Family == Windows:
		return windows
	case strings.Contains(strings.ToLower(p.Image.OSName), "ubuntu"):
		return "ubuntu"
	}
	return "root"
}

// onPort names the port where it is not the usual one of the platform, nor that
// of the other.
func (p Plan) onPort(l *LogIn) string {
	const ssh, rdp = 22, 3389
	if l == nil || l.Port == 0 || l.Port == ssh || l.Port == rdp {
		return ""
	}
	return fmt.Sprintf(" on port %d", l.Port)
}

func (p Plan) logIn(l *LogIn) Text {
	user, port := Mono(p.account(l)), p.onPort(l)
	switch p.Login.Kind {
	case LoginKeepImage:
		return Say("Log in as the image was set up", port, ".")
	case LoginKeys:
		return Say("Log in as ", user, port, " with key pair ", Mono(strings.Join(p.Login.Keys, ", ")), ".")
	case LoginPassword:
		return Say("Log in as ", user, port, " with the generated password: the proposer presses Show password, once.")
	}
	return Say("Log in as ", user, port, " with the password that the cloud sent to the account's Message Center.")
}
