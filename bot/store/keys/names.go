// Package keys names every key that Twokey has in Redis, one function a key, and
// makes the ids that carry a partition. bot/store/doc.go 4 has the whole list, with
// who writes each key and when it ends.
package keys

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/fnv"
	"strconv"
	"strings"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// Partitions is how many parts the records are spread over, for good: the part
// is in every id. All keys of a part share a hash tag, hence a Cluster's slot.
const Partitions = 16

// A Partition is one of them, 0 to Partitions-1.
type Partition int

// name names a key of the partition: twokey:{3}:due.
func (p Partition) name(rest string) string {
	return "twokey:{" + strconv.Itoa(int(p)) + "}:" + rest
}

// String is the partition's number, which is also its outbox's id.
func (p Partition) String() string { return strconv.Itoa(int(p)) }

// Op is a hash:
//
//	rev, state   of the operation
//	cmd          the last command
//	ins          the instance
//	v, data      the schema's version and the operation, JSON
//	seal         over rev, v and data
//	card         the address of the card, JSON
//	c:<command>  for each command that had effect: the revision that it led to
func (p Partition) Op(id string) string { return p.name("op:" + id) }

// Log is a stream with one entry a transition, its id the revision: 3-0.
func (p Partition) Log(id string) string { return p.name("log:" + id) }

// LogAside is a log that took no more lines, as it was.
func (p Partition) LogAside(id string) string { return p.Log(id) + ":aside" }

// Due is a zset: member -> when it is due, in ms; of what is leased, the end
// of the lease. Members are op:<id>, in:<item id> and out.
func (p Partition) Due() string { return p.name("due") }

// Owners is a hash: member -> "token worker", both of which fence; !member if a
// click wants a leased member to be due at its release.
func (p Partition) Owners() string { return p.name("own") }

// Tokens is a string, the counter of fencing tokens.
func (p Partition) Tokens() string { return p.name("tok") }

// Locks is a hash: instance -> the live operation that holds its lock.
func (p Partition) Locks() string { return p.name("ins") }

// History is a list of an instance's operations, newest first.
func (p Partition) History(ref string) string { return p.name("hist:" + ref) }

// Ended is a zset: operation -> when it ended, in ms. Only the newest stay.
func (p Partition) Ended() string { return p.name("ended") }

// Outbox is the outbox, a stream of posts.
func (p Partition) Outbox() string { return p.name("out") }

// Aside is a stream of what stood in the outbox and cannot be read.
func (p Partition) Aside() string { return p.name("aside") }

// Item is a string: one item of the inbox, sealed JSON.
func (p Partition) Item(id string) string { return p.name("in:" + id) }

// Tries is a hash: member -> how often an item was claimed.
func (p Partition) Tries() string { return p.name("tries") }

// Stops is a hash: an item that stops something -> the operation that it stops,
// or StopsAll.
func (p Partition) Stops() string { return p.name("stops") }

// StopsAll stands for all operations. Such items are in one partition.
const (
	StopsAll   = "*"
	StopsAllIn = Partition(0)
)

// Delivery guards a delivery against replay.
func (p Partition) Delivery(dedupe string) string { return p.name("seen:" + dedupe) }

// Created guards a creating command against having effect twice.
func (p Partition) Created(command string) string { return p.name("made:" + command) }

// Audit is a stream, the partition's audit chain (package audit): it is never
// trimmed and never expires.
func (p Partition) Audit() string { return p.name("audit") }

// Replicas is a hash: most -> replicas in the largest set ever seen, which only
// grows; at -> when that was last asked, in ms.
func (p Partition) Replicas() string { return p.name("replicas") }

// Epoch is the life of Redis' memory that the partition is of, sealed (epoch.go).
func (p Partition) Epoch() string { return p.name("epoch") }

// Told guards a post or a note that belongs to no transition.
func (p Partition) Told(key string) string { return p.name("told:" + key) }

// Running is a zset: operation -> since when it has its place in the account's
// budget.
func Running(account string) string { return "twokey:{b:" + account + "}:run" }

// LastHour is a zset: operation -> when it got its place, of the last hour.
func LastHour(account string) string { return "twokey:{b:" + account + "}:hour" }

// BudgetTags is a hash: operation -> its tags, of those in either.
func BudgetTags(account string) string { return "twokey:{b:" + account + "}:tags" }

// Freeze is a string: the global stop or its end, sealed JSON. FreezeAudit is the
// audit chain beside it.
const (
	Freeze      = "twokey:{freeze}"
	FreezeAudit = Freeze + ":audit"
)

// Present is a zset: replica -> when it was last alive, in ms. Noticed is a hash:
// what was noticed of Slack -> when, in ms.
const (
	Noticed = "twokey:{slack}:noticed"
	Present = "twokey:{slack}:present"
)

// Pace is a string: when the posts taken so far in a channel are paid for (lua/pace.lua).
func Pace(channel string) string { return "twokey:{pace:" + channel + "}" }

// Heads is a string: the ends of the audit's chains, sealed.
const Heads = "twokey:{heads}"

// FreezeTold guards a note of a freeze or its end.
func FreezeTold(key string) string { return Freeze + ":told:" + key }

// ByHash chooses a partition by the hash of a text.
func ByHash(s string) Partition {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return Partition(h.Sum32() % Partitions)
}

// OfInstance is the partition of an instance's operations.
func OfInstance(ref model.Ref) Partition { return ByHash(ref.String()) }

// Member is a claim's name in Due and Owners, and their partition. ok is false for
// an id that cannot be one.
func Member(c port.Claim) (p Partition, m string, ok bool) {
	switch c.Kind {
	case port.ClaimOp:
		if id, ok := ParseID(c.ID); ok {
			return OfID(id), OperationMember(id), true
		}
	case port.ClaimItem:
		if p, ok := OfItem(c.ID); ok {
			return p, ItemMember(c.ID), true
		}
	case port.ClaimOutbox:
		if n, err := strconv.Atoi(c.ID); err == nil && n >= 0 && n < Partitions {
			return Partition(n), OutboxMember, true
		}
	}
	return 0, "", false
}

// OutboxMember is the outbox in Due and Owners.
const OutboxMember = "out"

func OperationMember(id string) string { return "op:" + id }

func ItemMember(id string) string { return "in:" + id }

// Shipped are the keys of a destination that the audit is shipped to: who ships, and
// a hash, chain -> how far it was shipped.
func Shipped(destination string) (holder, far string) {
	sum := sha256.Sum256([]byte(destination))
	base := "twokey:{ship:" + hex.EncodeToString(sum[:8]) + "}"
	return base + ":holder", base
}

// Adopted is what an operator went on without, beside an audit chain.
func Adopted(audit string) string { return strings.TrimSuffix(audit, "audit") + "adopted" }
