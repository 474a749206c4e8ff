package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1" // Redis' name for a script
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twokey/bot/practice/loopback"
)

// wire is the one seam through which a bot reaches Redis, Slack and the cloud:
// every read and write on the way is a point, numbered as it passes. Whoever
// holds the wire may act before a point reaches the other side, after it was
// done there, and after its answer was handed over; and may cut it.
type wire struct {
	t     testing.TB
	hook  func(point, moment) (goOn bool) // set before anything passes
	addrs map[string]string               // system -> where the bot finds it
	ahead atomic.Int64                    // of the cloud's clock, as the bot is shown it, in seconds

	mu   sync.Mutex
	seen map[string]int
	all  []point
}

// point is one call: the nth of its kind.
type point struct {
	to   string // redis, slack or cloud
	what string
	nth  int
}

func (p point) String() string { return fmt.Sprintf("%s %s %d", p.to, p.what, p.nth) }

// moment is where a point is on its way.
type moment int

const (
	asked    moment = iota // nothing has reached the other side
	answered               // done there; the bot does not know
	handed                 // the bot has the answer
)

// addresses of the other side, host:port each.
type otherSides struct{ redis, slack, cloud string }

// newWire opens a wire to the other side. The cloud's and Slack's requests
// keep the Host that they were signed for.
func newWire(t testing.TB, to otherSides, hook func(point, moment) bool) *wire {
	t.Helper()
	w := &wire{t: t, hook: hook, addrs: map[string]string{}, seen: map[string]int{}}
	w.listenRaw("redis", func(c net.Conn) { w.passRedis(c, to.redis) })
	w.serveHTTP("slack", to.slack)
	w.serveHTTP("cloud", to.cloud)
	return w
}

// botSettings make a bot use the wire.
func (w *wire) botSettings() []string {
	return []string{
		"REDIS_URL=redis://" + w.addrs["redis"], "SLACK_API_URL=http://" + w.addrs["slack"] + "/api/",
		"TENCENTCLOUD_ENDPOINT=http://" + w.addrs["cloud"],
	}
}

// points are all that passed so far, in order.
func (w *wire) points() []point {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.all)
}

func (w *wire) numberPoint(to, what string) point {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[to+" "+what]++
	p := point{to, what, w.seen[to+" "+what]}
	w.all = append(w.all, p)
	return p
}

func (w *wire) listenAt(system string) net.Listener {
	addr, release, err := loopback.Lease()
	if err != nil {
		w.t.Fatal(err)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		w.t.Fatal(err)
	}
	w.addrs[system] = addr
	w.t.Cleanup(func() { _ = l.Close(); release() })
	return l
}

func (w *wire) listenRaw(system string, serve func(net.Conn)) {
	l := w.listenAt(system)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
}

// serveHTTP passes HTTP on. A cut is a connection that ends without an answer.
func (w *wire) serveHTTP(system, to string) {
	l := w.listenAt(system)
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	srv := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		what := r.Header.Get("X-TC-Action")
		if what == "" {
			what = strings.TrimPrefix(r.URL.Path, "/api/")
		}
		if strings.HasPrefix(what, "/response/") {
			what = "response_url"
		}
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		p := w.numberPoint(system, what)
		if !w.hook(p, asked) {
			panic(http.ErrAbortHandler)
		}
		resp, body, err := forwardRequest(transport, r, sent, to)
		if err != nil || !w.hook(p, answered) {
			panic(http.ErrAbortHandler)
		}
		for k, v := range resp.Header {
			rw.Header()[k] = v
		}
		if system == "cloud" {
			w.showLater(rw.Header())
		}
		rw.WriteHeader(resp.StatusCode)
		_, _ = rw.Write(body)
		_ = http.NewResponseController(rw).Flush()
		w.hook(p, handed)
	})}
	go func() { _ = srv.Serve(l) }()
	w.t.Cleanup(func() { _ = srv.Close(); transport.CloseIdleConnections() })
}

// showLater moves the date of an answer forward by as much as the wire is set to.
func (w *wire) showLater(h http.Header) {
	ahead := time.Duration(w.ahead.Load()) * time.Second
	if at, err := http.ParseTime(h.Get("Date")); err == nil && ahead > 0 {
		h.Set("Date", at.Add(ahead).UTC().Format(http.TimeFormat))
	}
}

