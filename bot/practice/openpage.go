package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"twokey/bot/fakeslack/page"
)

// openPage sets the stage with a page to play on, until ctx ends.
func openPage(ctx context.Context, addr string, speed float64, out io.Writer) error {
	dir, err := os.MkdirTemp("", "twokey-practice-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Fprintln(out, "Building the bot…")
	bin, err := buildBot(ctx, dir)
	if err != nil {
		return err
	}
	st, err := newStage(
		ctx,
		setting{
			bin: bin, dir: dir, policy: policyWith(15 * time.Second), addr: addr, speed: speed,
			tours:   newCinema(ctx, bin),
			actions: func(st *stage) []page.Action { return accidentButtons(ctx, st) },
		},
	)
	if err != nil {
		return err
	}
	defer st.endAll()
	if st.redis.warning != "" {
		fmt.Fprintln(out, "warning:", st.redis.warning)
	}
	if err := st.bot.start(ctx); err != nil {
		return err
	}
	fmt.Fprintf(
		out, "Practice is open: %s\nYou are Ann, on call. Type /reinstall web-01, then be Bob and approve.\n", st.page,
	)
	fmt.Fprintf(out, "New here? Watch a story first: %s#tour=two-keys\n", st.page)
	fmt.Fprintf(
		out,
		"Accidents: the page's practice desk, and the cloud's control port, %s/switches.\nCtrl-C ends it; nothing "+
			"real is touched.\n",
		st.control,
	)
	<-ctx.Done()
	fmt.Fprintln(out, "Practice has ended.")
	return nil
}
