package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// place is where a byte of a proposal is: what changes it takes the new text.
type place struct {
	where string
	text  string
	put   func(w *spoiled, changed string) error
}

// spoils changes one byte in one of these places, and says which.
func (w *spoiled) spoils(rnd *rand.Rand, all []place) string {
	w.t.Helper()
	for range 100 {
		p := all[rnd.IntN(len(all))]
		changed := oneByte(rnd, p.text)
		if err := p.put(w, changed); err == nil {
			return fmt.Sprintf("%s %q became %q", p.where, p.text, changed)
		}
	}
	w.t.Fatal("Redis takes no change")
	return ""
}

// oneByte is a text of which one byte is another, or is gone, or is one too many.
func oneByte(rnd *rand.Rand, s string) string {
	if s == "" {
		return string(byte(rnd.IntN(256)))
	}
	i, b := rnd.IntN(len(s)), byte(rnd.IntN(256))
	if rnd.IntN(2) == 0 { // what may pass for something
		b = "0123456789abcdefABCDEF-_.\"{}:, "[rnd.IntN(31)]
	}
	switch rnd.IntN(4) {
	case 0:
		b = s[i] ^ 1<<rnd.IntN(8)
	case 1:
		return s[:i] + string([]byte{b}) + s[i:]
	case 2:
		return s[:i] + s[i+1:]
	}
	return s[:i] + string([]byte{b}) + s[i+1:]
}

// places are all texts in Redis that name the proposal, its machine or an item
// about it, each with the name it stands under.
func (w *spoiled) places(id, instance string) []place {
	w.t.Helper()
	ctx := context.Background()
	names := []string{id, instance}
	keys := w.db.Keys(ctx, "*").Val()
	slices.Sort(keys)
	for _, key := range keys {
		if _, item, is := strings.Cut(key, ":in:"); is {
			names = append(names, item)
		}
	}
	about := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(s string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(s, n) })
		})
	}
	var all []place
	for _, key := range keys {
		if about(key) {
			all = append(all, place{key + ": its name", key, func(w *spoiled, s string) error {
				if ok, err := w.db.RenameNX(ctx, key, s).Result(); err != nil || !ok {
					return fmt.Errorf("not renamed: %w", err)
				}
				return nil
			}})
		}
		all = append(all, w.within(key, func(texts ...string) bool { return about(append(texts, key)...) })...)
	}
	return all
}

// within are the places of one key.
func (w *spoiled) within(key string, about func(...string) bool) (all []place) {
	ctx := context.Background()
	switch w.db.Type(ctx, key).Val() {
	case "string":
		if text := w.db.Get(ctx, key).Val(); about(text) {
			all = append(all, place{key, text, func(w *spoiled, s string) error {
				return w.db.Set(ctx, key, s,
					redis.KeepTTL).Err()
			}})
		}
	case "hash":
		h := w.db.HGetAll(ctx, key).Val()
		for _, field := range sorted(h) {
			if !about(field, h[field]) {
				continue
			}
			all = append(all,
				place{key + " " + field, h[field], func(w *spoiled, s string) error {
					return w.db.HSet(ctx, key, field,
						s).Err()
				}},
				place{key + ": a field's name", field, func(w *spoiled, s string) error {
					if ok, err := w.db.HSetNX(ctx, key, s, h[field]).Result(); err != nil || !ok {
						return fmt.Errorf("there is one: %w", err)
					}
					return w.db.HDel(ctx, key, field).Err()
				}})
		}
	case "zset":
		for _, z := range w.db.ZRangeWithScores(ctx, key, 0, -1).Val() {
			m, _ := z.Member.(string)
			if about(m) {
				all = append(all, w.scored(key, m, z.Score)...)
			}
		}
	case "list":
		for i, text := range w.db.LRange(ctx, key, 0, -1).Val() {
			if about(text) {
				all = append(all, place{key + " " + strconv.Itoa(i), text, func(w *spoiled,
					s string,
				) error {
					return w.db.LSet(ctx, key, int64(i), s).Err()
				}})
			}
		}
	case "stream":
		all = append(all, w.streamed(key, about)...)
	}
	return all
}

func (w *spoiled) scored(key, m string, score float64) []place {
	ctx := context.Background()
	return []place{
		{key + ": the score of " + m, strconv.FormatFloat(score, 'f', -1, 64), func(w *spoiled, s string) error {
			f, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return err
			}
			return w.db.ZAdd(ctx, key, redis.Z{Score: f, Member: m}).Err()
		}},
		{key + ": a member", m, func(w *spoiled, s string) error {
			if n, err := w.db.ZAddNX(ctx, key, redis.Z{Score: score, Member: s}).Result(); err != nil || n == 0 {
				return fmt.Errorf("there is one: %w", err)
			}
			return w.db.ZRem(ctx, key, m).Err()
		}},
	}
}

var entryNumber = regexp.MustCompile(`^[1-9][0-9]{0,12}-0$`)

// streamed are those of a stream. What stands there cannot be changed: the stream
// is written anew. The numbers of the audit, which is everybody's, stay.
func (w *spoiled) streamed(key string, about func(...string) bool) (all []place) {
	ctx := context.Background()
	raw, _ := w.db.Do(ctx, "XRANGE", key, "-", "+").Slice()
	entries := make([][]string, len(raw)) // the number, then fields and values
	for i, e := range raw {
		two, _ := e.([]any)
		entries[i] = []string{fmt.Sprint(two[0])}
		for _, text := range two[1].([]any) {
			entries[i] = append(entries[i], fmt.Sprint(text))
		}
	}
	for i, e := range entries {
		if !about(e...) {
			continue
		}
		for j, text := range e {
			if j == 0 && !strings.Contains(key, ":log:") {
				continue
			}
			all = append(all, place{fmt.Sprintf("%s %s, %d", key, e[0], j), text, func(w *spoiled, s string) error {
				if j == 0 && !entryNumber.MatchString(s) {
					return fmt.Errorf("%q is no number of an entry", s)
				}
				return w.rewritten(key, entries, i, j, s)
			}})
		}
	}
	return all
}

func (w *spoiled) rewritten(key string, entries [][]string, i, j int, text string) error {
	ctx := context.Background()
	w.db.Del(ctx, key)
	for n, e := range entries {
		args := []any{"XADD", key}
		for m, s := range e {
			if n == i && m == j {
				s = text
			}
			args = append(args, s)
		}
		_ = w.db.Do(ctx, args...).Err() // one that is out of order is lost
	}
	return nil
}

func sorted(h map[string]string) []string {
	var out []string
	for k := range h {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
