package model

import (
	"strings"
)

// LogIn is how the cloud says to log in to a machine: DefaultLoginUser and
// DefaultLoginPort of DescribeInstances (cloud/doc.go 9.5).
type LogIn struct {
	User string `json:"user,omitempty"`
	Port int    `json:"port,omitempty"`
}

// LogInOf is nil if the cloud does not say.
func LogInOf(i Instance) *LogIn {
	if i.LoginUser == "" && i.LoginPort == 0 {
		return nil
	}
	return &LogIn{User: i.LoginUser, Port: i.LoginPort}
}

// User is the account to log in with: the one that the cloud names, unless it is of
// the other platform. The cloud's lists are sometimes late.
func (p Plan) User(l *LogIn) string {
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
