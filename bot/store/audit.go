package store

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/commands/port"
	"twokey/commands/seal"
)

// The audit is 17 chains, one a partition and one for what holds for all
// (freezes), since all that a script writes shares a slot. An entry is written
// first of all in the script of the transition, refusal or decision that it
// tells of, so there is none of these without it. Its link is a hash of the
// link before it, its number, its time and the SHA-256 of its body: a changed,
// missing or reordered entry breaks the chain. Whoever may write to Redis could
// compute the links of a whole chain anew, but cannot seal an entry, nor the
// chain's end (heads.go). (A fail-over that loses the newest entries shows against
// heads that were kept elsewhere.) An entry takes about half a kilobyte, a reinstall of twelve
// transitions about six, for good.

// AuditEntry is one entry of a chain.
type AuditEntry struct {
	Chain string          `json:"chain"` // the partition's number, or "freeze"
	Seq   int64           `json:"seq"`   // 1 at the beginning, +1 with every entry
	At    int64           `json:"at"`    // Redis' clock, in ms
	Body  json.RawMessage `json:"body"`  // an AuditBody
	Sum   string          `json:"sum"`   // SHA-256 of the body, in hex
	Link  string          `json:"link"`
}

// AuditBody is what an entry says.
type AuditBody struct {
	Kind     string `json:"kind"` // transition, refusal, decision or finding
	Op       string `json:"op,omitempty"`
	Rev      int64  `json:"rev,omitempty"` // the revision that a transition led to
	Instance string `json:"instance,omitempty"`
	State    string `json:"state,omitempty"`
	By       string `json:"by"`
	What     string `json:"what"`
	Detail   string `json:"detail,omitempty"`
	Plan     string `json:"plan,omitempty"`    // the plan's fingerprint
	Request  string `json:"request,omitempty"` // the cloud's request id
	Command  string `json:"command,omitempty"`

	// What the plan demands, and what there is of it, as the transition left it.
	Approvals int      `json:"approvals,omitempty"` // how many are demanded
	Backup    bool     `json:"backup,omitempty"`    // whether a backup is
	Keys      []string `json:"keys,omitempty"`      // whose approvals count
	Evidence  string   `json:"evidence,omitempty"`  // the id of the backup that was confirmed
	Proposer  string   `json:"proposer,omitempty"`

	// Of an entry with which an operator went on: the numbers that are missing, the
	// number of the entry that it follows on, and the revisions of proposals whose
	// transitions are among what is missing.
	Missing string           `json:"missing,omitempty"`
	After   int64            `json:"after,omitempty"`
	Revs    map[string]int64 `json:"revs,omitempty"`
}

const kindTransition = "transition"

// sealBody is an entry of a chain as it is written: its last field is a seal over
// all before it and the chain's name.
func (s *Store) sealBody(chain string, b AuditBody) (body, sum string, err error) {
	j, err := json.Marshal(b)
	if err != nil {
		return "", "", err
	}
	mac, err := s.seal.Seal(seal.Audit, chain, string(j))
	if err != nil {
		return "", "", err
	}
	body = string(j[:len(j)-1]) + sealField + mac + `"}`
	return body, sumOf([]byte(body)), nil
}

const sealField = `,"seal":"`

// unsealBody takes the seal off an entry; it is empty where there is none.
func unsealBody(body string) (j, mac string) {
	at := strings.LastIndex(body, sealField)
	if at < 0 || !strings.HasSuffix(body, `"}`) {
		return body, ""
	}
	return body[:at] + "}", body[at+len(sealField) : len(body)-len(`"}`)]
}

func sumOf(body []byte) string {
	s := sha256.Sum256(body)
	return hex.EncodeToString(s[:])
}

// linkOf is what chain in lua/prelude.lua computes.
func linkOf(before string, e AuditEntry) string {
	s := sha1.Sum(fmt.Appendf(nil, "%s %d %d %s", before, e.Seq, e.At, e.Sum)) //nolint:gosec // as above
	return hex.EncodeToString(s[:])
}

func (s *Store) changeBody(c port.Change) (body, sum string, err error) {
	k := c.Op.Keys()
	b := AuditBody{
		Kind: kindTransition, Op: c.Op.ID, Rev: c.Rev + 1, Instance: c.Op.Plan.Ref.String(), State: string(c.Op.State),
		By: c.By, What: c.What, Detail: c.Det, Plan: c.Op.Print, Request: c.Op.RequestID, Command: c.Command,
		Approvals: k.Needed, Backup: k.Required, Keys: k.By, Proposer: c.Op.Proposer,
	}
	if k.Backup {
		b.Evidence = c.Op.Backup.Evidence.ID
	}
	return s.sealBody(idPartition(c.Op.ID).String(), b)
}

func (s *Store) noteBody(chain string, n port.Note) (body, sum string, err error) {
	if n.Key == "" {
		return "", "", errors.New("a note without a key")
	}
	return s.sealBody(chain, AuditBody{Kind: string(n.Kind), Op: n.Op, By: n.By, What: n.What, Detail: n.Detail, Command: n.Key})
}

