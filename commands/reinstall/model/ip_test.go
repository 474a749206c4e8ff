package model_test

import (
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

// However an address is written, it is the same one.
func TestAnAddressIsTheSameInAllItsTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ip := netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes")))
		for _, s := range []string{ip.String(), ip.StringExpanded(), strings.ToUpper(ip.StringExpanded()), "[" +
			ip.String() + "]"} {
			if got, ok := model.ParseIP(s); !ok || got != ip.Unmap() {
				t.Errorf("%s is read as %s, %v", s, got, ok)
			}
		}
	})
	for _, s := range []string{
		"", "[", "[]", "[10.0.0.1]", "[::1", "::1]", "fe80::1%eth0", "10.0.0", "10.0.0.1:22",
		"1:2:3",
	} {
		if ip, ok := model.ParseIP(s); ok {
			t.Errorf("%q is read as %s", s, ip)
		}
	}
}
