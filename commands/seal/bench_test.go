package seal

import (
	"strings"
	"testing"
)

// BenchmarkSeal is what a record of a usual size costs to seal, and then to be
// believed.
func BenchmarkSeal(b *testing.B) {
	k, err := New(one, two)
	if err != nil {
		b.Fatal(err)
	}
	data := strings.Repeat("x", 4096)
	b.Run("seals a request", func(b *testing.B) {
		for b.Loop() {
			_, _ = k.Seal(Item, "3.17", data[:400])
		}
	})
	var mac string
	b.Run("seals", func(b *testing.B) {
		for b.Loop() {
			mac, _ = k.Seal(Record, "record", "7F3K", "12", "6", data)
		}
	})
	b.Run("fits", func(b *testing.B) {
		for b.Loop() {
			if !k.Fits(Record, mac, "record", "7F3K", "12", "6", data) {
				b.Fatal("it does not fit")
			}
		}
	})
}
