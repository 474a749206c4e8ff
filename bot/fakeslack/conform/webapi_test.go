package conform_test

import (
	"strings"
	"testing"
)

// Each call gets the answer that Slack's own client expects. Each refusal becomes that
// client's own error.
func TestSlacksOwnClientOfTheWebAPIIsContent(t *testing.T) {
	t.Parallel()
	_, env := newWorkspace(t, nil)
	out, err := runNode(t, "webapi.mjs", env...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if n := strings.Count("\n"+string(out), "\nok: "); n != 11 {
		t.Errorf("%d of 11 checks went well\n%s", n, out)
	}
}
