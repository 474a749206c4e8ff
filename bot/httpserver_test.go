package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipeListener is a listener whose connections are pipes, so that a bubble's time passes
// for them too.
type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (p *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipeListener) Close() error { p.once.Do(func() { close(p.done) }); return nil }

func (p *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func readWhole(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

// A sender that is slow or never ends keeps a connection for seconds only, at each part
// of a request.
func TestWhoeverSendsWithoutEndIsCutOff(t *testing.T) {
	const head = "POST /slack/commands HTTP/1.1\r\nHost: bot.test\r\nContent-Type: " +
		"application/x-www-form-urlencoded\r\n"
	const chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
	for _, c := range []struct {
		name, begins, goesOn string
		every                time.Duration
		within               time.Duration
	}{
		{"nothing at all", "", "", time.Second, 6 * time.Second},
		{"a header, slowly", "POST /slack/commands HTTP/1.1\r\nX: ", "a", time.Second, 6 * time.Second},
		{"a body, slowly", head + "Content-Length: 100000\r\n\r\n", "a", time.Second, 11 * time.Second},
		{"a body in pieces, slowly", chunked, "1\r\na\r\n", time.Second, 11 * time.Second},
		{
			"headers, fast", "POST /slack/commands HTTP/1.1\r\n", "X: " + strings.Repeat("a", 1000) + "\r\n", 0,
			time.Second,
		},
		{
			"silence after a good request", "GET /healthz HTTP/1.1\r\nHost: bot.test\r\n\r\n", "", time.Second,
			3 * time.Minute,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cutOffWithin(t, c.within, func(conn net.Conn) int {
					return sendEndlessly(conn, c.begins, c.goesOn,
						c.every)
				})
			})
		})
	}
}

// cutOffWithin connects send to a server, and fails unless the server cuts it off in time.
// Send returns how many bytes it sent.
func cutOffWithin(t *testing.T, within time.Duration, send func(net.Conn) int) {
	t.Helper()
	srv := newServer(http.HandlerFunc(readWhole), slog.New(slog.DiscardHandler))
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	mine, theirs := net.Pipe()
	l.conns <- theirs
	began := time.Now()
	sent := make(chan int, 1)
	go func() { sent <- send(mine) }()
	_, _ = io.Copy(&bytes.Buffer{}, bufio.NewReader(mine)) // until it is closed
	if took := time.Since(began); took > within {
		t.Errorf("it was held for %s", took)
	}
	_ = mine.Close()
	if n := <-sent; n > 40<<10 {
		t.Errorf("%d bytes were read of it", n)
	}
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// sendEndlessly sends the same again and again, until the connection is closed.
func sendEndlessly(conn net.Conn, begins, goesOn string, every time.Duration) int {
	n, err := io.WriteString(conn, begins)
	for err == nil && goesOn != "" {
		<-time.After(every)
		var more int
		more, err = io.WriteString(conn, goesOn)
		n += more
	}
	return n
}
