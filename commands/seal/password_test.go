package seal

import (
	"crypto/rand"
	"strings"
	"testing"
)

// The cloud's rules for both systems (cloud/doc.go 2.4).
func TestEveryPasswordThatIsMadeIsOneThatTheCloudTakes(t *testing.T) {
	classes := []string{
		"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789",
		"()`~!@#$%^&*-+=|{}[]:;',.?/",
	}
	seen := map[string]bool{}
	for range 5000 {
		p, err := NewPassword(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, c := range classes {
			if strings.ContainsAny(p, c) {
				n++
			}
		}
		if len(p) < 12 || len(p) > 30 || n < 3 || p[0] == '/' || strings.Trim(p, strings.Join(classes, "")) != "" {
			t.Errorf("%d characters of %d classes, the first %q", len(p), n, p[:1])
		}
		if seen[p] {
			t.Error("one comes twice")
		}
		seen[p] = true
	}
}
