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

	"twokey/bot/store/redisdb"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

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
	if took := time.Since(begun); took < redisdb.WatchSync || took > redisdb.WatchAtMost+time.Second {
		t.Errorf("it took %s", took)
	}
	if err := r.client(t).ConfigSet(t.Context(), "appendfsync", "no").Err(); err != nil {
		t.Fatal(err)
	}
	easy := open(t, Options{URL: r.url(), BestEffort: true})
	arms(t, "best effort", easy, click(countingDown(t, easy, ref(2)), "arm", reinstall.Armed), true)
}

// WAITAOF came with Redis 7.2. If the tests' Redis is older, something before
// it answers as the manual of that command says; that a real one does is unproven
// here.
func TestARedisThatConfirmsItsSyncIsAsked(t *testing.T) {
	t.Parallel()
	p := startSyncer(t, startRedis(t, "--appendfsync", "everysec").addr)
	s := open(t, Options{URL: "redis://" + p.Addr().String() + "?protocol=2"})
	if h, err := s.Health(t.Context()); err != nil || !strings.Contains(h.Keeps, "WAITAOF") {
		t.Errorf("%+v, %v", h, err)
	}
	p.synced.Store(1)
	arms(t, "one that is synced", s, click(countingDown(t, s, ref(1)), "arm", reinstall.Armed), true)
	if p.waits.Load() != 1 {
		t.Errorf("it was asked %d times to confirm", p.waits.Load())
	}
	p.synced.Store(0)
	rec := countingDown(t, s, ref(2))
	if _, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed)); !errors.Is(err, port.ErrNotDurable) {
		t.Errorf("armed though the disk has not the record: %v", err)
	}
}

// syncer stands before a Redis and answers WAITAOF in its place: at once if
// nothing is waited for, and else with how many disks have it.
type syncer struct {
	net.Listener
	synced, waits atomic.Int64
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
				has = p.synced.Load()
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
