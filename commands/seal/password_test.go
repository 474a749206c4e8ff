package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"slices"
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

// A password is read aloud and typed: 20 characters of all four classes, without those
// that look like others, and not with a dash first, which commands take for an option.
func TestAPasswordCanBeReadAloudAndTyped(t *testing.T) {
	first := map[byte]bool{}
	for range 5000 {
		p, err := NewPassword(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if len(p) != 20 || p[0] == '-' || strings.ContainsAny(p, "0O1lIio") {
			t.Fatalf("%q", p)
		}
		for _, class := range []string{lower, upper, digits, "-=.:+"} {
			dash := class == "-=.:+" && p[0] == 'k' // a k first may be in place of the only mark, a dash
			if !strings.ContainsAny(p, class) && !dash {
				t.Fatalf("%q lacks one of %s", p, class)
			}
		}
		first[p[0]] = true
	}
	if all := len(lower + upper + digits + "=.:+"); len(first) != all {
		t.Errorf("%d of %d characters come first: the classes keep their places", len(first), all)
	}
}

// Each character is as likely as another: bytes that would favour some are left out.
func TestNoCharacterOfAPasswordIsLikelier(t *testing.T) {
	const n = 60 // 256 is not a multiple of it: 240 to 255 would favour 0 to 15
	counts := make([]int, n)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for r := bytes.NewReader(all); ; {
		k, err := randomBelow(r, n)
		if err != nil {
			break
		}
		counts[k]++
	}
	if slices.Min(counts) != 4 || slices.Max(counts) != 4 {
		t.Errorf("of 256 bytes: %v", counts)
	}
}

// chanceEnds is chance that gives some bytes and then fails.
type chanceEnds struct{ left int }

var errNoChance = errors.New("the kernel has no chance to give")

func (c *chanceEnds) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, errNoChance
	}
	c.left--
	p[0] = 7
	return 1, nil
}

// Without chance there is no password, wherever it ends, and nothing is sealed.
func TestWithoutChanceThereIsNoPassword(t *testing.T) {
	for left := range 39 { // 20 characters, and 19 places that they are put to
		if p, err := NewPassword(&chanceEnds{left}); p != "" || !errors.Is(err, errNoChance) {
			t.Errorf("after %d bytes: %q, %v", left, p, err)
		}
	}
	s := sealer(t, one)
	s.Rand = &chanceEnds{3}
	if text, err := s.Seal("7K3Q", "hunter2"); text != "" || !errors.Is(err, errNoChance) {
		t.Errorf("%q, %v", text, err)
	}
}

func sealer(t *testing.T, secrets ...string) *Sealer {
	t.Helper()
	s, err := NewSealer(keys(t, secrets...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A sealed password opens for its operation alone, and with the deployment's keys alone.
func TestASealedPasswordOpensForItsOperation(t *testing.T) {
	const clear = "k7-hunter2-MQ"
	s := sealer(t, one)
	text, err := s.Seal("7K3Q", clear)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := base64.StdEncoding.DecodeString(text); err != nil || bytes.Contains(raw, []byte(clear)) {
		t.Fatalf("it can be read: %q, %v", text, err)
	}
	for name, by := range map[string]*Sealer{"the same key": s, "another in front": sealer(t, two, one)} {
		if got, err := by.Open("7K3Q", text); got != clear || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	raw, _ := base64.StdEncoding.DecodeString(text)
	raw[len(raw)-1] ^= 1
	for name, open := range map[string]func() (string, error){
		"another operation": func() (string, error) { return s.Open("7K3R", text) },
		"another key":       func() (string, error) { return sealer(t, two).Open("7K3Q", text) },
		"a changed byte":    func() (string, error) { return s.Open("7K3Q", base64.StdEncoding.EncodeToString(raw)) },
		"nothing":           func() (string, error) { return s.Open("7K3Q", "") },
		"three bytes":       func() (string, error) { return s.Open("7K3Q", "QUJD") },
		"the clear text":    func() (string, error) { return s.Open("7K3Q", clear) },
	} {
		if got, err := open(); got != "" || err == nil {
			t.Errorf("%s opens it: %q", name, got)
		} else if strings.Contains(err.Error(), clear) {
			t.Errorf("%s: the error holds the password: %v", name, err)
		}
	}
}

// The same password twice does not look the same: nobody sees that two machines share one.
func TestTheSamePasswordIsSealedDifferently(t *testing.T) {
	s, seen := sealer(t, one), map[string]bool{}
	for range 100 {
		text, err := s.Seal("7K3Q", "hunter2")
		if err != nil || seen[text] {
			t.Fatalf("%q again, %v", text, err)
		}
		seen[text] = true
	}
}

func TestWithoutAKeyThereIsNoSealer(t *testing.T) {
	for name, k := range map[string]*Keys{"no keys": nil, "none in it": {}} {
		if s, err := NewSealer(k); s != nil || err == nil {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}
