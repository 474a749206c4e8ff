package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"twokey/bot/store"
	"twokey/commands/port"
)

// adoptCommand is `bot adopt`.
type adoptCommand struct {
	Why string `required:"" placeholder:"TEXT" help:"What happened to Redis; it stands in the audit."`
}

// adoptRedis has every replica believe Redis as it is from now on.
func adoptRedis(ctx context.Context, getenv func(string) string, c adoptCommand, stdout io.Writer) error {
	cfg, err := LoadRedis(getenv)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	seals, _, err := cfg.Seals()
	if err != nil {
		return err
	}
	if seals == nil {
		return errors.New("set TWOKEY_SEAL_KEY, or SLACK_BOT_TOKEN where there is none: " +
			"what is adopted is sealed, as the bot does it")
	}
	s, err := store.Open(ctx, readOnlyOptions(cfg, seals))
	if err != nil {
		return err
	}
	defer s.Close()
	id, err := s.Adopt(ctx, c.Why)
	if err != nil {
		return err
	}
	err = s.Note(ctx, port.Note{
		Key: "adopt." + id, Kind: port.NoteDecision, By: operatorName(), What: "adopt", Detail: c.Why,
	})
	if err != nil {
		return fmt.Errorf("Redis was adopted, and that is not in the audit: %w", err)
	}
	fmt.Fprintln(stdout, "Adopted: every replica of Twokey believes Redis as it is now, within two seconds.")
	fmt.Fprintln(stdout, "A freeze that was in force stays so until /reinstall unfreeze. "+
		"Make missing proposals again.")
	return nil
}
