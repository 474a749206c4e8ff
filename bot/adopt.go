package main

import (
	"context"
	"fmt"
	"io"
	"os/user"

	"twokey/bot/store"
	"twokey/commands"
)

// adoptCommand is bot adopt.
type adoptCommand struct {
	Why string `required:"" placeholder:"TEXT" help:"What happened to Redis; it stands in the audit."`
}

// adopt has every replica believe Redis as it is from now on.
func adopt(ctx context.Context, getenv func(string) string, w adoptCommand, stdout io.Writer) error {
	cfg, err := LoadRedis(getenv)
	if err != nil {
		return err
	}
	seals, _, err := cfg.Seals()
	if err != nil {
		return err
	}
	if seals == nil {
		return fmt.Errorf("set TWOKEY_SEAL_KEY, or SLACK_BOT_TOKEN where there is none: what is adopted is sealed, as the bot does it")
	}
	ctx, cancel := context.WithTimeout(ctx, startUp)
	defer cancel()
	s, err := store.Open(ctx, store.Options{ReadOnly: true, Seal: seals, URL: cfg.RedisURL, SentinelURL: cfg.RedisSentinelURL, ClusterURL: cfg.RedisClusterURL})
	if err != nil {
		return err
	}
	defer s.Close()
	id, err := s.Adopt(ctx, w.Why)
	if err != nil {
		return err
	}
	err = s.Note(ctx, commands.Note{Key: "adopt." + id, Kind: commands.NoteDecision, By: operatorName(), What: "adopt", Detail: w.Why})
	if err != nil {
		return fmt.Errorf("Redis was adopted, and that is not in the audit: %w", err)
	}
	fmt.Fprintln(stdout, "Adopted: every replica of Twokey believes Redis as it is now, within two seconds.")
	fmt.Fprintln(stdout, "A freeze that was in force stays so until /reinstall unfreeze. Proposals that are missing have to be made anew.")
	return nil
}

// operatorName is who runs the command on this machine.
func operatorName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "operator " + u.Username
	}
	return "operator"
}
