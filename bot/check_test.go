package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestACheckWithoutAnySettingTellsThemAllAndFails(t *testing.T) {
	var out, log bytes.Buffer
	if code := runCommandLine(t.Context(), []string{"check"}, noSettings, &out, &log); code != 1 || log.Len() > 0 {
		t.Errorf("exit status %d, %s", code, &log)
	}
	for _, say := range []string{
		"missing  settings: SLACK_BOT_TOKEN is not set", "missing  settings: neither SLACK_SIGNING_SECRET",
		"missing  settings: no Redis is named",
		"missing  policy file: the policy file twokey.yaml cannot be read",
		"missing  channels, groups and people: not looked at",
	} {
		if !strings.Contains(out.String(), say) {
			t.Errorf("%q is not told:\n%s", say, &out)
		}
	}
}

// unreachableSettings are settings of which nothing can be reached.
func unreachableSettings(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{
		"SLACK_BOT_TOKEN":        "xoxb-secret-of-mine",
		"SLACK_APP_TOKEN":        "xapp-secret-of-mine",
		"SLACK_API_URL":          "http://127.0.0.1:1/api/",
		"REDIS_URL":              "redis://:secret-of-mine@127.0.0.1:1",
		"TWOKEY_POLICY":          writeTestFile(t, "twokey.yaml", smallPolicy),
		"TENCENTCLOUD_ENDPOINT":  "http://127.0.0.1:1",
		"TENCENTCLOUD_SECRET_ID": "AKIDid", "TENCENTCLOUD_SECRET_KEY": "secret-of-mine",
	}
}

func TestACheckOfASlackThatIsAwayIsNoYes(t *testing.T) {
	t.Parallel()
	env := unreachableSettings(t)
	var out bytes.Buffer
	getenv := func(n string) string { return env[n] }
	if code := checkNeeds(context.Background(), getenv, checkNeedsOptions{}, &out); code != 1 {
		t.Errorf("exit status %d", code)
	}
	for _, say := range []string{
		"missing  Redis: ", "missing  cloud main in ap-guangzhou: ",
		"missing  SLACK_APP_TOKEN: ", "missing  SLACK_BOT_TOKEN: Slack cannot be reached",
	} {
		if !strings.Contains(out.String(), say) {
			t.Errorf("%q is not told:\n%s", say, &out)
		}
	}
	if strings.Contains(out.String(), "secret-of-mine") {
		t.Errorf("a secret is shown:\n%s", &out)
	}
}

func TestACheckFitsEightyColumns(t *testing.T) {
	c := &needsCheck{}
	c.missing("channel #"+strings.Repeat("x", 20), "%s", strings.Repeat("a word or two, ", 30))
	c.ok("é", "%s", strings.Repeat("né ", 60))
	for l := range strings.Lines(c.reportText()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(l, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, l)
		}
	}
}

func TestBeliefsAreNotLookedAtWithoutSettings(t *testing.T) {
	var out, log bytes.Buffer
	code := runCommandLine(t.Context(), []string{"check", "beliefs"}, noSettings, &out, &log)
	if code != 1 || out.Len() > 0 {
		t.Errorf("exit status %d, %s", code, &out)
	}
	for _, say := range []string{"error: SLACK_BOT_TOKEN is not set", "hint: run bot check first"} {
		if !strings.Contains(log.String(), say) {
			t.Errorf("%q is not told:\n%s", say, &log)
		}
	}
}

// What cannot be reached differs in nothing, and nothing secret is shown.
func TestBeliefsOfWhatIsAwayCannotBeTold(t *testing.T) {
	t.Parallel()
	env := unreachableSettings(t)
	var out, log bytes.Buffer
	getenv := func(n string) string { return env[n] }
	code := checkBeliefs(context.Background(), getenv, checkBeliefsOptions{}, &out, &log)
	if code != 0 || log.Len() > 0 {
		t.Errorf("exit status %d, %s", code, &log)
	}
	for _, say := range []string{
		"inconclusive   slack, cards [safety]", "blocks.validate did not answer",
		"inconclusive   cloud, disk times [safety]", "DescribeInstances did not answer", ": 0 hold, 0 differ, ",
	} {
		if !strings.Contains(out.String(), say) {
			t.Errorf("%q is not told:\n%s", say, &out)
		}
	}
	if strings.Contains(out.String(), "secret-of-mine") || strings.Contains(out.String(), "AKIDid") {
		t.Errorf("a secret is shown:\n%s", &out)
	}
}
