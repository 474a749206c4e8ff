package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"twokey/cloud"
	"twokey/commands/policy"
	"twokey/commands/reinstall"
)

// policyCommand is `bot policy`.
type policyCommand struct {
	Check   policyCheckOptions   `cmd:"" help:"Say every mistake of a policy file with its line and column, or what the file means. Exit status 1: there is a mistake."`
	Explain policyExplainOptions `cmd:"" help:"Say which rule decides about a machine, who may turn which key, and what blocks now. Nothing is touched."`
	Schema  struct{}             `cmd:"" help:"Print the JSON schema of policy files, with which editors complete and check them. No settings are needed."`
}

type policyCheckOptions struct {
	File string `arg:"" optional:"" help:"The policy file; default is the one that TWOKEY_POLICY names." placeholder:"FILE"`
}

type policyExplainOptions struct {
	Account        string    `required:"" help:"An account of the policy file." placeholder:"NAME"`
	Instance       string    `required:"" help:"An instance's id, which is read from the cloud; or @FILE with an instance as JSON, for which no cloud is needed." placeholder:"ID|@FILE"`
	As             string    `required:"" help:"A Slack user's id. Their groups are read where SLACK_BOT_TOKEN is set." placeholder:"USER"`
	File           string    `help:"The policy file; default is the one that TWOKEY_POLICY names." placeholder:"FILE"`
	PlatformChange bool      `help:"As if the reinstall changed the platform (Linux or Windows)."`
	At             time.Time `help:"As if it were that time, such as 2026-12-25T03:00:00Z." placeholder:"TIME"`
}

// loadPolicy is the file that is meant, named or by TWOKEY_POLICY.
func loadPolicy(getenv func(string) string, named string) (policy.PolicyFile, string, error) {
	if named == "" {
		named = (&settingsReader{getenv: getenv}).readPlain("TWOKEY_POLICY", defaultPolicy)
	}
	f, err := readPolicy(named)
	return f, named, err
}

// checkPolicy prints what a file means; or every mistake, as an error.
func checkPolicy(getenv func(string) string, w policyCheckOptions, stdout io.Writer) error {
	f, name, err := loadPolicy(getenv, w.File)
	if wrong, ok := errors.AsType[policy.Mistakes](err); ok {
		lines := make([]string, len(wrong))
		for i, m := range wrong {
			lines[i] = m.String()
		}
		return fmt.Errorf("%s cannot be used:\n  %s", name, strings.Join(lines, "\n  "))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s is right. It means:\n", name)
	for _, l := range policy.Meaning(f) {
		fmt.Fprintln(stdout, l)
	}
	return nil
}

// explainPolicy reads what it needs and nothing more: with @FILE no cloud, and
// without a token no Slack.
func explainPolicy(ctx context.Context, getenv func(string) string, w policyExplainOptions, stdout io.Writer) error {
	f, name, err := loadPolicy(getenv, w.File)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	q := policy.Question{Policy: f.Policy, PlatformChange: w.PlatformChange, User: strings.TrimPrefix(w.As, "@"), Now: w.At}
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	one, err := onlyAccount(f, w.Account, name)
	if err != nil {
		return err
	}
	if path, isFile := strings.CutPrefix(w.Instance, "@"); isFile {
		q.Instance, err = readInstance(path, w.Account)
	} else {
		q.Instance, err = findInstance(ctx, getenv, one, w)
	}
	if err != nil {
		return err
	}
	if q.Chat, err = openDirectory(getenv); err != nil {
		return err
	}
	for _, l := range policy.Explain(ctx, q) {
		fmt.Fprintln(stdout, l)
	}
	return nil
}

// onlyAccount is the file with one account alone, so that no other's credentials are
// needed.
func onlyAccount(f policy.PolicyFile, account, name string) (policy.PolicyFile, error) {
	var names []string
	for i, a := range f.Policy.Accounts {
		if a.Name == account {
			f.Policy.Accounts, f.Access = f.Policy.Accounts[i:i+1], f.Access[i:i+1]
			return f, nil
		}
		names = append(names, a.Name)
	}
	return f, fmt.Errorf("%s names no account %q; use one of: %s", name, account, strings.Join(names, ", "))
}

// readInstance reads an instance as JSON. What it does not say is empty, and keys
// that an instance does not have are mistakes.
func readInstance(path, account string) (reinstall.Instance, error) {
	var i reinstall.Instance
	file, err := os.Open(path)
	if err != nil {
		return i, err
	}
	defer file.Close()
	d := json.NewDecoder(file)
	d.DisallowUnknownFields()
	if err := d.Decode(&i); err != nil {
		return i, fmt.Errorf("%s is no instance as JSON: %w", path, err)
	}
	switch {
	case i.Account == "":
		i.Account = account
	case i.Account != account:
		return i, fmt.Errorf("%s is of account %q, and --account says %q; name the same", path, i.Account, account)
	}
	return i, nil
}

// findInstance finds the one instance in the cloud, by reading alone.
func findInstance(ctx context.Context, getenv func(string) string, f policy.PolicyFile, w policyExplainOptions) (reinstall.Instance, error) {
	cfg := Config{CloudEndpoint: (&settingsReader{getenv: getenv}).readPlain("TENCENTCLOUD_ENDPOINT", "")}
	c, err := openCloud(cfg, f, getenv, slog.New(slog.DiscardHandler))
	if err != nil {
		return reinstall.Instance{}, err
	}
	defer c.Close()
	return onlyInstance(ctx, c, w)
}

func onlyInstance(ctx context.Context, c *cloud.Cloud, w policyExplainOptions) (reinstall.Instance, error) {
	found, err := c.Find(ctx, w.Instance, w.Account, "")
	switch {
	case err != nil:
		return reinstall.Instance{}, err
	case len(found) == 0:
		return reinstall.Instance{}, fmt.Errorf("account %s has no machine %q in the regions of the policy file; check the id", w.Account, w.Instance)
	case len(found) > 1:
		return reinstall.Instance{}, fmt.Errorf("%d machines of account %s are called %q; use the id of the one you mean", len(found), w.Account, w.Instance)
	}
	return found[0], nil
}

// openDirectory is Slack, where a token is set; nil where it is not.
func openDirectory(getenv func(string) string) (policy.Directory, error) {
	src := &settingsReader{getenv: getenv, readFile: os.ReadFile}
	cfg := Config{SlackBotToken: src.readSecret("SLACK_BOT_TOKEN"), SlackAPIURL: src.readPlain("SLACK_API_URL", defaultSlackAPI)}
	if err := errors.Join(src.mistakes...); err != nil || cfg.SlackBotToken == "" {
		return nil, err
	}
	cfg.SlackSigningSecret = "nothing listens"
	return openChat(cfg, slog.New(slog.DiscardHandler), newMetrics(), 0)
}
