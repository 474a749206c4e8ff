// Command practice is the whole of Twokey on one machine: doubles of Slack and
// of Tencent Cloud, a Redis of its own, and the unmodified bot as a child
// process. Without flags it prints the address of a page that looks and works
// like a Slack channel; with -story it plays a story and prints the thread.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with everything passed in: 0 for a story that went as written,
// 1 for one that did not, 2 for flags that are not understood.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("practice", flag.ContinueOnError)
	fs.SetOutput(stderr)
	story := fs.String("story", "", "play a story and print its thread: "+strings.Join(storyNames(), ", "))
	addr := fs.String("addr", "127.0.0.1:7070", "where the page is served")
	speed := fs.Float64("speed", 10, "how much faster than the real one the cloud is")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	var err error
	if *story != "" {
		err = playStory(ctx, *story, stdout)
	} else {
		err = openPage(ctx, *addr, *speed, stdout)
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("%w; is practice open already? -addr 127.0.0.1:0 takes another port", err)
	}
	if err != nil {
		fmt.Fprintln(stderr, "error:", err)
		return 1
	}
	return 0
}
