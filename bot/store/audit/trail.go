// Package audit is the audit trail: 17 chains of sealed entries in Redis, one a
// partition and one for freezes. The store's scripts write the entries, each in the
// script of what it records (bot/store/doc.go 7.1). This package reads, verifies and
// ships them, seals the ends of the chains, and goes on with a chain that was cut.
//
// A changed, missing or reordered entry breaks its chain. Whoever may write to Redis
// could compute the links of a whole chain again. They cannot seal an entry, nor the
// chain's end (7.2). A fail-over that loses the newest entries shows against heads
// that were kept elsewhere. An entry takes about half a kilobyte, a reinstall of
// twelve transitions about six, for good.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/redisdb"
	"twokey/commands/seal"
)

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// Trail is the audit as it lies in Redis.
type Trail struct {
	db     *redisdb.DB
	sealer *seal.Keys
	worker string // this process, as it holds the right to ship
}

// NewTrail returns the audit in a Redis.
func NewTrail(db *redisdb.DB, keys *seal.Keys, worker string) *Trail {
	return &Trail{db: db, sealer: keys, worker: worker}
}

// ExplainCut words what a script says whose chain was cut at its end: Redis
// remembers the number that it had given.
func ExplainCut(err error) error {
	if err != nil && strings.Contains(err.Error(), "equal or smaller than the target stream top item") {
		return fmt.Errorf("the audit chain was cut at its end; find out why, then run bot audit adopt: %w", err)
	}
	return err
}

// FreezeChain is the name of the chain of what holds for all.
const FreezeChain = "freeze"

// Chains are the keys of the audit's, by name.
func Chains() map[string]string {
	m := map[string]string{FreezeChain: keys.FreezeAudit}
	for p := range keys.Partition(keys.Partitions) {
		m[p.String()] = p.Audit()
	}
	return m
}

// auditPage is how many entries are read at once.
const auditPage = 500

// Audit gives every entry to each, chain by chain ("0" to "15", then "freeze"),
// oldest first. It ends at the first error.
func (s *Trail) Audit(ctx context.Context, each func(Entry) error) error {
	all := Chains()
	for p := range keys.Partition(keys.Partitions) {
		if err := s.readChain(ctx, p.String(), all[p.String()], each); err != nil {
			return err
		}
	}
	return s.readChain(ctx, FreezeChain, keys.FreezeAudit, each)
}

func (s *Trail) readChain(ctx context.Context, name, key string, each func(Entry) error) error {
	for from := "-"; ; {
		ms, err := s.db.XRangeN(ctx, key, from, "+", auditPage).Result()
		if err != nil {
			return fmt.Errorf("read the audit chain %s: %w", name, err)
		}
		for _, m := range ms {
			e, err := DecodeEntry(name, m)
			if err != nil {
				return err
			}
			if err := each(e); err != nil {
				return err
			}
		}
		if len(ms) < auditPage {
			return nil
		}
		from = "(" + ms[len(ms)-1].ID
	}
}

// DecodeEntry reads an entry as it is: what does not fit the chain is for the
// verifier to say.
func DecodeEntry(chain string, m redis.XMessage) (Entry, error) {
	field := func(name string) string { s, _ := m.Values[name].(string); return s }
	e := Entry{Chain: chain, Body: json.RawMessage(field("body")), Sum: field("sum"), Link: field("link")}
	if n, err := strconv.ParseInt(strings.TrimSuffix(m.ID, "-0"), 10, 64); err == nil && n > 0 {
		e.Seq = n
	} else { // not ours: the verifier says so
		j, err := toJSON(m.ID)
		e.Body = json.RawMessage(j)
		return e, err
	}
	e.At, _ = strconv.ParseInt(field("at"), 10, 64)
	if !json.Valid(e.Body) {
		j, err := toJSON(field("body"))
		if err != nil {
			return e, err
		}
		e.Body = json.RawMessage(j) // broken: its sum will not fit
	}
	return e, nil
}

// IsChain reports whether there is a chain of that name.
func IsChain(name string) bool { return Chains()[name] != "" }

// ChainNames are the chains' names, "0" to "15", then "freeze".
func ChainNames() []string {
	out := make([]string, 0, keys.Partitions+1)
	for p := range keys.Partition(keys.Partitions) {
		out = append(out, p.String())
	}
	return append(out, FreezeChain)
}