// Note implements commands.Store: in the chain of the operation's partition, or
// of the key's where there is none.
func (s *Store) Note(ctx context.Context, n port.Note, ps ...port.Post) error {
	p := notePartition(n)
	body, sum, err := s.noteBody(p.String(), n)
	if err != nil {
		return err
	}
	args := []any{madeFor.Milliseconds(), body, sum}
	for _, post := range ps {
		j, err := encode(post)
		if err != nil {
			return fmt.Errorf("post %s: %w", post.Key, err)
		}
		args = append(args, j)
	}
	if err := s.run(ctx, noteScript, call{
		keys: []string{p.told(n.Key), p.out(), p.due(), p.own(), p.audit()}, args: args,
	}).Err(); err != nil {
		return fmt.Errorf("note %s: %w", n.Key, auditFault(err))
	}
	return nil
}

// Noted implements commands.Store.
func (s *Store) Noted(ctx context.Context, n port.Note) (bool, error) {
	p := notePartition(n)
	there, err := s.db.Exists(ctx, p.told(n.Key)).Result()
	if err != nil {
		return false, fmt.Errorf("note %s: %w", n.Key, err)
	}
	return there > 0, nil
}

// notePartition is the operation's, or the key's where there is none.
func notePartition(n port.Note) partition {
	if id, ok := ParseID(n.Op); ok {
		return idPartition(id)
	}
	return spread(n.Key)
}

// auditFault words what a script says whose chain was cut at its end: Redis
// remembers the number that it had given.
func auditFault(err error) error {
	if err != nil && strings.Contains(err.Error(), "equal or smaller than the target stream top item") {
		return fmt.Errorf("the audit chain was cut at its end, and without the audit nothing is done; find out who did it, then run bot audit adopt: %w", err)
	}
	return err
}

// freezeChain is the name of the chain of what holds for all.
const freezeChain = "freeze"

// chains are the audit's, by name.
func chains() map[string]string {
	m := map[string]string{freezeChain: freezeAudit}
	for p := range partition(Partitions) {
		m[p.String()] = p.audit()
	}
	return m
}

// auditPage is how many entries are read at once.
const auditPage = 500

// Audit gives every entry to each, chain by chain ("0" to "15", then "freeze"),
// oldest first. It ends at the first error.
func (s *Store) Audit(ctx context.Context, each func(AuditEntry) error) error {
	all := chains()
	for p := range partition(Partitions) {
		if err := s.readChain(ctx, p.String(), all[p.String()], each); err != nil {
			return err
		}
	}
	return s.readChain(ctx, freezeChain, freezeAudit, each)
}

func (s *Store) readChain(ctx context.Context, name, key string, each func(AuditEntry) error) error {
	for from := "-"; ; {
		ms, err := s.db.XRangeN(ctx, key, from, "+", auditPage).Result()
		if err != nil {
			return fmt.Errorf("read the audit chain %s: %w", name, err)
		}
		for _, m := range ms {
			e, err := decodeAudit(name, m)
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

// decodeAudit reads an entry as it is: what does not fit the chain is for the
// verifier to say.
func decodeAudit(chain string, m redis.XMessage) (AuditEntry, error) {
	field := func(name string) string { s, _ := m.Values[name].(string); return s }
	e := AuditEntry{Chain: chain, Body: json.RawMessage(field("body")), Sum: field("sum"), Link: field("link")}
	if n, err := strconv.ParseInt(strings.TrimSuffix(m.ID, "-0"), 10, 64); err == nil && n > 0 {
		e.Seq = n
	} else { // not ours: the verifier says so
		j, err := encode(m.ID)
		e.Body = json.RawMessage(j)
		return e, err
	}
	e.At, _ = strconv.ParseInt(field("at"), 10, 64)
	if !json.Valid(e.Body) {
		j, err := encode(field("body"))
		if err != nil {
			return e, err
		}
		e.Body = json.RawMessage(j) // broken: its sum will not fit
	}
	return e, nil
}

// Time is when the entry was written.
func (e AuditEntry) Time() time.Time { return time.UnixMilli(e.At).UTC() }

// Revisions reads the revision of every operation that Redis still keeps.
func (s *Store) Revisions(ctx context.Context) (map[string]int64, error) {
	ids, err := s.operations(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the operations: %w", err)
	}
	all := map[string]int64{}
	for _, id := range ids {
		rev, err := s.db.HGet(ctx, idPartition(id).op(id), "rev").Int64()
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("the revision of %s: %w", id, err)
		}
		all[id] = rev
	}
	return all, nil
}

// operations lists the ids of all operations, on all masters.
func (s *Store) operations(ctx context.Context) ([]string, error) {
	var mu sync.Mutex
	var ids []string
	err := s.masters(ctx, func(ctx context.Context, c *redis.Client) error {
		it := c.Scan(ctx, 0, "twokey:{*}:op:*", 1000).Iterator()
		for it.Next(ctx) {
			_, id, _ := strings.Cut(it.Val(), "}:op:")
			if _, ok := ParseID(id); ok {
				mu.Lock()
				ids = append(ids, id)
				mu.Unlock()
			}
		}
		return it.Err()
	})
	return ids, err
}
