// Command bot is Twokey: a Slack bot with which on-call engineers reinstall the
// operating system of a Tencent Cloud CVM instance, when two keys are turned.
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
	_ "time/tzdata" // the policy's time zones, also where the machine has none

	"github.com/alecthomas/kong"

	"twokey/commands/policy"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(runCommandLine(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// commandLine is what the binary can be asked to do.
type commandLine struct {
	Serve   serveCommand  `cmd:"" help:"Serve Slack and work off what is due. All settings come from the environment."`
	Check   checkCommands `cmd:"" help:"Look at everything that serve needs, and say what is missing and what to do. Nothing is changed. Exit status 1: something is missing."`
	Audit   auditCommand  `cmd:"" help:"Export or verify who did what, when, on which plan. Needs only the settings of Redis."`
	Policy  policyCommand `cmd:"" help:"Check a policy file, explain what it says of one machine and one person, or print its schema."`
	Adopt   adoptCommand  `cmd:"" help:"Go on with Redis as it is, after it was emptied or rolled back: until then nothing is armed."`
	Version struct{}      `cmd:"" help:"Print the version."`
}

// runCommandLine is main with everything passed in. It returns the exit status: 0, 1 for
// what could not be done, 2 for a command line that is not understood.
func runCommandLine(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	var cli commandLine
	exit := -1
	p, err := kong.New(&cli, kong.Name("bot"), kong.Description("Two keys to wipe a machine: someone else's approval, and a proven backup."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { exit = code }))
	if err != nil {
		fmt.Fprintln(stderr, "error:", err)
		return 2
	}
	k, err := p.Parse(args)
	switch {
	case exit >= 0: // --help was printed
		return exit
	case err != nil:
		fmt.Fprintf(stderr, "error: %v\nhint: bot --help\n", err)
		return 2
	}
	switch command, _, _ := strings.Cut(k.Command(), " <"); command {
	case "version":
		fmt.Fprintln(stdout, version())
		return 0
	case "check needs":
		return checkNeeds(ctx, getenv, cli.Check.Needs, stdout)
	case "check beliefs":
		return checkBeliefs(ctx, getenv, cli.Check.Beliefs, stdout, stderr)
	case "audit export":
		return exitStatus(stderr, exportAudit(ctx, getenv, stdout))
	case "audit key":
		return exitStatus(stderr, printAuditKey(getenv, stdout))
	case "audit adopt":
		return exitStatus(stderr, adoptAudit(ctx, getenv, cli.Audit.Adopt, stdout))
	case "audit verify":
		return exitStatus(stderr, verifyAudit(ctx, getenv, cli.Audit.Verify, stdout))
	case "adopt":
		return exitStatus(stderr, adoptRedis(ctx, getenv, cli.Adopt, stdout))
	case "policy schema":
		_, err := stdout.Write(policy.Schema())
		return exitStatus(stderr, err)
	case "policy check":
		return exitStatus(stderr, checkPolicy(getenv, cli.Policy.Check, stdout))
	case "policy explain":
		return exitStatus(stderr, explainPolicy(ctx, getenv, cli.Policy.Explain, stdout))
	}
	if err := serve(ctx, getenv, stdout, stderr, serveOptions{heads: cli.Serve.Heads}); err != nil {
		hint := "nothing was started"
		if _, broke := errors.AsType[*brokeError](err); broke {
			hint = "what was acknowledged is in Redis and goes on when Twokey runs again"
		}
		fmt.Fprintf(stderr, "error: %v\nhint: %s\n", err, hint)
		return 1
	}
	return 0
}

// exitStatus says an error and returns the exit status.
func exitStatus(stderr io.Writer, err error) int {
	if err != nil {
		fmt.Fprintln(stderr, "error:", err)
		return 1
	}
	return 0
}

// version is the module's, as the Go toolchain stamped it.
func version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		return "twokey " + b.Main.Version
	}
	return "twokey (devel)"
}
