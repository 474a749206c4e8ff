package parallel

import (
	"flag"
	"os"
	"sync"
	"testing"
	"time"
)

// given is what the command line of this test binary says.
var given bool

func TestMain(m *testing.M) {
	flag.Parse()
	_, given = Given()
	os.Exit(Run(m, Waiting))
}

// Each of as many tests as may run at once waits for all others.
func TestSoManyRunAtOnce(t *testing.T) {
	if given {
		t.Skip("-parallel says how many")
	}
	var all sync.WaitGroup
	all.Add(Waiting)
	met := make(chan struct{})
	go func() { all.Wait(); close(met) }()
	for range Waiting {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			all.Done()
			select {
			case <-met:
			case <-time.After(30 * time.Second):
				t.Error("not all others run")
			}
		})
	}
}
