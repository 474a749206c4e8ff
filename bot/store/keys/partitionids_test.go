package keys

import (
	"fmt"
	"testing"
	"time"

	"twokey/commands/reinstall/model"
)

func TestIDsCarryTheirPartition(t *testing.T) {
	random := repeating
	firsts := map[byte]bool{}
	for i := range 2000 {
		r := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: fmt.Sprintf("ins-%06d", i)}
		id := NewOperationID(r, random)
		if canon, ok := ParseID(id); !ok || canon != id {
			t.Fatalf("%q is no id", id)
		}
		if OfID(id) != OfInstance(r) {
			t.Fatalf("%s for %s is of partition %s", id, r, OfID(id))
		}
		firsts[id[0]] = true
		if p, ok := OfItem(NewItemID(OfInstance(r), time.Unix(1_800_000_000, 0), random)); !ok || p != OfInstance(r) {
			t.Fatal("the item's id lost its partition")
		}
	}
	if len(firsts) != 32 {
		t.Errorf("%d first characters are used", len(firsts))
	}
}

func TestIDsAreReadAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"7K3Q": "7K3Q", "7k3q": "7K3Q", "iLo0": "1100", "": "", "7K3": "", "7K3QQ": "", "7U3Q": "", "7-3Q": "", "7é3": "",
	} {
		if got, ok := ParseID(in); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q, %v", in, got, ok)
		}
	}
}

// repeating returns bytes that look random: the same ones in every run.
func repeating(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		seed = seed*1664525 + 1013904223
		b[i] = byte(seed >> 24)
	}
	return b
}

var seed uint32 = 1
