package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"twokey/bot/store/audit"
	"twokey/commands/reinstall/model"
)

// readHeads reads what verify printed. Other lines are passed over.
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

// keptHeads are the ends of the chains that are kept outside of Redis: in a file of
// heads, and in the file that the audit is shipped to.
func keptHeads(file string, to model.AuditTo) ([]audit.Head, error) {
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
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) { // the line that a crash cut is written again
		return nil, err
	}
	for _, chain := range slices.Sorted(maps.Keys(newest)) {
		heads = append(heads, newest[chain])
	}
	return heads, nil
}
