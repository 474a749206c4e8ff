package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"twokey/bot/store"
	"twokey/bot/store/audit"
	"twokey/commands/seal"
)

// verifyFiles goes through what was exported or shipped, and says where Redis, if it
// is set, is of another mind. Notes are no faults.
func verifyFiles(ctx context.Context, getenv func(string) string, paths []string, v *audit.Verifier, seals *seal.Keys) (broken, notes []string, err error) {
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
	s, err := openAudit(ctx, getenv)
	if err != nil { // the file is all there is
		return broken, append(v.Notes(), "Redis was not compared: "+err.Error()), nil
	}
	defer s.Close()
	parts := audit.NewComparison(seals, all)
	if err := s.Audit(ctx, func(e audit.Entry) error { parts.Add(e); return nil }); err != nil {
		return broken, nil, err
	}
	apart, notes := parts.End()
	return append(broken, apart...), append(v.Notes(), notes...), nil
}

func anyRedis(getenv func(string) string) bool {
	for _, name := range []string{"REDIS_URL", "REDIS_SENTINEL_URL", "REDIS_CLUSTER_URL"} {
		if getenv(name) != "" || getenv(name+"_FILE") != "" {
			return true
		}
	}
	return false
}

// readShipped reads what export or the bot wrote, into each chain's order. What was
// sent twice, as after a crash, counts once. Two entries with one number both stay.
func readShipped(paths []string) ([]audit.Entry, error) {
	var all []audit.Entry
	for _, path := range paths {
		if err := readExport(path, func(e audit.Entry) { all = append(all, e) }); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b audit.Entry) int {
		return cmp.Or(cmp.Compare(chainNumber(a.Chain), chainNumber(b.Chain)), cmp.Compare(a.Chain, b.Chain), cmp.Compare(a.Seq, b.Seq))
	})
	type key struct {
		chain, sum, link string
		seq, at          int64
		body             string
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(all, func(e audit.Entry) bool {
		k := key{e.Chain, e.Sum, e.Link, e.Seq, e.At, string(e.Body)}
		was := seen[k]
		seen[k] = true
		return was
	}), nil
}

// chainNumber puts the chains in the order in which they are exported.
func chainNumber(name string) int {
	n, err := strconv.Atoi(name)
	if err != nil {
		return store.Partitions
	}
	return n
}

// readExport reads what export wrote.
func readExport(path string, each func(audit.Entry)) error {
	in := os.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	lines := json.NewDecoder(in)
	for n := 1; ; n++ {
		var l exportedEntry
		err := lines.Decode(&l)
		if errors.Is(err, io.EOF) {
			if n == 1 {
				return fmt.Errorf("%s has no entry; bot audit export writes one a line", path)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s, entry %d: %w", path, n, err)
		}
		each(l.Entry)
	}
}
