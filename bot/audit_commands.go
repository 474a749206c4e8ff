package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"twokey/bot/ship"
	"twokey/bot/store"
	"twokey/bot/store/audit"
	"twokey/commands/seal"
)

// auditCommand is `bot audit`.
type auditCommand struct {
	Export struct{}           `cmd:"" help:"Print every entry as a JSON line, chain by chain, oldest first."`
	Verify auditVerifyOptions `cmd:"" help:"Look for a changed, missing or reordered entry. Exit status 1: there is one."`
	Adopt  auditAdoptOptions  `cmd:"" help:"${audit_adopt}"`
	Key    struct{}           `cmd:"" help:"${audit_key}"`
}

// exportAudit prints every entry as a JSON line.
func exportAudit(ctx context.Context, getenv func(string) string, stdout io.Writer) error {
	s, err := openRedis(ctx, getenv)
	if err != nil {
		return err
	}
	defer s.Close()
	out := bufio.NewWriter(stdout)
	lines := json.NewEncoder(out)
	if err := s.Audit(ctx, func(e audit.Entry) error { return lines.Encode(exportEntry(e)) }); err != nil {
		return err
	}
	return out.Flush()
}

// exportedEntry is an entry with its time as people read it.
type exportedEntry struct {
	Time string `json:"time"`
	audit.Entry
}

func exportEntry(e audit.Entry) exportedEntry {
	return exportedEntry{e.Time().Format(time.RFC3339Nano), e}
}

// auditAdoptOptions are those of `bot audit adopt`.
type auditAdoptOptions struct {
	Why   string `required:"" placeholder:"TEXT" help:"${audit_adopt_why}"`
	Chain string `placeholder:"N" help:"Only this chain, 0 to 15 or freeze; default is each that lacks entries."`
}

// adoptAudit continues chains of which entries were removed. It records that in each.
func adoptAudit(ctx context.Context, getenv func(string) string, o auditAdoptOptions, stdout io.Writer) error {
	if o.Chain != "" && !audit.IsChain(o.Chain) {
		return fmt.Errorf("there is no chain %q; they are 0 to %d, and freeze", o.Chain, store.Partitions-1)
	}
	s, err := openRedis(ctx, getenv)
	if err != nil {
		return err
	}
	defer s.Close()
	if seals, err := sealsOf(getenv); err != nil || seals == nil {
		return cmp.Or(err, errors.New("set TWOKEY_SEAL_KEY, or SLACK_BOT_TOKEN where there is none: "+
			"the entry that goes on is sealed, as the bot does it"))
	}
	went, err := s.AdoptAudit(ctx, o.Chain, operatorName(), o.Why)
	for _, a := range went {
		fmt.Fprintf(stdout, "Chain %s goes on at its entry %d, which says that %s is missing.\n",
			a.Chain, a.Seq, a.Missing)
	}
	switch {
	case err != nil:
		return err
	case len(went) == 0:
		return errors.New("no entry is missing that nobody went on without; nothing was written. " +
			"What else is wrong, bot audit verify says")
	}
	fmt.Fprintln(stdout, "Every replica of Twokey believes the audit again within two seconds, "+
		"and tells it in the channels. What was shipped may still have what is missing.")
	return nil
}

// printAuditKey prints the keys that sign what is posted to an HTTPS receiver.
func printAuditKey(getenv func(string) string, stdout io.Writer) error {
	seals, err := sealsOf(getenv)
	if err != nil {
		return err
	}
	if seals == nil {
		return errors.New("set TWOKEY_SEAL_KEY, or SLACK_BOT_TOKEN where there is none: the key is derived from it")
	}
	fmt.Fprintln(stdout, "What is posted of the audit has "+ship.TimeHeader+" (in seconds) and "+
		ship.SignatureHeader+": v1= and the HMAC-SHA-256, in hex, of v1:TIME:BODY.")
	fmt.Fprintln(stdout, "Its receiver needs this key, in hex, and no other secret of Twokey; "+
		"behind it those of older sealing keys:")
	for _, k := range seals.Secrets(seal.Ship) {
		fmt.Fprintf(stdout, "%x\n", k)
	}
	return nil
}
