package store

import (
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/seal"
)

// At each start the first key seals again what lasts as long as the deployment does.
// So a key that is taken out later takes nothing with it. A record
// is sealed again with each transition; an audit entry stays as it was written.

// resealAll seals the epoch and the freeze with the first key, each as it is.
func (s *Store) resealAll(ctx context.Context) error {
	for p := range keys.Partition(keys.Partitions) {
		err := s.reseal(ctx, p.Epoch(), seal.Epoch, func(text string) []string { return []string{p.String(), text} })
		if err != nil {
			return err
		}
	}
	return s.reseal(ctx, keys.Freeze, seal.Freeze, func(text string) []string { return []string{text} })
}

// reseal seals one value again, if an older key sealed it. A value that somebody
// writes meanwhile is left to them.
func (s *Store) reseal(ctx context.Context, key string, u seal.Use, parts func(text string) []string) error {
	was, err := s.db.Get(ctx, key).Result()
	if errors.Is(err, redis.Nil) || redis.HasErrorPrefix(err, "WRONGTYPE") {
		return nil
	}
	if err != nil {
		return err
	}
	mac, text, _ := strings.Cut(was, "\n")
	if s.seal.Newest(mac) || !s.seal.Fits(u, mac, parts(text)...) {
		return nil
	}
	if mac, err = s.seal.Seal(u, parts(text)...); err != nil {
		return err
	}
	err = s.db.Watch(ctx, func(tx *redis.Tx) error {
		if now, err := tx.Get(ctx, key).Result(); err != nil || now != was {
			return err
		}
		_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			return p.Set(ctx, key, mac+"\n"+text, redis.KeepTTL).Err()
		})
		return err
	}, key)
	if errors.Is(err, redis.TxFailedErr) || errors.Is(err, redis.Nil) {
		return nil
	}
	return err
}