// forwardRequest sends a request on, also when whoever sent it has given up: what is
// under way arrives.
func forwardRequest(t http.RoundTripper, r *http.Request, sent []byte, to string) (*http.Response, []byte, error) {
	out := r.Clone(context.WithoutCancel(r.Context()))
	out.Body = io.NopCloser(bytes.NewReader(sent))
	out.URL.Scheme, out.URL.Host, out.Host, out.RequestURI = "http", to, r.Host, ""
	resp, err := t.RoundTrip(out)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

// passRedis passes one connection's commands on, one after the other.
func (w *wire) passRedis(c net.Conn, to string) {
	defer c.Close()
	s, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer s.Close()
	from, back := bufio.NewReader(c), bufio.NewReader(s)
	for {
		raw, err := readRESP(from)
		if err != nil {
			return
		}
		what := commandOf(raw)
		numbered := what != "" && what != "claim"
		var p point
		if numbered {
			p = w.numberPoint("redis", what)
			if !w.hook(p, asked) {
				return
			}
		}
		if _, err := s.Write(raw); err != nil {
			return
		}
		reply, err := readRESP(back)
		if err != nil {
			return
		}
		if what == "claim" && !bytes.HasPrefix(reply, []byte("*0")) { // idle polls are no points
			numbered, p = true, w.numberPoint("redis", what)
		}
		if numbered && !w.hook(p, answered) {
			return
		}
		if _, err := c.Write(reply); err != nil {
			return
		}
		if numbered {
			w.hook(p, handed)
		}
	}
}

// readRESP reads one value of Redis' protocol, versions 2 and 3, as it is.
func readRESP(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	if len(line) < 3 {
		return nil, errors.New("not Redis' protocol")
	}
	n := 0
	_, _ = fmt.Sscanf(string(line[1:]), "%d", &n)
	switch line[0] {
	case '$', '!', '=':
		if n < 0 {
			return line, nil
		}
		body := make([]byte, n+2)
		_, err := io.ReadFull(r, body)
		return append(line, body...), err
	case '%', '|':
		n *= 2
	case '*', '~', '>':
	default:
		return line, nil
	}
	for range n {
		v, err := readRESP(r)
		if err != nil {
			return nil, err
		}
		line = append(line, v...)
	}
	return line, nil
}

// handshake is what a client says of itself, and what only looks whether there
// is work: no point on the way.
var handshake = []string{
	"hello", "client", "ping", "auth", "select", "command", "script", "peek", "cluster", "readonly",
}

// commandOf names a command: a script by its file's name. Empty: no point.
func commandOf(raw []byte) string {
	words := bytes.Split(raw, []byte("\r\n"))
	if len(words) < 3 {
		return ""
	}
	name := strings.ToLower(string(words[2]))
	switch {
	case name == "eval" || name == "evalsha":
		name = scriptOf(raw)
	case name == "script":
		scriptOf(raw)
	}
	if slices.Contains(handshake, name) || onlyWatches(name, raw) {
		return ""
	}
	if name == "hmget" && bytes.Contains(raw, []byte("\r\nrev\r\n")) && bytes.Contains(raw, []byte("\r\ncmd\r\n")) {
		return secondRead
	}
	return name
}

// onlyWatches reports whether a command only looks, every second or for all partitions
// in one pipeline, whether Redis is still what it was: no step of a proposal's way.
// Of what lists the live operations the first partition stands for all.
func onlyWatches(name string, raw []byte) bool {
	switch name {
	case "get":
		return bytes.Contains(raw, []byte("}:epoch\r\n")) || bytes.Contains(raw, []byte("twokey:{heads}"))
	case "xinfo":
		return true
	case "xrevrange":
		return bytes.Contains(raw, []byte(":audit\r\n"))
	case "hgetall":
		return bytes.Contains(raw, []byte(":ins\r\n")) && !bytes.Contains(raw, []byte("twokey:{0}:ins"))
	}
	return false
}

// secondRead is the last thing that is asked of Redis before the one call.
const secondRead = "second read of arming"

var (
	scriptsMu sync.Mutex
	scripts   = map[string]string{} // sha1 -> name

	scriptName = sync.OnceValue(func() *regexp.Regexp {
		files, err := os.ReadDir("../store/lua")
		if err != nil {
			panic(err)
		}
		var names []string
		for _, f := range files {
			names = append(names, strings.TrimSuffix(f.Name(), ".lua"))
		}
		return regexp.MustCompile(`(?m)^-- (` + strings.Join(names, "|") + `) `)
	})
)

// scriptOf names the script that a command sends, loads or calls by its hash.
func scriptOf(raw []byte) string {
	r := bufio.NewReader(bytes.NewReader(raw))
	_, _ = r.ReadString('\n')
	var args [][]byte
	for {
		v, err := readRESP(r)
		if err != nil {
			break
		}
		_, v, _ = bytes.Cut(v, []byte("\r\n"))
		args = append(args, bytes.TrimSuffix(v, []byte("\r\n")))
	}
	scriptsMu.Lock()
	defer scriptsMu.Unlock()
	switch strings.ToLower(string(args[0])) {
	case "evalsha":
		return scripts[string(args[1])]
	case "script":
		args = args[1:]
	}
	if len(args) < 2 {
		return ""
	}
	text := args[1]
	found := scriptName().FindAllSubmatch(text, -1)
	if len(found) == 0 {
		return ""
	}
	sum := sha1.Sum(text)
	name := string(found[len(found)-1][1])
	scripts[hex.EncodeToString(sum[:])] = name
	return name
}
