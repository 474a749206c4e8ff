package model

import (
	"net/netip"
	"strings"
)

// ParseIP reads an IP address in any of the ways in which people and tools write one:
// IPv6 in brackets, in upper case, with or without its zeros. An address of one link
// (with a zone) belongs to no machine. Two ways to write the same give the same.
func ParseIP(s string) (netip.Addr, bool) {
	if in, ok := strings.CutPrefix(s, "["); ok {
		s, ok = strings.CutSuffix(in, "]")
		if !ok || !strings.Contains(s, ":") {
			return netip.Addr{}, false
		}
	}
	ip, err := netip.ParseAddr(s)
	if err != nil || ip.Zone() != "" {
		return netip.Addr{}, false
	}
	return ip.Unmap(), true
}
