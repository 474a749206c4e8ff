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

// Each use has a key of its own, so that no seal is taken for another's; and none of
// them is the secret that an operator gave.
func TestEveryUseHasAKeyOfItsOwn(t *testing.T) {
	k, seen := keys(t, one), map[string]Use{one: "the secret"}
	for _, u := range uses {
		for _, s := range k.Secrets(u) {
			if of, twice := seen[string(s)]; twice || len(s) != 32 {
				t.Errorf("%s: %d bytes, the same as of %s", u, len(s), of)
			}
			seen[string(s)] = u
		}
		s := sealed(t, k, u, "x")
		for _, other := range uses {
			if k.Fits(other, s, "x") != (other == u) {
				t.Errorf("a seal for %s is taken for %s", u, other)
			}
		}
	}
	if got := len(seen) - 1; got != len(uses) {
		t.Errorf("%d keys for %d uses", got, len(uses))
	}
	if s, err := k.Seal("tea", "x"); s != "" || err == nil {
		t.Errorf("a use that does not exist is sealed: %q", s)
	}
	if s := k.Secrets("tea"); s != nil {
		t.Errorf("a use that does not exist has the key %x", s)
	}
}

// Whoever changes the key sees what an old one sealed, to seal it again.
func TestASealTellsWhetherTheKeyIsTheNewest(t *testing.T) {
	old := sealed(t, keys(t, one), Record, "x")
	both := keys(t, two, one)
	for _, c := range []struct {
		name string
		k    *Keys
		seal string
		want bool
	}{
		{"of the only key", keys(t, one), old, true},
		{"of the second key", both, old, false},
		{"of the first key", both, sealed(t, both, Record, "x"), true},
		{"of a key that is gone", keys(t, two), old, false},
		{"without its id", keys(t, one), strings.TrimPrefix(old, old[:strings.Index(old, ".")+1]), false},
		{"none", keys(t, one), "", false},
		{"without keys", nil, old, false},
		{"an empty id", nil, ".", false},
		{"an empty id, no key in it", &Keys{}, ".", false},
	} {
		if got := c.k.Newest(c.seal); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// A key of 32 bytes may be written in every form of base64, or as it is.
func TestAKeyMayBeWrittenInEveryFormOfBase64(t *testing.T) {
	for name, key := range map[string]string{
		"padded":             "//////////////////////////////////////////8=",
		"unpadded":           "//////////////////////////////////////////8",
		"for addresses":      "__________________________________________8=",
		"so, unpadded":       "__________________________________________8",
		"plain, of 32 bytes": "it is not base64: thirty-two byt",
	} {
		if _, err := New(key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, key := range map[string]string{
		"padded, of 31 bytes": "/////////////////////////////////////////w==",
		"so, for addresses":   "_________________________________________w==",
		"unpadded":            "/////////////////////////////////////////w",
		"so":                  "_________________________________________w",
		"plain, of 31 bytes":  "it is not base64: thirty-one by",
	} {
		_, err := New(key)
		if err == nil || !strings.Contains(err.Error(), "has 31 bytes, and needs at least 32") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A refused key is named by its place in the list, which says what to do.
func TestARefusedKeyIsNamedByItsPlace(t *testing.T) {
	for want, secrets := range map[string][]string{
		"sealing key 2 of 2 has 5 bytes":        {one, "short"},
		"openssl rand -base64 32 makes one":     {"short"},
		"the first sealing key is a bot token":  {"xoxb-1", one},
		"sealing key 2 of 2 is there twice":     {one, one},
		"sealing key 3 of 3 is there twice":     {one, "xoxb-1", "xoxb-1"},
		"there is no sealing key":               nil,
		"which Slack knows; put one by openssl": {"xoxb-1"},
	} {
		if k, err := New(secrets...); k != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

// sameSum are the other ways to write a seal's last character: the same sum, with bits
// set that stand for nothing.
func sameSum(seal string) []string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, seal[len(seal)-1])
	var out []string
	for bits := 1; bits < 4; bits++ {
		out = append(out, seal[:len(seal)-1]+alphabet[last+bits:last+bits+1])
	}
	return out
}

// A seal is written in one way only, so that comparing seals compares what they seal.
func TestASealIsWrittenInOneWayOnly(t *testing.T) {
	k := keys(t, one)
	s := sealed(t, k, Record, "x")
	for _, other := range append(sameSum(s), s+"=", s+"\n", " "+s) {
		if k.Fits(Record, other, "x") {
			t.Errorf("%q fits as well as %q", other, s)
		}
	}
}

// What an earlier Twokey sealed fits after an upgrade: the uses' names and the order of
// the parts never change. These seals were made once and for all.
func TestWhatAnEarlierTwokeySealedStillFits(t *testing.T) {
	k := keys(t, one)
	op := SealKeys(k, turned())
	for want, got := range map[string]string{
		"98vz2OW-.DTPsAAsYxnuODZzQb5ZKMGgFxM4_45AunP6j5cIp9R8": sealed(t, k, Record, "7K3Q", "12", "{}"),
		"98vz2OW-.op5Ljp-SfKpEUkGbvul1X1aK3Nr0To2FPMrid8bW7-8": op.Approvals[0].Seal,
		"98vz2OW-.GhJxq7N_84ggh4PYNMB3ziOWk1UOWIJ-wjjXh0S1xjU": op.Backup.Seal,
		"98vz2OW-.zdhcEIqkulYVCWKglEUaB80k8hbq-kHsKLE7Gw5EPtE": op.BreakGlass.Seal,
	} {
		if got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
	byToken, err := FromToken("xoxb-1")
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSealer(byToken)
	if err != nil {
		t.Fatal(err)
	}
	const made = "Y0qsIEJMILNcHcicrIs+b/YQ6owfoxCADceOaQIUHDtUljDKRF0o5SI="
	if clear, err := s.Open("7K3Q", made); clear != "k7-hunter2-MQ" || err != nil {
		t.Errorf("a password that was sealed by the token: %q, %v", clear, err)
	}
}
