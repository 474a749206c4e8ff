package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"twokey/bot/store"
	"twokey/bot/store/audit"
)

// readShipped reads what export or the bot wrote, and sorts it into the order of each
// chain. What was sent twice, as after a crash, counts once. Two different entries
// with one number both stay.
func readShipped(paths []string) ([]audit.Entry, error) {
	var all []audit.Entry
	for _, path := range paths {
		if err := readExport(path, func(e audit.Entry) { all = append(all, e) }); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b audit.Entry) int {
		return cmp.Or(
			cmp.Compare(chainNumber(a.Chain), chainNumber(b.Chain)),
			cmp.Compare(a.Chain, b.Chain),
			cmp.Compare(a.Seq, b.Seq),
		)
	})
	type content struct {
		chain, sum, link string
		seq, at          int64
		body             string
	}
	seen := map[content]bool{}
	return slices.DeleteFunc(all, func(e audit.Entry) bool {
		c := content{e.Chain, e.Sum, e.Link, e.Seq, e.At, string(e.Body)}
		was := seen[c]
		seen[c] = true
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

// readExport reads what export wrote; - is standard input.
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
