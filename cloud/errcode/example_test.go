package errcode_test

import (
	"fmt"

	"twokey/cloud/errcode"
)

// What a code means for people, and what it proves about the one call that wipes.
func Example() {
	for _, code := range []string{"InvalidImageId.NotFound", "MutexOperation.TaskRunning", "InternalServerError"} {
		why, _ := errcode.Explain(code)
		fmt.Printf("%s: %s\n", errcode.Verdict(code), why)
	}
	// Output:
	// refused: the image does not exist in this region for this account
	// ambiguous: the same task already runs on the machine
	// ambiguous: the cloud failed inside, so that it may have happened or not
}
