package store

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
)

// What a real Redis answers when it is there and takes no writes, people read in
// words: at once, and from Health, which /readyz and bot check show.
func TestARedisThatTakesNoWritesSaysWhyInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, next, code string
		args            []string
		begins, ends    func(*testing.T, *server, *redis.Client)
	}{
		{
			code: "MISCONF", why: "Redis cannot save to its disk and takes no writes", next: "Make room on Redis' disk",
			args:   []string{"--save", "900 1", "--stop-writes-on-bgsave-error", "yes"},
			begins: savesFail, ends: savesGo,
		},
		{
			code: "OOM", why: "Redis is full (maxmemory)", next: "Give Redis more memory",
			begins: sets("maxmemory", "1"), ends: sets("maxmemory", "0"),
		},
		{
			code: "NOREPLICAS", why: "Redis has too few replicas and takes no writes (min-replicas-to-write)",
			next:   "Reconnect its replicas",
			begins: sets("min-replicas-to-write", "1"), ends: sets("min-replicas-to-write", "0"),
		},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t, c.args...)
			s, at := open(t, Options{URL: r.url()}), r.client(t)
			create(t, s, ref(1))
			c.begins(t, r, at)
			inWordsOf := func(what string, err error) {
				t.Helper()
				var no *port.RefusedError
				if !errors.As(err, &no) || no.Why != c.why || !strings.HasPrefix(no.Next, c.next) ||
					!strings.Contains(err.Error(), c.code) {
					t.Errorf("%s: %v", what, err)
				}
			}
			_, err := s.Create(t.Context(), proposal(s, ref(2), "two"))
			inWordsOf("a proposal", err)
			_, err = s.Health(t.Context())
			inWordsOf("its health", err)
			c.ends(t, r, at)
			create(t, s, ref(3))
			if _, err := s.Health(t.Context()); err != nil {
				t.Errorf("mended: %v", err)
			}
		})
	}
}

func sets(name, value string) func(*testing.T, *server, *redis.Client) {
	return func(t *testing.T, _ *server, c *redis.Client) {
		t.Helper()
		if err := c.ConfigSet(t.Context(), name, value).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// savesFail puts a folder where Redis would write its file, so that it cannot.
func savesFail(t *testing.T, r *server, c *redis.Client) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(r.dir(), "dump.rdb", "in-the-way"), 0o700); err != nil {
		t.Fatal(err)
	}
	saves(t, c, "err")
}

func savesGo(t *testing.T, r *server, c *redis.Client) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(r.dir(), "dump.rdb")); err != nil {
		t.Fatal(err)
	}
	saves(t, c, "ok")
}

// saves has Redis save, and waits until that ended as it should.
func saves(t *testing.T, c *redis.Client, as string) {
	t.Helper()
	if err := c.BgSave(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); ; {
		info, err := c.Info(t.Context(), "persistence").Result()
		switch {
		case err != nil:
			t.Fatal(err)
		case strings.Contains(info, "rdb_bgsave_in_progress:0") && strings.Contains(info, "rdb_last_bgsave_status:"+as):
			return
		case time.Now().After(deadline):
			t.Fatalf("it does not end as %s:\n%s", as, info)
		}
	}
}

// A part of a Cluster that is down is met four times a second.
func TestAPartThatCannotBeAskedIsLoggedEverMoreRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &leases{core: &core{db: &redisdb.DB{Log: slog.New(slog.NewTextHandler(&log, nil))}}}
		for i := range 4 * 60 {
			down := redisdb.Explain(fmt.Errorf("claim in partition %x: %w", i%keys.Partitions,
				proto("CLUSTERDOWN Hash slot not served")))
			if got, err := s.preferClaims([]port.Claim{{}}, []error{down, down}); err != nil || len(got) != 1 {
				t.Fatalf("%v, %v", got, err)
			}
			time.Sleep(250 * time.Millisecond)
		}
		if n := strings.Count(log.String(), "\n"); n < 2 || n > 6 {
			t.Errorf("in a minute it is told %d times:\n%s", n, &log)
		}
	})
}

// proto is an answer of Redis.
type proto string

func (p proto) Error() string { return string(p) }

// RedisError marks it.
func (proto) RedisError() {}
