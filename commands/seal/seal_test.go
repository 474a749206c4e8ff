package seal

import (
	"strings"
	"testing"
)

const (
	one = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	two = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
)

func keys(t *testing.T, secrets ...string) *Keys {
	t.Helper()
	k, err := New(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sealed(t *testing.T, k *Keys, u Use, parts ...string) string {
	t.Helper()
	s, err := k.Seal(u, parts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASealFitsOnlyWhatItWasMadeOver(t *testing.T) {
	k := keys(t, one)
	s := sealed(t, k, Record, "7F3K", "12", "{}")
	if !k.Fits(Record, s, "7F3K", "12", "{}") {
		t.Fatal("a seal does not fit what it was made over")
	}
	for name, fits := range map[string]bool{
		"another use":               k.Fits(Approval, s, "7F3K", "12", "{}"),
		"another part":              k.Fits(Record, s, "7F3K", "13", "{}"),
		"parts that end elsewhere":  k.Fits(Record, s, "7F3K1", "2", "{}"),
		"one part fewer":            k.Fits(Record, s, "7F3K", "12"),
		"one empty part more":       k.Fits(Record, s, "7F3K", "12", "{}", ""),
		"no seal":                   k.Fits(Record, "", "7F3K", "12", "{}"),
		"a seal that is cut":        k.Fits(Record, s[:len(s)-1], "7F3K", "12", "{}"),
		"a seal with an empty sum":  k.Fits(Record, s[:strings.Index(s, ".")+1], "7F3K", "12", "{}"),
		"a key that nobody has":     keys(t, two).Fits(Record, s, "7F3K", "12", "{}"),
		"no keys at all":            (*Keys)(nil).Fits(Record, s, "7F3K", "12", "{}"),
		"a use that does not exist": k.Fits("tea", s, "7F3K", "12", "{}"),
	} {
		if fits {
			t.Errorf("it fits with %s", name)
		}
	}
}

func TestTheFirstKeySealsAndAllOpen(t *testing.T) {
	before, both, after := keys(t, one), keys(t, two, one), keys(t, two)
	old, young := sealed(t, before, Freeze, "x"), sealed(t, both, Freeze, "x")
	if !both.Fits(Freeze, old, "x") || !both.Fits(Freeze, young, "x") || !after.Fits(Freeze, young, "x") {
		t.Error("a key that is listed does not open")
	}
	if after.Fits(Freeze, old, "x") || before.Fits(Freeze, young, "x") {
		t.Error("a key that is not listed opens")
	}
}

func TestAShortKeyIsRefusedAndNeverRepeated(t *testing.T) {
	// the last: 24 bytes in base64
	for _, short := range []string{"", "tooshort-secret", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"} {
		_, err := New(one, short)
		if err == nil {
			t.Errorf("%q is taken for a key", short)
		} else if short != "" && strings.Contains(err.Error(), short) {
			t.Errorf("the error repeats the key: %v", err)
		}
	}
	if _, err := New(); err == nil {
		t.Error("no key is taken for a key")
	}
	if _, err := New(one, one); err == nil {
		t.Error("the same key twice is taken for two")
	}
}

func TestWithoutAKeyNothingIsSealed(t *testing.T) {
	if s, err := (*Keys)(nil).Seal(Record, "x"); err == nil || s != "" {
		t.Errorf("sealed without a key: %q", s)
	}
}

func TestTheTokenMakesAKeyOfItsOwn(t *testing.T) {
	a, err := FromToken("xoxb-1")
	if err != nil {
		t.Fatal(err)
	}
	b, err := FromToken("xoxb-2")
	if err != nil {
		t.Fatal(err)
	}
	s := sealed(t, a, Record, "x")
	if !a.Fits(Record, s, "x") || b.Fits(Record, s, "x") {
		t.Error("a seal does not go by the token")
	}
	both, err := New(one, "xoxb-1")
	if err != nil || !both.Fits(Record, s, "x") || a.Fits(Record, sealed(t, both, Record, "x"), "x") {
		t.Errorf("behind a key of its own the former token does not just open: %v", err)
	}
	if got, want := both.Secrets(Password)[1], a.Secrets(Password)[0]; string(got) != string(want) {
		t.Error("a password that was sealed by the token alone is lost")
	}
	if _, err := New("xoxb-1-hush", one); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a token is the key that seals: %v", err)
	}
	if _, err := FromToken(""); err == nil {
		t.Error("no token is taken for one")
	}
}
