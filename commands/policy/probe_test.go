package policy

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestTheLoginPortIsLookedForOnlyWhereThePolicyAsksForIt(t *testing.T) {
	f, err := Parse("twokey.yaml", []byte(goodPolicy))
	if err != nil || f.Policy.Probe != nil {
		t.Fatal(f.Policy.Probe, err)
	}
	f, err = Parse("twokey.yaml", []byte(goodPolicy+"probe: {ssh: 2222, from: public}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if p := f.Policy.Probe; p == nil || p.SSH != 2222 || p.RDP != 0 || !p.Public || p.Within != 5*time.Minute {
		t.Errorf("got %+v", p)
	}
}

func TestTheSamplePolicysProbeIsReadOnceItIsTurnedOn(t *testing.T) {
	src, err := os.ReadFile("../../deploy/twokey.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse("twokey.yaml", []byte(strings.Replace(string(src), "# probe:", "probe:", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if p := f.Policy.Probe; p == nil || p.SSH != 22 || p.RDP != 3389 || p.Public {
		t.Errorf("got %+v", p)
	}
}
