package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testSettings is a complete environment, changed by pairs of name and value; an
// empty value takes the setting away.
func testSettings(change ...string) func(string) string {
	m := map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-hush", "SLACK_SIGNING_SECRET": "hush-signing",
		"REDIS_URL":              "redis://:hush-redis@127.0.0.1:1/0",
		"TENCENTCLOUD_SECRET_ID": "AKIDhush", "TENCENTCLOUD_SECRET_KEY": "hush-key",
	}
	for i := 0; i < len(change); i += 2 {
		m[change[i]] = change[i+1]
	}
	return func(name string) string { return m[name] }
}

func TestEverySettingHasItsDefault(t *testing.T) {
	c, err := LoadConfig(testSettings())
	if err != nil {
		t.Fatal(err)
	}
	if c.SlackAPIURL != "https://slack.com/api/" || c.ListenAddr != ":8080" || c.AdminAddr != "127.0.0.1:9090" ||
		c.PolicyPath != "twokey.yaml" || c.LogLevel != 0 {
		t.Errorf("got %+v", c)
	}
}

func TestASecretMayStandInAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("xoxb-from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := LoadConfig(testSettings("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN_FILE", file))
	if err != nil || c.SlackBotToken != "xoxb-from-a-file" {
		t.Errorf("got %q, %v", c.SlackBotToken, err)
	}
}

func TestAWrongSettingIsOneSentenceWithoutItsSecret(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	rotating := filepath.Join(t.TempDir(), "rotating")
	if err := os.WriteFile(rotating, []byte("xoxe.xoxb-1-hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		change []string
		says   string
	}{
		"no token":             {[]string{"SLACK_BOT_TOKEN", ""}, "SLACK_BOT_TOKEN is not set"},
		"an app token instead": {[]string{"SLACK_BOT_TOKEN", "xapp-hush"}, "that is no bot token"},
		"a rotating token": {
			[]string{"SLACK_BOT_TOKEN", "xoxe.xoxb-1-hush"},
			"SLACK_BOT_TOKEN: this token rotates: it ends after 12 hours",
		},
		"what renews one":  {[]string{"SLACK_BOT_TOKEN", "xoxe-1-hush"}, "token_rotation_enabled: false"},
		"a person's token": {[]string{"SLACK_BOT_TOKEN", "xoxp-hush"}, "take the Bot User OAuth Token"},
		"a file with another": {
			[]string{"SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN_FILE", rotating},
			"SLACK_BOT_TOKEN_FILE: this token rotates",
		},
		"no way in":       {[]string{"SLACK_SIGNING_SECRET", ""}, "Slack could not reach Twokey"},
		"a bad app token": {[]string{"SLACK_APP_TOKEN", "xoxb-hush"}, "that is no app token"},
		"no Redis":        {[]string{"REDIS_URL", ""}, "no Redis is named"},
		"two Redis":       {[]string{"REDIS_CLUSTER_URL", "redis://:hush@b:1"}, "several Redis are named"},
		"both forms":      {[]string{"SLACK_BOT_TOKEN_FILE", empty}, "are both set"},
		"an empty file":   {[]string{"SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN_FILE", empty}, "is empty"},
		"no such file": {
			[]string{"SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN_FILE", "/nowhere/token"},
			"cannot be read",
		},
		"a bad endpoint": {[]string{"TENCENTCLOUD_ENDPOINT", "127.0.0.1:80"}, "http://host:port"},
		"a bad address":  {[]string{"LISTEN_ADDR", "8080"}, "LISTEN_ADDR"},
		"a short key":    {[]string{"TWOKEY_SEAL_KEY", "hush-short"}, "openssl rand -base64 32"},
		"a bad level":    {[]string{"LOG_LEVEL", "loud"}, "use debug, info, warn or error"},
		"a bad Slack":    {[]string{"SLACK_API_URL", "slack"}, "SLACK_API_URL"},
	} {
		_, err := LoadConfig(testSettings(c.change...))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", what, err)
		} else if strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: a secret is repeated: %v", what, err)
		}
	}
}

func TestWhatCannotStartSaysWhyAndThatNothingWasStarted(t *testing.T) {
	var out, errs bytes.Buffer
	getenv := testSettings("TWOKEY_POLICY", "/nowhere/twokey.yaml")
	code := runCommandLine(t.Context(), []string{"serve"}, getenv, &out, &errs)
	if code != 1 || !strings.Contains(errs.String(), "the policy file /nowhere/twokey.yaml cannot be read") ||
		!strings.Contains(errs.String(), "nothing was started") {
		t.Errorf("%d: %s", code, errs.String())
	}
	errs.Reset()
	code = runCommandLine(t.Context(), []string{"sevre"}, testSettings(), &out, &errs)
	if code != 2 || !strings.Contains(errs.String(), "sevre") {
		t.Errorf("%d: %s", code, errs.String())
	}
}
