package audit

import (
	"crypto/sha1" //nolint:gosec // Redis' scripts have no other hash (bot/store/doc.go 7.2)
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"twokey/commands/seal"
)

// Entry is one entry of a chain.
type Entry struct {
	Chain string          `json:"chain"` // the partition's number, or "freeze"
	Seq   int64           `json:"seq"`   // 1 at the beginning, +1 with every entry
	At    int64           `json:"at"`    // Redis' clock, in ms
	Body  json.RawMessage `json:"body"`  // an AuditBody
	Sum   string          `json:"sum"`   // SHA-256 of the body, in hex
	Link  string          `json:"link"`
}

// Body is what an entry says.
type Body struct {
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

	// Of an entry with which an operator went on: the numbers that are missing, and
	// the number of the entry before them. Revs are proposals that lost transitions
	// among what is missing, each with its revision.
	Missing string           `json:"missing,omitempty"`
	After   int64            `json:"after,omitempty"`
	Revs    map[string]int64 `json:"revs,omitempty"`
}

// KindTransition is the kind of an entry that a transition wrote.
const KindTransition = "transition"

// SealBody is an entry of a chain as it is written: its last field is a seal over
// all before it and the chain's name.
func SealBody(keys *seal.Keys, chain string, b Body) (body, sum string, err error) {
	j, err := json.Marshal(b)
	if err != nil {
		return "", "", err
	}
	mac, err := keys.Seal(seal.Audit, chain, string(j))
	if err != nil {
		return "", "", err
	}
	body = string(j[:len(j)-1]) + sealField + mac + `"}`
	return body, SumOf([]byte(body)), nil
}

const sealField = `,"seal":"`

// unsealBody takes the seal off an entry; it is empty if there is no seal.
func unsealBody(body string) (j, mac string) {
	at := strings.LastIndex(body, sealField)
	if at < 0 || !strings.HasSuffix(body, `"}`) {
		return body, ""
	}
	return body[:at] + "}", body[at+len(sealField) : len(body)-len(`"}`)]
}

// SealFits reports whether Twokey wrote the entry, with one of these keys and in
// this chain.
func (e Entry) SealFits(keys *seal.Keys, chain string) bool {
	j, mac := unsealBody(string(e.Body))
	return keys.Fits(seal.Audit, mac, chain, j)
}

func SumOf(body []byte) string {
	s := sha256.Sum256(body)
	return hex.EncodeToString(s[:])
}

// LinkOf is what chain in lua/prelude.lua computes.
func LinkOf(before string, e Entry) string {
	s := sha1.Sum(fmt.Appendf(nil, "%s %d %d %s", before, e.Seq, e.At, e.Sum)) //nolint:gosec // as above
	return hex.EncodeToString(s[:])
}

// Time is when the entry was written.
func (e Entry) Time() time.Time { return time.UnixMilli(e.At).UTC() }

// Read decodes the body.
func (e Entry) Read() (Body, error) {
	var b Body
	err := json.Unmarshal(e.Body, &b)
	return b, err
}

// describe names an entry for people, as far as it can be read.
func (e Entry) describe() string {
	b, err := e.Read()
	if err != nil {
		return "unreadable, " + e.Time().Format("2006-01-02 15:04:05 UTC")
	}
	s := b.Kind + " " + strconv.Quote(b.What)
	if b.Op != "" {
		s += " of " + b.Op
	}
	return s + " by " + b.By + ", " + e.Time().Format("2006-01-02 15:04:05 UTC")
}
