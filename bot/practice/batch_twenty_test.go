package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
)

// As many machines as one proposal takes, under the cloud's own limits: one
// card, two clicks, and each of them is reset once, the first alone.
func TestTwentyMachinesGoThroughOneCard(t *testing.T) {
	t.Parallel()
	const n = reinstall.MostInBatch
	_, fleet := manyPeople(n)
	c := startRig(t, setting{fleet: fleet, rate: 1000, policy: plainPolicy("5s")})
	st := c.stage
	var names []string
	for i := range n {
		names = append(names, boxOf(i))
	}
	if _, err := st.slack.Command(t.Context(), "U0ANN", channel, strings.Join(names, " ")); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	c.waitUntil("the card", func() bool { return strings.Contains(c.cardText(), fmt.Sprintf("%d machines", n)) })
	proposed := time.Since(began)
	c.hasMachines(names)
	c.approve()
	if err := pressButton(c.play, "U0ANN", "Confirm backup", false); err != nil {
		t.Fatal(err)
	}
	if r, err := st.slack.Submit(
		t.Context(), "U0ANN", map[string]string{"typed": strings.Join(names, "\n")},
	); err != nil || !r.Closed {
		t.Fatalf("%v, %v %s", err, r.Errors, r.Warning)
	}
	c.waitUntil("the first call", func() bool { return st.cloud.ResetRequests(machineOf(0)) == 1 })
	for i := 1; i < n; i++ {
		if st.cloud.ResetRequests(machineOf(i)) > 0 && !strings.Contains(
			c.threadText(), names[0]+": :white_check_mark: Done",
		) {
			t.Errorf("%s went before the first was done", names[i])
		}
	}
	c.waitUntilWithin(
		4*time.Minute, "the end",
		func() bool { return strings.Contains(c.cardText(), fmt.Sprintf("Verified: all %d machines", n)) },
	)
	for i, name := range names {
		if got := st.cloud.ResetRequests(machineOf(i)); got != 1 {
			t.Errorf("%d requests to reset %s", got, name)
		}
	}
	if got := len(st.slack.Messages(channel)); got != 1 {
		t.Errorf("%d cards", got)
	}
	t.Logf(
		"proposed within %s, done within %s", proposed.Round(time.Millisecond),
		time.Since(began).Round(time.Millisecond),
	)
	if bad := st.bot.misbehaviour(); bad != "" {
		t.Error(bad)
	}
}

// hasMachines fails unless each machine is named by the card or by its Details.
func (c *rig) hasMachines(names []string) {
	c.t.Helper()
	if err := pressButton(c.play, "U0BOB", "Details", false); err != nil {
		c.t.Fatal(err)
	}
	v, ok := c.stage.slack.OpenView("U0BOB")
	if !ok {
		c.t.Fatal("Details opened no form")
	}
	details := fmt.Sprintf("%+v", v.Blocks)
	for _, name := range names {
		if !strings.Contains(details, name) {
			c.t.Errorf("Details do not name %s:\n%s", name, details)
		}
	}
}
