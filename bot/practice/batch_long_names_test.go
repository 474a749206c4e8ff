package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"twokey/commands/reinstall"
)

// Twenty machines whose names are long, and of letters that take much room: the
// card is the newest truth at each step and counts those that it has no line for, and
// the thread and Details name each of them, the thread once, also after a restart.
func TestTwentyMachinesWithLongNamesKeepTheirCard(t *testing.T) {
	t.Parallel()
	const n = reinstall.MostInBatch
	_, fleet := manyPeople(n)
	var ids, names []string
	long := map[string]string{}
	for i := range n {
		ids = append(ids, machineOf(i))
		names = append(
			names, []string{"支付网关生产环境服务器", "a&b<c>d", "checkout-payments-gateway"}[i%3]+strings.Repeat("é", 30)+"-"+
				boxOf(i),
		)
		long[machineOf(i)] = names[i]
	}
	for i, m := range fleet.Instances {
		if name := long[m.ID]; name != "" {
			fleet.Instances[i].Name = name
		}
	}
	c := startRig(t, setting{fleet: fleet, rate: 1000, policy: plainPolicy("5s")})
	st := c.stage
	if _, err := st.slack.Command(t.Context(), "U0ANN", channel, strings.Join(ids, " ")); err != nil {
		t.Fatal(err)
	}
	shows := func(what ...string) {
		t.Helper()
		for _, w := range what {
			c.waitUntil("the card shows "+w, func() bool { return strings.Contains(c.cardText(), w) })
		}
	}
	shows(fmt.Sprintf("Wipe %d machines", n), "No sign of use: all 20 machines", "Needed: :lock: 1 of @oncall")
	if err := pressButton(c.play, "U0BOB", "Details", false); err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		c.waitUntil("the thread names "+id, func() bool { return strings.Contains(c.threadText(), names[i]+" ("+id) })
		c.waitUntil("Details have "+id, func() bool { return strings.Contains(formText(c.play, "U0BOB"), id) })
	}
	c.approve()
	shows("✓ @Bob Lindqvist ")
	if err := st.bot.stop(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := st.bot.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := pressButton(c.play, "U0ANN", "Cancel", false); err != nil {
		t.Fatal(err)
	}
	shows("Cancelled")
	c.waitUntil(
		"the end in the thread", func() bool { return strings.Contains(c.threadText(), "Cancelled by @Ann Okafor") },
	)
	for i, id := range ids {
		if told := strings.Count(c.threadText(), names[i]+" ("+id); told != 1 {
			t.Errorf("the thread names %s with its id %d times:\n%s", id, told, c.threadText())
		}
	}
	for _, call := range st.slack.Calls() {
		if strings.Contains(call.Error, "too_long") || strings.Contains(call.Error, "invalid") {
			t.Errorf("Slack refused %s: %s", call.Method, call.Error)
		}
	}
	if bad := st.bot.misbehaviour(); bad != "" {
		t.Error(bad)
	}
}
