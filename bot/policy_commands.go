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
	"twokey/commands/reinstall/model"
)

// policyCommand is `bot policy`.
type policyCommand struct {
	Check   policyCheckOptions   `cmd:"" help:"${policy_check}"`
	Explain policyExplainOptions `cmd:"" help:"${policy_explain}"`
	Schema  struct{}             `cmd:"" help:"${policy_schema}"`
}

type policyCheckOptions struct {
	File string `arg:"" optional:"" help:"${policy_file}" placeholder:"FILE"`
}

type policyExplainOptions struct {
	Account        string    `required:"" help:"An account of the policy file." placeholder:"NAME"`
	Instance       string    `required:"" help:"${policy_explain_instance}" placeholder:"ID|@FILE"`
	As             string    `required:"" help:"${policy_explain_as}" placeholder:"USER"`
	File           string    `help:"${policy_file}" placeholder:"FILE"`
	PlatformChange bool      `help:"As if the reinstall changed the platform (Linux or Windows)."`
	At             time.Time `help:"As if it were that time, such as 2026-12-25T03:00:00Z." placeholder:"TIME"`
}

// readPolicy reads and parses a policy file. Its error says how the file is found, or
// holds policy.Mistakes.
func readPolicy(path string) (policy.File, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		if pe, ok := errors.AsType[*os.PathError](err); ok {
			err = pe.Err
		}
		return policy.File{},
			fmt.Errorf("the policy file %s cannot be read: %w; TWOKEY_POLICY names it", path, err)
	}
	return policy.Parse(path, src)
}

// loadPolicy reads the named file, or without a name the one of TWOKEY_POLICY. It
// returns the path, too.
func loadPolicy(getenv func(string) string, path string) (policy.File, string, error) {
	if path == "" {
		path = (&settingsReader{getenv: getenv}).readPlain("TWOKEY_POLICY", defaultPolicy)
	}
	f, err := readPolicy(path)
	return f, path, err
}

// checkPolicy prints what a file means. If it has mistakes, the error lists them.
func checkPolicy(getenv func(string) string, o policyCheckOptions, stdout io.Writer) error {
	f, path, err := loadPolicy(getenv, o.File)
	if wrong, ok := errors.AsType[policy.Mistakes](err); ok {
		lines := make([]string, len(wrong))
		for i, m := range wrong {
			lines[i] = m.String()
		}
		return fmt.Errorf("%s cannot be used:\n  %s", path, strings.Join(lines, "\n  "))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s is right. It means:\n", path)
	for _, l := range policy.Summarize(f) {
		fmt.Fprintln(stdout, l)
	}
	return nil
}

// explainPolicy reads only what it needs: no cloud for @FILE, and no Slack without a
// token.
func explainPolicy(ctx context.Context, getenv func(string) string, o policyExplainOptions, stdout io.Writer) error {
	f, path, err := loadPolicy(getenv, o.File)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	q := policy.Question{
		Policy: f.Policy, PlatformChange: o.PlatformChange, User: strings.TrimPrefix(o.As, "@"), Now: o.At,
	}
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	one, err := onlyAccount(f, o.Account, path)
	if err != nil {
		return err
	}
	if file, isFile := strings.CutPrefix(o.Instance, "@"); isFile {
		q.Instance, err = readInstance(file, o.Account)
	} else {
		q.Instance, err = findInstance(ctx, getenv, one, o)
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

// onlyAccount is the file with one account alone, so that no other account's
// credentials are needed.
func onlyAccount(f policy.File, account, path string) (policy.File, error) {
	var names []string
	for i, a := range f.Policy.Accounts {
		if a.Name == account {
			f.Policy.Accounts, f.Access = f.Policy.Accounts[i:i+1], f.Access[i:i+1]
			return f, nil
		}
		names = append(names, a.Name)
	}
	return f, fmt.Errorf("%s names no account %q; use one of: %s", path, account, strings.Join(names, ", "))
}

// readInstance reads an instance as JSON. Keys that an instance does not have are
// mistakes.
func readInstance(path, account string) (model.Instance, error) {
	var i model.Instance
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

// findInstance finds the one instance in the cloud. It only reads.
func findInstance(
	ctx context.Context, getenv func(string) string, f policy.File, o policyExplainOptions,
) (model.Instance, error) {
	cfg := Config{CloudEndpoint: (&settingsReader{getenv: getenv}).readPlain("TENCENTCLOUD_ENDPOINT", "")}
	c, err := openCloud(cfg, f, getenv, slog.New(slog.DiscardHandler))
	if err != nil {
		return model.Instance{}, err
	}
	defer c.Close()
	return onlyInstance(ctx, c, o)
}

// onlyInstance refuses none and several.
func onlyInstance(ctx context.Context, c *cloud.Cloud, o policyExplainOptions) (model.Instance, error) {
	found, err := c.Find(ctx, o.Instance, o.Account, "")
	switch {
	case err != nil:
		return model.Instance{}, err
	case len(found) == 0:
		return model.Instance{}, fmt.Errorf(
			"account %s has no machine %q in the regions of the policy file; check the id", o.Account, o.Instance)
	case len(found) > 1:
		return model.Instance{}, fmt.Errorf("%d machines of account %s are called %q; use the id of the one you mean",
			len(found), o.Account, o.Instance)
	}
	return found[0], nil
}

// openDirectory is Slack, or nil if no token is set.
func openDirectory(getenv func(string) string) (policy.Directory, error) {
	src := &settingsReader{getenv: getenv, readFile: os.ReadFile}
	cfg := Config{
		SlackBotToken: src.readSecret("SLACK_BOT_TOKEN"),
		SlackAPIURL:   src.readPlain("SLACK_API_URL", defaultSlackAPI),
	}
	if err := errors.Join(src.mistakes...); err != nil || cfg.SlackBotToken == "" {
		return nil, err
	}
	cfg.SlackSigningSecret = "nothing listens"
	return openChat(cfg, slog.New(slog.DiscardHandler), newMetrics(), 0)
}
