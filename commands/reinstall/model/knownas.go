package model

import (
	"regexp"
	"slices"
)

// hostLike and ipLike are what somebody may have typed behind ssh, and no shell
// takes for anything else.
var (
	hostLike = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$`)
	ipLike   = regexp.MustCompile(`^[0-9A-Fa-f][0-9A-Fa-f.:]{1,45}$`)
)

// KnownAs are the names under which known_hosts may have the machine. They go into
// commands that people paste. Whatever is no address and no host name is left out,
// whoever gave it.
func (p Plan) KnownAs() []string {
	out := slices.DeleteFunc(slices.Concat(p.PublicIPs, p.PrivateIPs, p.IPv6s),
		func(ip string) bool { return !ipLike.MatchString(ip) })
	if hostLike.MatchString(p.Name) {
		out = append(out, p.Name)
	}
	return out
}

// HostLike reports a name that every shell takes for a plain word.
func HostLike(s string) bool { return hostLike.MatchString(s) }
