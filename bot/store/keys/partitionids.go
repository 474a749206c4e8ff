package keys

import (
	"encoding/base32"
	"strings"
	"time"

	"twokey/commands/reinstall/model"
)

// crockford is the alphabet of ids: no I, L, O, U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var base32Crockford = base32.NewEncoding(crockford).WithPadding(base32.NoPadding)

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
func NewOperationID(ref model.Ref, random func(n int) []byte) string {
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

// NewItemID returns an item id of the partition: its character, and a ULID, which
// is the time in milliseconds and 80 random bits.
func NewItemID(p Partition, at time.Time, random func(n int) []byte) string {
	id := []byte{crockford[p]}
	ms := max(at.UnixMilli(), 0)
	for shift := 45; shift >= 0; shift -= 5 { // 48 bits are enough up to the year 10889
		id = append(id, crockford[ms>>shift&31])
	}
	return string(base32Crockford.AppendEncode(id, random(10)))
}

// OfItem is the partition that an item's id carries.
func OfItem(id string) (Partition, bool) {
	if id == "" {
		return 0, false
	}
	n := strings.IndexByte(crockford, id[0])
	return Partition(n), n >= 0 && n < Partitions
}
