package loopback_test

import (
	"net"
	"sync"
	"testing"

	"twokey/bot/practice/loopback"
)

// Many ask at once; each address can be listened on, and none is given twice.
func TestNoAddressIsLeasedTwice(t *testing.T) {
	var mu sync.Mutex
	var all sync.WaitGroup
	seen := map[string]bool{}
	for range 200 {
		all.Go(func() {
			addr, release, err := loopback.Lease()
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(release)
			l, err := net.Listen("tcp", addr)
			if err != nil {
				t.Error(err)
				return
			}
			_ = l.Close() // as a server that was killed
			mu.Lock()
			defer mu.Unlock()
			if seen[addr] {
				t.Errorf("%s was leased twice", addr)
			}
			seen[addr] = true
		})
	}
	all.Wait()
}

func TestALeaseThatWasGivenBackIsFree(t *testing.T) {
	addr, release, err := loopback.Lease()
	if err != nil {
		t.Fatal(err)
	}
	release()
	for range 100_000 {
		again, free, err := loopback.Lease()
		if err != nil {
			t.Fatal(err)
		}
		free()
		if again == addr {
			return
		}
	}
	t.Errorf("%s was never leased again", addr)
}
