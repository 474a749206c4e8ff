package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
	"twokey/commands/seal"
)

const (
	// receiveLease is the lease of the process that received an item: if it
	// dies, another works the item off after this.
	receiveLease = 10 * time.Second
	// seenFor is how long a delivery is known: Slack's requests are refused
	// after 5 minutes, its retries end sooner.
	seenFor = 10 * time.Minute
)

// inbox is what was acknowledged to Slack.
type inbox struct{ *core }

// Receive implements port.Store in one round trip, or two if a replica
// has to have it too. An item about an operation goes to that operation's partition, any other by its Dedupe; an
// item without a Dedupe is stored at every call. The id is in the claim.
func (s *inbox) Receive(ctx context.Context, it port.Item) (port.Claim, bool, error) {
	fail := func(err error) (port.Claim, bool, error) {
		return port.Claim{}, false, fmt.Errorf("store what was received: %w", err)
	}
	p, err := assignPartition(&it, func(p keys.Partition, at time.Time) string {
		return keys.NewItemID(p, at, s.random.bytes)
	})
	if err != nil {
		return fail(err)
	}
	it.Tries = 0
	data, err := toJSON(it)
	if err != nil {
		return fail(err)
	}
	if data, err = s.sealItem(it.ID, data); err != nil {
		return fail(err)
	}
	nonce := fmt.Sprintf("%x", s.random.bytes(8))
	cmd, err := s.db.RunConfirmed(ctx, lua.Receive, redisdb.Call{
		Keys: []string{p.Delivery(it.Dedupe), p.Item(it.ID), p.Due(), p.Owners(), p.Tokens(), p.Tries(), p.Stops()},
		Args: []any{
			nonce, seenFor.Milliseconds(), data, keys.ItemMember(it.ID), receiveLease.Milliseconds(), s.worker,
			stoppedBy(it),
		},
	})
	if err != nil {
		return fail(err)
	}
	got, err := redisdb.Numbers(cmd, 2)
	if err != nil {
		return fail(err)
	}
	if got[0] == 0 {
		return port.Claim{}, false, nil
	}
	return port.Claim{Kind: port.ClaimItem, ID: it.ID, Token: got[1]}, true, nil
}

// assignPartition chooses the item's partition, and its id and Dedupe if they are not
// set. An id that is set must be of the partition that the delivery belongs to,
// or the same delivery could be stored twice.
func assignPartition(it *port.Item, newID func(keys.Partition, time.Time) string) (keys.Partition, error) {
	p := keys.ByHash(it.Dedupe)
	if id, ok := keys.ParseID(it.Op); ok {
		p = keys.OfID(id)
	} else if it.Stops {
		p = keys.StopsAllIn
	}
	if it.ID == "" {
		if it.Dedupe == "" && !it.Stops {
			p = keys.ByHash(newID(0, it.At))
		}
		it.ID = newID(p, it.At)
	}
	q, ok := keys.OfItem(it.ID)
	if !ok || it.Dedupe != "" && q != p {
		return 0, fmt.Errorf("the item's id %q is of another partition", it.ID)
	}
	if it.Dedupe == "" {
		it.Dedupe = it.ID
	}
	return q, nil
}

// Item implements port.Store. ErrNotFound: it was finished.
func (s *inbox) Item(ctx context.Context, id string) (port.Item, error) {
	p, ok := keys.OfItem(id)
	if !ok {
		return port.Item{}, fmt.Errorf("item %q: %w", id, port.ErrNotFound)
	}
	pipe := s.db.Pipeline()
	data, tries := pipe.Get(ctx, p.Item(id)), pipe.HGet(ctx, p.Tries(), keys.ItemMember(id))
	_, _ = pipe.Exec(ctx) // each command has its own error
	text, err := data.Result()
	switch {
	case errors.Is(err, redis.Nil):
		err = port.ErrNotFound
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
		err = port.ErrForged
	}
	var it port.Item
	if err == nil {
		if it, err = s.openItem(id, text); errors.Is(err, port.ErrForged) {
			return it, fmt.Errorf("item %s: %w", id, err)
		}
	}
	if err == nil {
		it.Tries = claimCount(tries)
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		return port.Item{}, fmt.Errorf("item %s: %w", id, err)
	}
	return it, nil
}

// claimCount is how often an item was claimed; anything else there counts as more
// than once.
func claimCount(cmd *redis.StringCmd) int {
	n, err := cmd.Int()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 2
	}
	return n
}

// Finish implements port.Store. ErrFenced: somebody else works on it now,
// and it stays.
func (s *inbox) Finish(ctx context.Context, c port.Claim) error {
	p, m, ok := keys.Member(c)
	if !ok || c.Kind != port.ClaimItem {
		return fmt.Errorf("finish %s %q: not an item", c.Kind, c.ID)
	}
	n, err := s.db.Run(ctx, lua.Finish, redisdb.Call{
		Keys: []string{p.Item(c.ID), p.Due(), p.Owners(), p.Tries(), p.Stops()},
		Args: []any{m, s.holderOf(c)},
	}).Int()
	if err == nil && n == 0 {
		err = port.ErrFenced
	}
	if err != nil {
		return fmt.Errorf("finish item %s: %w", c.ID, err)
	}
	return nil
}

// sealItem is an item with its seal before it, on a line of its own.
func (s *inbox) sealItem(id, data string) (string, error) {
	mac, err := s.seal.Seal(seal.Item, id, data)
	return mac + "\n" + data, err
}

// openItem reads an item. With ErrForged comes what it says all the same: nothing
// of that is believed, but whoever it names can get an answer.
func (s *inbox) openItem(id, sealed string) (it port.Item, err error) {
	mac, data, found := strings.Cut(sealed, "\n")
	if !found { // an older Twokey sealed none
		mac, data = "", sealed
	}
	err = json.Unmarshal([]byte(data), &it)
	if !s.seal.Fits(seal.Item, mac, id, data) {
		return it, port.ErrForged
	}
	return it, err
}
