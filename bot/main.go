// Command bot is Twokey: a Slack bot with which on-call engineers reinstall the
// operating system of a Tencent Cloud CVM instance, after two keys.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	_ "time/tzdata" // the policy's time zones, also on a machine without any

	"github.com/alecthomas/kong"

	"twokey/commands/policy"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(runCommandLine(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// commandLine is what the binary can be asked to do. helpTexts has the texts that are
// too long for a tag.
type commandLine struct {
	Serve   serveCommand  `cmd:"" help:"${serve}"`
	Check   checkCommands `cmd:"" help:"${check}"`
	Audit   auditCommand  `cmd:"" help:"${audit}"`
	Policy  policyCommand `cmd:"" help:"${policy}"`
	Adopt   adoptCommand  `cmd:"" help:"${adopt}"`
	Version struct{}      `cmd:"" help:"Print the version."`
}

// Exit statuses.
const (
	exitDone = iota
	exitFailed
	exitUsage // the command line is not understood
)

// runCommandLine is main with everything passed in. It returns the exit status.
func runCommandLine(
	ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer,
) int {
	cli, command, status := parseCommandLine(args, stdout, stderr)
	if command == "" {
		return status
	}
	switch command {
	case "version":
		fmt.Fprintln(stdout, version())
		return exitDone
	case "check needs":
		return checkNeeds(ctx, getenv, cli.Check.Needs, stdout)
	case "check beliefs":
		return checkBeliefs(ctx, getenv, cli.Check.Beliefs, stdout, stderr)
	case "serve":
		return runServe(ctx, getenv, cli.Serve, stdout, stderr)
	}
	if err := runOperatorCommand(ctx, getenv, command, cli, stdout); err != nil {
		fmt.Fprintln(stderr, "error:", err)
		return exitFailed
	}
	return exitDone
}

// parseCommandLine returns the command without its arguments. It is empty if nothing
// is to be run: status is then the exit status, and everything was printed.
func parseCommandLine(args []string, stdout, stderr io.Writer) (cli commandLine, command string, status int) {
	exit := -1
	p, err := kong.New(&cli,
		kong.Name("bot"),
		kong.Description("Two keys to wipe a machine: someone else's approval, and a proven backup."),
		helpTexts, kong.Writers(stdout, stderr), kong.Exit(func(code int) { exit = code }))
	if err != nil {
		fmt.Fprintln(stderr, "error:", err)
		return cli, "", exitUsage
	}
	k, err := p.Parse(args)
	switch {
	case exit >= 0: // --help was printed
		return cli, "", exit
	case err != nil:
		fmt.Fprintf(stderr, "error: %v\nhint: bot --help\n", err)
		return cli, "", exitUsage
	}
	command, _, _ = strings.Cut(k.Command(), " <")
	return cli, command, exitDone
}

// runOperatorCommand runs a command whose whole result is its output and its error.
func runOperatorCommand(
	ctx context.Context, getenv func(string) string, command string, cli commandLine, stdout io.Writer,
) error {
	switch command {
	case "audit export":
		return exportAudit(ctx, getenv, stdout)
	case "audit key":
		return printAuditKey(getenv, stdout)
	case "audit adopt":
		return adoptAudit(ctx, getenv, cli.Audit.Adopt, stdout)
	case "audit verify":
		return verifyAudit(ctx, getenv, cli.Audit.Verify, stdout)
	case "adopt":
		return adoptRedis(ctx, getenv, cli.Adopt, stdout)
	case "policy schema":
		_, err := stdout.Write(policy.Schema())
		return err
	case "policy check":
		return checkPolicy(getenv, cli.Policy.Check, stdout)
	case "policy explain":
		return explainPolicy(ctx, getenv, cli.Policy.Explain, stdout)
	}
	return fmt.Errorf("nothing runs the command %q", command)
}

// runServe runs bot serve, and says whether a failure left something behind.
func runServe(ctx context.Context, getenv func(string) string, c serveCommand, stdout, stderr io.Writer) int {
	err := serve(ctx, getenv, stdout, stderr, serveOptions{heads: c.Heads})
	if err == nil {
		return exitDone
	}
	hint := "nothing was started"
	if _, broke := errors.AsType[*brokeError](err); broke {
		hint = "what was acknowledged is in Redis and goes on when Twokey runs again"
	}
	fmt.Fprintf(stderr, "error: %v\nhint: %s\n", err, hint)
	return exitFailed
}

// version is the module's, as the Go toolchain stamped it.
func version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		return "twokey " + b.Main.Version
	}
	return "twokey (devel)"
}
