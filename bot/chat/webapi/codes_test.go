package webapi

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"twokey/commands/port"
)

// documented are Slack's codes by method, as its pages list them.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/slack-errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Source  string              `json:"source"`
		Every   []string            `json:"every"` // of every method
		Methods map[string][]string `json:"methods"`
	}
	if err := json.Unmarshal(raw, &file); err != nil || file.Source == "" {
		t.Fatal(err, "or no source is named")
	}
	for m, codes := range file.Methods {
		file.Methods[m] = append(slices.Clone(file.Every), codes...)
	}
	return file.Methods
}

func TestEveryDocumentedCodeOfEveryMethodInUseIsClassed(t *testing.T) {
	all := documented(t)
	for _, m := range methodsInUse(t) {
		if len(all[m]) < 20 {
			t.Errorf("%s: the list has %d codes", m, len(all[m]))
		}
	}
	for method, codes := range all {
		for _, code := range codes {
			err := Classify(method, slack.SlackErrorResponse{Err: code})
			var p *Permanent
			switch {
			case !port.IsPermanent(err):
				if after := port.RetryAfter(err); after < time.Second {
					t.Errorf("%s %s: again after %s", method, code, after)
				}
			case !errors.As(err, &p) || p.Sentence == "" || strings.Contains(p.Sentence, "docs.slack.dev"):
				t.Errorf("%s %s: %v", method, code, err)
			}
		}
	}
}

// methodsInUse are those that this package's source names.
func methodsInUse(t *testing.T) []string {
	t.Helper()
	named := regexp.MustCompile(`= "((?:auth|chat|views|users|usergroups|conversations|apps|blocks)\.[A-Za-z.]+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		for _, m := range named.FindAllStringSubmatch(string(src), -1) {
			out = append(out, m[1])
		}
	}
	if len(out) < 16 || !slices.Contains(out, AppsConnectionsOpen) {
		t.Fatalf("%d: %q", len(out), out)
	}
	return out
}

// What is known of single codes (bot/chat, section 8.4).
func TestCodesMeanWhatWasFound(t *testing.T) {
	type meaning struct {
		passes, unknown, hopeless, token, nobody bool
		reach                                    port.Reach
		says                                     string
	}
	kind, thread, all := port.ReachKind, port.ReachThread, port.ReachChannel
	for code, want := range map[string]meaning{
		"restricted_action":                        {reach: kind, says: "ask an administrator"},
		"restricted_action_thread_locked":          {reach: thread, says: "unlock it"},
		"restricted_action_non_threadable_channel": {reach: kind, says: "allows no threads"},
		"restricted_action_read_only_channel":      {reach: kind, says: "read-only"},
		"restricted_action_thread_only_channel":    {reach: kind, says: "in threads only"},
		"update_failed":                            {passes: true, unknown: true},
		"fetch_members_failed":                     {passes: true},
		"external_channel_migrating":               {passes: true},
		"block_mismatch":                           {reach: kind, hopeless: true, says: "fault of Twokey"},
		"msg_blocks_too_long":                      {reach: kind, hopeless: true, says: "fault of Twokey"},
		"invalid_blocks":                           {reach: kind, hopeless: true, says: "fault of Twokey"},
		duplicateMessageNotFound:                   {passes: true},
		duplicateChannelNotFound:                   {passes: true},
		planHasNoGroups:                            {reach: kind, nobody: true, says: "name people by their ids"},
		"user_not_visible":                         {reach: kind, nobody: true, says: "name somebody else"},
		"org_login_required":                       {reach: all, token: true, says: "tries again"},
		"team_added_to_org":                        {reach: all, token: true, says: "tries again"},
		"two_factor_setup_required":                {reach: kind, token: true, says: "two-factor"},
		"access_denied":                            {reach: all, says: "ask an administrator"},
		"ekm_access_denied":                        {reach: all, says: "ask an administrator"},
		"no_permission":                            {reach: all, says: "/invite"},
		"is_archived":                              {reach: all, says: "unarchive it"},
		"is_inactive":                              {reach: all, says: "unarchive it"},
		"not_in_channel":                           {reach: all, says: "/invite"},
		"unknown_method":                           {reach: kind, says: "newer version"},
	} {
		err := Classify(ChatPostMessage, slack.SlackErrorResponse{Err: code})
		if port.IsPermanent(err) == want.passes || port.IsOutcomeUnknown(err) != want.unknown {
			t.Errorf("%s: %v", code, err)
		}
		var own *Permanent
		p, ok := errors.AsType[*port.PermanentError](err)
		if !ok || !errors.As(err, &own) {
			continue
		}
		got := meaning{
			hopeless: p.Hopeless, token: p.TokenRefused, nobody: own.Nobody(), reach: p.Reach,
			says: want.says,
		}
		if got != want || !strings.Contains(p.Sentence, want.says) {
			t.Errorf("%s: %+v, want %+v: %s", code, got, want, p.Sentence)
		}
	}
}
