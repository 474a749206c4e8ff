package keys

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/fnv"
	"strconv"
	"strings"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// Partitions is how many parts the records are spread over, for good: the part
// is in every id. All keys of a part share a hash tag, hence a Cluster's slot.
const Partitions = 16

// A partition is one of them, 0 to Partitions-1.
type Partition int

// key names a key of the partition: twokey:{3}:due.
func (p Partition) name(rest string) string {
	return "twokey:{" + strconv.Itoa(int(p)) + "}:" + rest
}

// String is the partition's number, which is also its outbox's id.
func (p Partition) String() string { return strconv.Itoa(int(p)) }

// One function a key.

// op is a hash: rev, state, cmd (the last command), ins (the instance), v
// (schema version), data (the operation, JSON), card (address, JSON), and for
// each command that had effect c:<command> -> the revision it led to.
func (p Partition) Op(id string) string { return p.name("op:" + id) }

// log is a stream with one entry a transition, its id the revision: 3-0.
func (p Partition) Log(id string) string { return p.name("log:" + id) }

// logAside is where a log goes that takes no line more.
func (p Partition) LogAside(id string) string { return p.Log(id) + ":aside" }

// due is a zset: member -> when it is due, in ms; of what is leased, the end
// of the lease. Members are op:<id>, in:<item id> and out.
func (p Partition) Due() string { return p.name("due") }

// own is a hash: member -> "token worker", both of which fence; !member where a click wants a
// leased member to be due at its release.
func (p Partition) Owners() string { return p.name("own") }

// tok is the counter of fencing tokens.
func (p Partition) Tokens() string { return p.name("tok") }

// ins is a hash: instance -> the live operation that holds its lock.
func (p Partition) Locks() string { return p.name("ins") }

// hist is a list of an instance's operations, newest first.
func (p Partition) History(ref string) string { return p.name("hist:" + ref) }

// ended is a zset: operation -> when it ended, in ms. Only the newest stay.
func (p Partition) Ended() string { return p.name("ended") }

// out is the outbox, a stream of posts.
func (p Partition) Outbox() string { return p.name("out") }

// aside is a stream of what stood in the outbox and cannot be read.
func (p Partition) Aside() string { return p.name("aside") }

// in is one item of the inbox, JSON.
func (p Partition) Item(id string) string { return p.name("in:" + id) }

// tries is a hash: member -> how often an item was claimed.
func (p Partition) Tries() string { return p.name("tries") }

// stops is a hash: an item that stops something -> the operation that it stops,
// or stopsAll.
func (p Partition) Stops() string { return p.name("stops") }

// stopsAll stands for all operations. Such items are in one partition.
const (
	StopsAll   = "*"
	StopsAllIn = Partition(0)
)

// seen guards a delivery against replay.
func (p Partition) Delivery(dedupe string) string { return p.name("seen:" + dedupe) }

// made guards a creating command against having effect twice.
func (p Partition) Created(command string) string { return p.name("made:" + command) }

// audit is a stream, the partition's audit chain (audit.go): it is never
// trimmed and never expires.
func (p Partition) Audit() string { return p.name("audit") }

// replicas is a hash: most -> replicas in the largest set ever seen, which only
// grows; at -> when that was last asked, in ms.
func (p Partition) Replicas() string { return p.name("replicas") }

// epoch is the life of Redis' memory that the partition is of, sealed (epoch.go).
func (p Partition) Epoch() string { return p.name("epoch") }

// told guards a post that belongs to no transition.
func (p Partition) Told(key string) string { return p.name("told:" + key) }

// runKey and hourKey are an account's budget: zsets, operation -> when it was
// let in; tagsKey, a hash, has the tags of those in either.
func Running(account string) string { return "twokey:{b:" + account + "}:run" }

func LastHour(account string) string { return "twokey:{b:" + account + "}:hour" }

func BudgetTags(account string) string { return "twokey:{b:" + account + "}:tags" }

// freezeKey is the global stop, JSON. Beside it are its own audit chain and the
// guard of what was decided.
const (
	Freeze      = "twokey:{freeze}"
	FreezeAudit = Freeze + ":audit"
)

// presentKey is a zset: replica -> when it was last alive, in ms. noticesKey is a
// hash: what was noticed of Slack -> when, in ms.
const (
	Noticed = "twokey:{slack}:noticed"
	Present = "twokey:{slack}:present"
)

// paceKey is when the posts taken so far in a channel are paid for (lua/pace.lua).
func Pace(channel string) string { return "twokey:{pace:" + channel + "}" }

// headsKey are the ends of the audit's chains, sealed (heads.go).
const Heads = "twokey:{heads}"

func FreezeTold(key string) string { return Freeze + ":told:" + key }

// spread chooses a partition by hash.
func ByHash(s string) Partition {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return Partition(h.Sum32() % Partitions)
}

// partitionOf is where an instance's operations are.
func OfInstance(ref reinstall.Ref) Partition { return ByHash(ref.String()) }

// member is a claim's name in due and own, and where these are. It fails for
// ids that are none.
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

const OutboxMember = "out"

func OperationMember(id string) string { return "op:" + id }

func ItemMember(id string) string { return "in:" + id }

// shipKeys are the keys of a place that the audit is shipped to: who ships, and
// a hash, chain -> how far it was shipped.
func Shipped(place string) (holder, far string) {
	sum := sha256.Sum256([]byte(place))
	base := "twokey:{ship:" + hex.EncodeToString(sum[:8]) + "}"
	return base + ":holder", base
}

// adoptedKey is what an operator went on without, beside an audit chain.
func Adopted(audit string) string { return strings.TrimSuffix(audit, "audit") + "adopted" }
