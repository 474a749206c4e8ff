package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"twokey/bot/store/audit"
	"twokey/commands/seal"
)

// auditVerifyOptions are those of `bot audit verify`.
type auditVerifyOptions struct {
	File  []string `help:"${audit_verify_file}" placeholder:"FILE"`
	Heads string   `help:"${audit_verify_heads}" placeholder:"FILE"`
}

// An auditSource reads all entries of an audit. Broken is what is wrong with it; notes
// are what an operator should know besides.
type auditSource func(v *audit.Verifier, seals *seal.Keys) (broken, notes []string, err error)

// verifyAudit prints the heads of an audit that is whole. Its error names what is
// wrong.
func verifyAudit(ctx context.Context, getenv func(string) string, o auditVerifyOptions, stdout io.Writer) error {
	var v audit.Verifier
	if o.Heads != "" {
		heads, err := readHeads(o.Heads)
		if err != nil {
			return err
		}
		v.Expect(heads...)
	}
	seals, err := sealsOf(getenv)
	if err != nil {
		return err
	}
	source := redisAudit(ctx, getenv)
	if len(o.File) > 0 {
		source = shippedAudit(ctx, getenv, o.File)
	}
	broken, notes, err := source(&v, seals)
	if err != nil {
		return err
	}
	if len(broken) > 0 {
		return errors.New("the audit is not whole:\n  " + strings.Join(append(broken, notes...), "\n  "))
	}
	printWholeAudit(stdout, &v, notes)
	if seals == nil {
		fmt.Fprintln(stdout, "The seals were not looked at: set TWOKEY_SEAL_KEY, or SLACK_BOT_TOKEN if there is none.")
	}
	printHeads(stdout, &v, o.Heads != "")
	return nil
}

func printWholeAudit(w io.Writer, v *audit.Verifier, notes []string) {
	heads, n := v.Heads()
	but := ""
	if len(v.Notes()) > 0 {
		but = ", but for what an operator went on without"
	}
	fmt.Fprintf(w, "The audit is whole%s: %d entries in %d chains.\n", but, n, len(heads))
	for _, note := range notes {
		fmt.Fprintln(w, note)
	}
}

// printHeads prints the end of each chain, for the next verify.
func printHeads(w io.Writer, v *audit.Verifier, compared bool) {
	if !compared {
		fmt.Fprintln(w, "Entries cut off at the end of a chain show only against heads "+
			"that were kept elsewhere (--heads FILE). Keep these:")
	}
	heads, _ := v.Heads()
	for _, h := range heads {
		fmt.Fprintln(w, h)
	}
}

// redisAudit is the audit that Redis holds.
func redisAudit(ctx context.Context, getenv func(string) string) auditSource {
	return func(v *audit.Verifier, seals *seal.Keys) (broken, notes []string, err error) {
		s, err := openRedis(ctx, getenv)
		if err != nil {
			return nil, nil, err
		}
		defer s.Close()
		revs, err := s.Revisions(ctx)
		if err != nil {
			return nil, nil, err
		}
		if seals != nil {
			kept, err := s.SealedHeads(ctx)
			if err != nil {
				return nil, nil, err
			}
			v.Unseal(seals, kept)
		}
		if err := s.Audit(ctx, func(e audit.Entry) error { v.Add(e); return nil }); err != nil {
			return nil, nil, err
		}
		return v.End(revs), v.Notes(), nil
	}
}

// shippedAudit is the audit in files that were exported or shipped. If Redis is set, it
// also compares both.
func shippedAudit(ctx context.Context, getenv func(string) string, paths []string) auditSource {
	return func(v *audit.Verifier, seals *seal.Keys) (broken, notes []string, err error) {
		if seals != nil {
			v.Unseal(seals, audit.KeptHeads{})
		}
		all, err := readShipped(paths)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range all {
			v.Add(e)
		}
		broken = v.End(nil)
		if !anyRedis(getenv) {
			return broken, v.Notes(), nil
		}
		s, err := openRedis(ctx, getenv)
		if err != nil { // the files are all there is
			return broken, append(v.Notes(), "Redis was not compared: "+err.Error()), nil
		}
		defer s.Close()
		comparison := audit.NewComparison(seals, all)
		if err := s.Audit(ctx, func(e audit.Entry) error { comparison.Add(e); return nil }); err != nil {
			return broken, nil, err
		}
		apart, notes := comparison.End()
		return append(broken, apart...), append(v.Notes(), notes...), nil
	}
}
