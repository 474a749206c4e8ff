package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"twokey/bot/store"
	"twokey/bot/store/audit"
	"twokey/commands/reinstall"
	"twokey/commands/seal"
)

// auditCommand is `bot audit`.
type auditCommand struct {
	Export struct{}           `cmd:"" help:"Print every entry as a JSON line, chain by chain, oldest first."`
	Verify auditVerifyOptions `cmd:"" help:"Look for a changed, missing or reordered entry. Exit status 1: there is one."`
	Adopt  auditAdoptOptions  `cmd:"" help:"Go on with chains of which entries were removed: until then nothing is armed. Verify goes on saying what is missing."`
	Key    struct{}           `cmd:"" help:"Print the key that signs what audit: https://.. in the policy file posts, for its receiver."`
}

type auditVerifyOptions struct {
	File  []string `help:"Verify an export, or what was shipped, instead of Redis; - is standard input. Several are read as one. If Redis is set, say where both part." placeholder:"FILE"`
	Heads string   `help:"Hold the chains against heads that an earlier verify printed and that were kept elsewhere." placeholder:"FILE"`
}

// openAudit connects to Redis alone.
func openAudit(ctx context.Context, getenv func(string) string) (*store.Store, error) {
	cfg, err := LoadRedis(getenv)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	seals, _, err := cfg.Seals()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{ReadOnly: true, Seal: seals, URL: cfg.RedisURL, SentinelURL: cfg.RedisSentinelURL, ClusterURL: cfg.RedisClusterURL})
}

func exportAudit(ctx context.Context, getenv func(string) string, stdout io.Writer) error {
	s, err := openAudit(ctx, getenv)
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

// verifyAudit prints the heads of chains that are whole. Its error names what
// is not.
func verifyAudit(ctx context.Context, getenv func(string) string, w auditVerifyOptions, stdout io.Writer) error {
	var v audit.Verifier
	if w.Heads != "" {
		heads, err := readHeads(w.Heads)
		if err != nil {
			return err
		}
		v.Expect(heads...)
	}
	seals, err := sealsOf(getenv)
	if err != nil {
		return err
	}
	var broken, notes []string
	if len(w.File) > 0 {
		broken, notes, err = verifyFiles(ctx, getenv, w.File, &v, seals)
	} else {
		broken, err = verifyRedis(ctx, getenv, &v, seals)
		notes = v.Notes()
	}
	if err != nil {
		return err
	}
	if len(broken) > 0 {
		return errors.New("the audit is not whole:\n  " + strings.Join(append(broken, notes...), "\n  "))
	}
	heads, n := v.Heads()
	but := ""
	if len(v.Notes()) > 0 {
		but = ", but for what an operator went on without"
	}
	fmt.Fprintf(stdout, "The audit is whole%s: %d entries in %d chains.\n", but, n, len(heads))
	for _, note := range notes {
		fmt.Fprintln(stdout, note)
	}
	if seals == nil {
		fmt.Fprintln(stdout, "The seals were not looked at: set TWOKEY_SEAL_KEY, or SLACK_BOT_TOKEN if there is none.")
	}
	if w.Heads == "" {
		fmt.Fprintln(stdout, "Entries cut off at the end of a chain show only against heads that were kept elsewhere (--heads FILE). Keep these:")
	}
	for _, h := range heads {
		fmt.Fprintln(stdout, h)
	}
	return nil
}

// verifyRedis goes through the chains that Redis holds.
func verifyRedis(ctx context.Context, getenv func(string) string, v *audit.Verifier, seals *seal.Keys) (broken []string, err error) {
	s, err := openAudit(ctx, getenv)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	revs, err := s.Revisions(ctx)
	if err != nil {
		return nil, err
	}
	if seals != nil {
		kept, err := s.SealedHeads(ctx)
		if err != nil {
			return nil, err
		}
		v.Unseal(seals, kept)
	}
	if err := s.Audit(ctx, func(e audit.Entry) error { v.Add(e); return nil }); err != nil {
		return nil, err
	}
	return v.End(revs), nil
}

// readHeads reads what verify printed; other lines are passed over.
func readHeads(path string) ([]audit.Head, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var heads []audit.Head
	for l := range strings.Lines(string(b)) {
		if l = strings.TrimSpace(l); strings.HasPrefix(l, "chain ") {
			h, err := audit.ParseHead(l)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			heads = append(heads, h)
		}
	}
	if len(heads) == 0 {
		return nil, fmt.Errorf("%s has no head; keep what bot audit verify prints", path)
	}
	return heads, nil
}

// sealsOf are the keys that the settings name; nil: they name none, so that seals
// are not looked at.
func sealsOf(getenv func(string) string) (*seal.Keys, error) {
	s := &settingsReader{getenv: getenv, readFile: os.ReadFile}
	c := Config{SealKeys: s.readSealKeys(), SlackBotToken: s.readSecret("SLACK_BOT_TOKEN")}
	if err := errors.Join(s.mistakes...); err != nil {
		return nil, err
	}
	keys, _, err := c.Seals()
	return keys, err
}

// serveCommand is bot serve.
type serveCommand struct {
	Heads string `help:"Believe Redis only if its audit goes through the heads that bot audit verify printed and that were kept elsewhere." placeholder:"FILE"`
}

// keptHeads are the ends of the chains that stand outside of Redis: in a file of
// heads, and in the file that the audit is shipped to.
func keptHeads(file string, to reinstall.AuditTo) ([]audit.Head, error) {
	var heads []audit.Head
	if file != "" {
		var err error
		if heads, err = readHeads(file); err != nil {
			return nil, err
		}
	}
	if to.Kind != "file" {
		return heads, nil
	}
	if info, err := os.Stat(to.At); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return heads, nil // nothing was shipped yet
	}
	newest := map[string]audit.Head{}
	err := readExport(to.At, func(e audit.Entry) {
		newest[e.Chain] = audit.Head{Chain: e.Chain, Seq: e.Seq, Link: e.Link}
	})
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) { // a line that a crash cut is written anew
		return nil, err
	}
	for _, chain := range slices.Sorted(maps.Keys(newest)) {
		heads = append(heads, newest[chain])
	}
	return heads, nil
}
