package keys

import (
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"twokey/commands/reinstall"
)

// crockford is the alphabet of ids: no I, L, O, U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// idLen is the length of an operation's id.
const idLen = 4

// ParseID reads an operation's id as people write it: any case, I and L for 1,
// O for 0. ok is false if it is not one.
func ParseID(s string) (id string, ok bool) {
	if len(s) != idLen {
		return "", false
	}
	b := []byte(strings.ToUpper(s))
	for i, c := range b {
		switch c {
		case 'I', 'L':
			b[i] = '1'
		case 'O':
			b[i] = '0'
		}
		if strings.IndexByte(crockford, b[i]) < 0 {
			return "", false
		}
	}
	return string(b), true
}

// OfID is the partition that an id, as ParseID returns it, carries.
func OfID(id string) Partition {
	return Partition(strings.IndexByte(crockford, id[0]) % Partitions)
}

// NewOperationID returns a random operation id of the instance's partition. It is one
// of 65,536, so that it may be taken: Create then says ErrExists, and the
// caller asks for another.
func NewOperationID(ref reinstall.Ref, random func(n int) []byte) string {
	b := random(idLen)
	first := int(OfInstance(ref))
	if b[0]&1 == 1 { // both characters of a partition are used
		first += Partitions
	}
	b[0] = crockford[first]
	for i := 1; i < idLen; i++ {
		b[i] = crockford[b[i]%32]
	}
	return string(b)
}

// NewItemID returns an item id of the partition: its character and a ULID.
func NewItemID(p Partition, at time.Time, random func(n int) []byte) string {
	var u ulid.ULID
	if ms := at.UnixMilli(); ms > 0 {
		_ = u.SetTime(uint64(ms)) // beyond the year 10889 it stays zero: still unique
	}
	_ = u.SetEntropy(random(10))
	return string(crockford[p]) + u.String()
}

// OfItem is the partition that an item's id carries.
func OfItem(id string) (Partition, bool) {
	if id == "" {
		return 0, false
	}
	n := strings.IndexByte(crockford, id[0])
	return Partition(n), n >= 0 && n < Partitions
}
