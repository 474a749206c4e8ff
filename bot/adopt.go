package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"

	"twokey/bot/store"
	"twokey/bot/store/audit"
	"twokey/commands/port"
)

// adoptCommand is bot adopt.
type adoptCommand struct {
	Why string `required:"" placeholder:"TEXT" help:"What happened to Redis; it stands in the audit."`
}

// adoptRedis has every replica believe Redis as it is from now on.
func adoptRedis(ctx context.Context, getenv func(string) string, w adoptCommand, stdout io.Writer) error {
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
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
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
	err = s.Note(ctx, port.Note{Key: "adopt." + id, Kind: port.NoteDecision, By: operatorName(), What: "adopt", Detail: w.Why})
	if err != nil {
		return fmt.Errorf("Redis was adopted, and that is not in the audit: %w", err)
	}
	fmt.Fprintln(stdout, "Adopted: every replica of Twokey believes Redis as it is now, within two seconds.")
	fmt.Fprintln(stdout, "A freeze that was in force stays so until /reinstall unfreeze. Proposals that are missing have to be made anew.")
	return nil
}

// auditAdoptOptions are bot audit adopt's.
type auditAdoptOptions struct {
	Why   string `required:"" placeholder:"TEXT" help:"What happened to the audit; it stands in the audit, and is told in the channels."`
	Chain string `placeholder:"N" help:"Only this chain, 0 to 15 or freeze; default is each that lacks entries."`
}

// adoptAudit goes on with chains that were cut.
func adoptAudit(ctx context.Context, getenv func(string) string, w auditAdoptOptions, stdout io.Writer) error {
	if w.Chain != "" && !audit.IsChain(w.Chain) {
		return fmt.Errorf("there is no chain %q; they are 0 to %d, and freeze", w.Chain, store.Partitions-1)
	}
	s, err := openAudit(ctx, getenv)
	if err != nil {
		return err
	}
	defer s.Close()
	if seals, err := sealsOf(getenv); err != nil || seals == nil {
		return cmp.Or(err, errors.New("set TWOKEY_SEAL_KEY, or SLACK_BOT_TOKEN where there is none: the entry that goes on is sealed, as the bot does it"))
	}
	went, err := s.AdoptAudit(ctx, w.Chain, operatorName(), w.Why)
	for _, a := range went {
		fmt.Fprintf(stdout, "Chain %s goes on at its entry %d, which says that %s is missing.\n", a.Chain, a.Seq, a.Missing)
	}
	switch {
	case err != nil:
		return err
	case len(went) == 0:
		return errors.New("no entry is missing that nobody went on without; nothing was written. What else is wrong, bot audit verify says")
	}
	fmt.Fprintln(stdout, "Every replica of Twokey believes the audit again within two seconds, and tells it in the channels. What was shipped may still have what is missing.")
	return nil
}

// operatorName is who runs the command on this machine.
func operatorName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "operator " + u.Username
	}
	return "operator"
}
