package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

func TestHowARecordGetsToTheDisk(t *testing.T) {
	unknown, refused := errors.New("ERR unknown command 'waitaof'"), errors.New("NOPERM this user has no permissions to run the 'config|get' command")
	for _, c := range []struct {
		fsync, onRewrite string
		err, waitaof     error
		want             fsyncMode
		not              string
	}{
		{"always", "no", nil, unknown, fsyncAlways, ""},
		{"always", "no", nil, nil, fsyncAlways, ""},
		{"everysec", "no", nil, nil, fsyncConfirmed, ""},
		{"everysec", "no", nil, unknown, fsyncWatched, ""},
		{"no", "no", nil, unknown, 0, "appendfsync no"},
		{"no", "no", nil, nil, 0, "appendfsync no"},
		{"everysec", "yes", nil, nil, fsyncConfirmed, ""},
		{"everysec", "yes", nil, unknown, 0, "no-appendfsync-on-rewrite"},
		{"always", "yes", nil, unknown, 0, "no-appendfsync-on-rewrite"},
		{"", "", refused, nil, fsyncConfirmed, ""},
		{"", "", refused, unknown, 0, "+config|get"},
		{"", "", nil, unknown, 0, "+config|get"},
		{"sometimes", "no", nil, unknown, 0, `"sometimes"`},
	} {
		got, err := fsyncModeOf(map[string]string{"appendfsync": c.fsync, "no-appendfsync-on-rewrite": c.onRewrite}, c.err, c.waitaof)
		if (err == nil) != (c.not == "") || err != nil && (!errors.Is(err, port.ErrCannotArm) || !strings.Contains(err.Error(), c.not)) || err == nil && got != c.want {
			t.Errorf("%q, %q, %v, WAITAOF %v: %v, %v", c.fsync, c.onRewrite, c.err, c.waitaof, got, err)
		}
	}
}

func TestWhatInfoShowsOfTheDisk(t *testing.T) {
	calm := "aof_enabled:1\r\naof_last_write_status:ok\r\naof_delayed_fsync:3\r\naof_pending_bio_fsync:0\r\naof_buffer_length:0\r\n"
	for _, c := range []struct {
		name, old, new string
		on, never      bool
	}{
		{"all is fsyncAlways", "", "", true, false},
		{"a sync is under way", "bio_fsync:0", "bio_fsync:1", false, false},
		{"a write is held back", "buffer_length:0", "buffer_length:70", false, false},
		{"a sync was late", "delayed_fsync:3", "delayed_fsync:4", false, true},
		{"the file cannot be written", "status:ok", "status:err", false, true},
		{"the file was turned off", "enabled:1", "enabled:0", false, true},
		{"it does not tell of syncs", "aof_pending_bio_fsync:0\r\n", "", false, true},
	} {
		on, err := onDisk(infoFields(calm), infoFields(strings.Replace(calm, c.old, c.new, 1)))
		if on != c.on || (err != nil) != c.never {
			t.Errorf("%s: %v, %v", c.name, on, err)
		}
	}
}

// What a lone Redis may lose in a power cut is not sent for.
func TestALoneRedisMustHaveTheRecordOnItsDisk(t *testing.T) {
	t.Parallel()
	r := startRedis(t, "--appendfsync", "no")
	s := open(t, Options{URL: r.url()})
	rec := countingDown(t, s, ref(1))
	arms(t, "one that syncs when the system likes", s, click(rec, "arm", reinstall.Armed), false)
	if err := r.client(t).ConfigSet(t.Context(), "appendfsync", "everysec").Err(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	arms(t, "one that syncs each second", s, click(rec, "arm", reinstall.Armed), true)
	if took := time.Since(begun); took < syncWatch || took > syncLate+time.Second {
		t.Errorf("it took %s", took)
	}
	if err := r.client(t).ConfigSet(t.Context(), "appendfsync", "no").Err(); err != nil {
		t.Fatal(err)
	}
	easy := open(t, Options{URL: r.url(), BestEffort: true})
	arms(t, "best effort", easy, click(countingDown(t, easy, ref(2)), "arm", reinstall.Armed), true)
}

// WAITAOF came with Redis 7.2. Where the tests' Redis is older, something before
// it answers as the manual of that command says; that a real one does is unproven
// here.
func TestARedisThatConfirmsItsSyncIsAsked(t *testing.T) {
	t.Parallel()
	p := startSyncer(t, startRedis(t, "--appendfsync", "everysec").addr)
	s := open(t, Options{URL: "redis://" + p.Addr().String() + "?protocol=2"})
	if h, err := s.Health(t.Context()); err != nil || !strings.Contains(h.Keeps, "WAITAOF") {
		t.Errorf("%+v, %v", h, err)
	}
	p.fsyncAlways.Store(1)
	arms(t, "one that is fsyncAlways", s, click(countingDown(t, s, ref(1)), "arm", reinstall.Armed), true)
	if p.waits.Load() != 1 {
		t.Errorf("it was asked %d times to confirm", p.waits.Load())
	}
	p.fsyncAlways.Store(0)
	rec := countingDown(t, s, ref(2))
	if _, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed)); !errors.Is(err, port.ErrNotDurable) {
		t.Errorf("armed though the disk has not the record: %v", err)
	}
}

// syncer stands before a Redis and answers WAITAOF in its place: at once where
// nothing is waited for, and else with how many disks have it.
type syncer struct {
	net.Listener
	fsyncAlways, waits atomic.Int64
}

func startSyncer(t *testing.T, to string) *syncer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &syncer{Listener: l}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				r, err := net.Dial("tcp", to)
				if err == nil {
					defer r.Close()
					p.carry(c, r)
				}
			}()
		}
	}()
	return p
}

// carry takes one command after the other there, and its answer back.
func (p *syncer) carry(c, r net.Conn) {
	from, back := bufio.NewReader(c), bufio.NewReader(r)
	for {
		command, err := value(from)
		if err != nil {
			return
		}
		answer := ""
		if words := strings.Split(command, "\r\n"); strings.EqualFold(words[2], "waitaof") {
			has := int64(0)
			if words[4] != "0" {
				p.waits.Add(1)
				has = p.fsyncAlways.Load()
			}
			answer = fmt.Sprintf("*2\r\n:%d\r\n:0\r\n", has)
		} else if _, err = io.WriteString(r, command); err == nil {
			answer, err = value(back)
		}
		if err == nil {
			_, err = io.WriteString(c, answer)
		}
		if err != nil {
			return
		}
	}
}

// value reads one value of Redis' protocol, version 2, as it is.
func value(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil || len(line) < 3 {
		return line, err
	}
	n, _ := strconv.Atoi(strings.TrimSpace(line[1:]))
	switch line[0] {
	case '$':
		if n < 0 {
			return line, nil
		}
		b := make([]byte, n+2)
		_, err := io.ReadFull(r, b)
		return line + string(b), err
	case '*':
		for range n {
			one, err := value(r)
			if err != nil {
				return "", err
			}
			line += one
		}
	}
	return line, nil
}
