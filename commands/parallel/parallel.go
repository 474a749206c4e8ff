// Package parallel says how many tests run at once. It is for tests alone.
package parallel

import (
	"flag"
	"strconv"
	"testing"
)

// Waiting is how many tests run at once that wait far more than they compute.
const Waiting = 16

// Run is for a TestMain. It runs the tests, and n of those that are parallel at once,
// unless -parallel says how many.
func Run(m *testing.M, n int) int {
	flag.Parse()
	if _, given := Given(); !given {
		Set(n)
	}
	return m.Run()
}

// Given returns how many parallel tests -parallel lets run at once, and whether the
// command line has it. The flags must be parsed.
func Given() (n int, given bool) {
	flag.Visit(func(f *flag.Flag) {
		if f.Name == "test.parallel" {
			n, given = f.Value.(flag.Getter).Get().(int), true
		}
	})
	return n, given
}

// Set lets n parallel tests run at once. It comes before the first test.
func Set(n int) {
	if err := flag.Set("test.parallel", strconv.Itoa(n)); err != nil {
		panic(err)
	}
}
