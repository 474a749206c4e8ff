package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"twokey/bot/chat"
	"twokey/bot/fakeslack"
	"twokey/bot/store"
	"twokey/commands/port"
	"twokey/commands/short"
	"twokey/commands/wiring"
)

var socketHours = flag.Int("hours", 24, "how many hours of Socket Mode are played")

// A ledger is the bot's own memory, and what it took of each deed. It is slow
// at times, as Redis may be.
type ledger struct {
	*store.Store
	rnd func(n int) int

	mu    sync.Mutex
	taken map[string]int // by what was typed
	twice int            // deliveries that were known
}

func (l *ledger) Receive(ctx context.Context, it port.Item) (port.Claim, bool, error) {
	if l.rnd(20) == 0 {
		<-time.After(time.Duration(l.rnd(2300)) * time.Millisecond)
	}
	claim, fresh, err := l.Store.Receive(ctx, it)
	var line port.Line
	if err == nil {
		err = json.Unmarshal([]byte(it.Args), &line)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if fresh {
		l.taken[line.Text]++
	} else if err == nil {
		l.twice++
	}
	return claim, fresh, err
}

// takenCount is how often a deed was taken. A copy may be acknowledged as known a
// moment before the first has its answer: that moment passes.
func (l *ledger) takenCount(deed string) int {
	<-time.After(time.Second)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken[deed]
}

// socketWorld is the bot's Slack side over Socket Mode, its desk and its memory
// on a clock that only moves while everybody waits.
type socketWorld struct {
	*report
	slack   *fakeslack.Slack
	ledger  *ledger
	logs    *bytes.Buffer
	rnd     *rand.Rand
	wires   *halfOpen
	deeds   int
	unheard int // deeds of which people were not told that they were taken
	tries   int // of people, who do it again when Slack says that it failed
	faults  map[string]int
}

// halfOpen are connections that may fall silent, both ways, while each side
// believes in them.
type halfOpen struct {
	mu   sync.Mutex
	open []*wireEnd
}

type wireEnd struct {
	net.Conn
	mu     sync.Mutex
	silent bool
	closed bool
}

func (e *wireEnd) isSilent() bool { e.mu.Lock(); defer e.mu.Unlock(); return e.silent }

func (e *wireEnd) Close() error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	return e.Conn.Close()
}

// Write says that it is written.
func (e *wireEnd) Write(p []byte) (int, error) {
	if e.isSilent() {
		return len(p), nil
	}
	return e.Conn.Write(p)
}

// Read hears nothing any more, until its time is over or somebody closes it.
func (e *wireEnd) Read(p []byte) (int, error) {
	for {
		n, err := e.Conn.Read(p)
		if err != nil || !e.isSilent() {
			return n, err
		}
	}
}

// silenceOldest makes the connection that is open the longest fall silent.
func (h *halfOpen) silenceOldest() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, e := range h.open {
		e.mu.Lock()
		live := !e.silent && !e.closed
		e.silent = e.silent || live
		e.mu.Unlock()
		if live {
			h.open = h.open[i:]
			return
		}
	}
}

func (w *socketWorld) newLog() *slog.Logger { return slog.New(slog.NewTextHandler(w.logs, nil)) }

// startListening starts the bot's side; stop ends it and returns what Listen returned.
func (w *socketWorld) startListening(dial func(context.Context, string, string) (net.Conn, error),
	transport http.RoundTripper,
) (stop func() error) {
	c, err := chat.New(chat.Config{
		Token: "xoxb-practice", AppToken: "xapp-practice", APIURL: "http://slack.test/api/", Transport: transport,
		Log: w.newLog(),
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			e := &wireEnd{Conn: conn}
			w.wires.mu.Lock()
			w.wires.open = append(w.wires.open, e)
			w.wires.mu.Unlock()
			return e, nil
		},
	})
	if err != nil {
		w.Fatal(err)
	}
	c.SetFront(newEngine(wiring.Config{Store: w.ledger, Chat: c, Log: w.newLog()}))
	ctx, cancel := context.WithCancel(w.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Listen(ctx) }()
	return func() error { cancel(); return <-ended }
}

// inSocketWorld runs do in one. What is left running at its end fails the test.
func inSocketWorld(t *testing.T, seed uint64, do func(w *socketWorld, stop func() error)) {
	t.Helper()
	for _, what := range inBubble(t, time.Second, func(found *report, mini *miniredis.Miniredis) {
		rnd := rand.New(rand.NewPCG(seed, 5))
		var mu sync.Mutex
		n := func(n int) int { mu.Lock(); defer mu.Unlock(); return rnd.IntN(n) }
		s := &socketWorld{
			report: found, logs: &bytes.Buffer{}, rnd: rand.New(rand.NewPCG(seed, 6)), wires: &halfOpen{},
			faults: map[string]int{},
		}
		s.slack = fakeslack.New(fakeslack.Config{URL: "http://slack.test", SocketMode: true})
		st, err := store.Open(found.Context(), store.Options{
			URL:  "redis://" + mini.Addr(),
			Seal: practiceSeals(found.T),
		})
		if err != nil {
			found.Fatal(err)
		}
		defer func() { _ = st.Close() }()
		s.ledger = &ledger{Store: st, rnd: n, taken: map[string]int{}}
		transport, hangUp := (&world{slack: s.slack}).overPipes()
		defer hangUp()
		defer s.slack.DropSockets()
		stop := sync.OnceValue(s.startListening(transport.DialContext, transport))
		defer func() { _ = stop() }()
		do(s, stop)
	}) {
		t.Error(what)
	}
}

// waitForConnections waits until both connections are open, at most so long.
func (w *socketWorld) waitForConnections(within time.Duration) {
	ctx, cancel := context.WithTimeout(w.Context(), within)
	defer cancel()
	if err := w.slack.Wait(ctx, func() bool { return w.slack.Sockets() == 2 }); err != nil {
		w.Fatalf("%d connections after %s of calm\n%s", w.slack.Sockets(), within, tailOf(w.logs.String()))
	}
}

// doDeed has bob type something that was never typed before, again until it is
// acknowledged, as people do: at most for patience.
func (w *socketWorld) doDeed(patience time.Duration) {
	w.deeds++
	name := fmt.Sprintf("deed %d", w.deeds)
	began, tries := time.Now(), 0
	for {
		tries++
		r, err := w.slack.Command(w.Context(), "U0BOB", channel, "freeze "+name)
		if err == nil && r.Warning == "" {
			break
		}
		if time.Since(began) > patience {
			w.Fatalf("%s: not acknowledged within %s\n%s", name, patience, tailOf(w.logs.String()))
		}
		<-time.After(3 * time.Second)
	}
	w.tries += tries
	switch n := w.ledger.takenCount(name); {
	case n == 0:
		w.Errorf("%s was acknowledged, and is lost", name)
	case n > 1:
		w.unheard += n - 1 // taken, and the ack was lost with its connection
	}
	if n := w.ledger.takenCount(name); n > tries {
		w.Errorf("%s was done %d times, and taken %d times", name, tries, n)
	}
}

// sendCopies sends the envelope of one deed over both connections, again once they
// are other ones, and behind that of a later deed.
func (w *socketWorld) sendCopies(anew func()) {
	w.deeds++
	name := fmt.Sprintf("copied deed %d", w.deeds)
	envelope := func(id, text string) []byte {
		f, err := w.slack.CommandForm("U0BOB", channel, "freeze "+text)
		if err != nil {
			w.Fatal(err)
		}
		fields := map[string]string{}
		for k := range f {
			fields[k] = f.Get(k)
		}
		raw, err := json.Marshal(
			map[string]any{
				"type": "slash_commands", "envelope_id": id, "accepts_response_payload": true,
				"payload": fields,
			},
		)
		if err != nil {
			w.Fatal(err)
		}
		return raw
	}
	first, later := envelope(name, name), envelope("later "+name, "later "+name)
	retried := bytes.Replace(first, []byte(`"envelope_id":"`+name), []byte(`"envelope_id":"again `+name), 1)
	for _, f := range [][]byte{later, first, retried} {
		w.slack.SendFrame(f)
	}
	anew()
	<-time.After(time.Second) // the old ones are gone
	w.waitForConnections(4 * time.Minute)
	for _, f := range [][]byte{first, later, retried} {
		w.slack.SendFrame(f)
	}
	for _, id := range []string{name, "later " + name, "again " + name} {
		ctx, cancel := context.WithTimeout(w.Context(), 3*time.Second)
		if err := w.slack.Wait(ctx, func() bool { return w.slack.Acks(id) >= 2 }); err != nil {
			w.Fatalf(
				"%q went over two connections and was acknowledged %d times within three seconds\n%s", id,
				w.slack.Acks(id),
				tailOf(w.logs.String()),
			)
		}
		cancel()
	}
	for _, deed := range []string{name, "later " + name} {
		if n := w.ledger.takenCount(deed); n != 1 {
			w.Errorf("%q was delivered again and again, and taken %d times", deed, n)
		}
	}
}

// socketAccidents are what happens to Socket Mode, by name.
func (w *socketWorld) socketAccidents() map[string]func() {
	fault := func(name, value string) func() {
		return func() {
			if err := w.slack.Switch("apps.connections.open:"+name, value); err != nil {
				w.Fatal(err)
			}
			w.slack.DropSockets()
		}
	}
	frame := func(f string) func() { return func() { w.slack.SendFrame([]byte(f)) } }
	return map[string]func(){
		"one is warned":           func() { w.slack.DisconnectOne("warning") },
		"one is refreshed":        func() { w.slack.DisconnectOne("refresh_requested") },
		"all are refreshed":       func() { w.slack.Disconnect("refresh_requested") },
		"the link is disabled":    func() { w.slack.Disconnect("link_disabled") },
		"too many connections":    func() { w.slack.DisconnectOne("too_many_websockets") },
		"all are dropped":         w.slack.DropSockets,
		"one is half open":        w.wires.silenceOldest,
		"no more connections":     fault("error_500", "2"),
		"a connection is refused": fault("internal_error", "1"),
		"opening is limited":      fault("rate_limit", "1"),
		"opening hangs":           fault("hang", "1"),
		"opening is cut":          fault("drop_after", "1"),
		"no JSON":                 frame("{not json"),
		"nothing":                 frame(""),
		"a kind of tomorrow":      frame(`{"type":"tomorrow","envelope_id":"T","payload":{}}`),
		"a malformed click": frame(
			`{"type":"interactive","envelope_id":"M","payload":{"type":"block_actions","message":{"blocks":[{"type":7}]}}}`,
		),
		"a text for a command": frame(`{"type":"slash_commands","envelope_id":"S","payload":"x"}`),
		"delivered twice": func() {
			if err := w.slack.Switch("deliver_twice", "1"); err != nil {
				w.Fatal(err)
			}
		},
		"lost on its way": func() {
			if err := w.slack.Switch("lose_click", "1"); err != nil {
				w.Fatal(err)
			}
		},
		"copies": func() { w.sendCopies(w.slack.DropSockets) },
	}
}

// keepsTheTier counts what Slack itself had to hold back.
func (w *socketWorld) keepsTheTier() int {
	opened := 0
	for _, c := range w.slack.Calls() {
		if c.Method == "apps.connections.open" {
			opened++
			if c.RetryAfter > 0 && c.Fault == "" {
				w.Errorf("at %s a connection was asked for beyond tier 1", c.At)
			}
		}
	}
	return opened
}

// Hours of Socket Mode lose nothing that was acknowledged, and take nothing twice.
func TestHoursOfSocketModeLoseAndRepeatNothing(t *testing.T) {
	seed := *chaosSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	inSocketWorld(t, seed, func(w *socketWorld, stop func() error) {
		w.waitForConnections(time.Minute)
		all := w.socketAccidents()
		names := slices.Sorted(func(yield func(string) bool) {
			for n := range all {
				if !yield(n) {
					return
				}
			}
		})
		var calm int // goroutines
		for hour := range short.Count(*socketHours, 2) {
			for end := time.Now().Add(55 * time.Minute); time.Now().Before(end); {
				name := names[w.rnd.IntN(len(names))]
				w.faults[name]++
				all[name]()
				for range 1 + w.rnd.IntN(5) {
					w.doDeed(6 * time.Minute)
					<-time.After(time.Duration(w.rnd.IntN(90)) * time.Second)
				}
			}
			<-time.After(5 * time.Minute) // all that is half open is found
			w.waitForConnections(time.Second)
			w.doDeed(0) // at the first try
			if n := runtime.NumGoroutine(); hour == 0 {
				calm = n
			} else if n > calm+20 {
				w.Errorf("%d goroutines in a calm moment of hour %d, %d of the first", n, hour, calm)
			}
		}
		opened := w.keepsTheTier()
		w.endsCleanly(stop)
		for _, secret := range []string{"xapp-practice", "xoxb-practice", "ticket="} {
			if strings.Contains(w.logs.String(), secret) {
				w.Errorf("%s is in the log", secret)
			}
		}
		t.Logf(
			"seed %d: %d hours, %d deeds in %d tries, %d acks lost on their way, %d copies with no effect, %d "+
				"connections, accidents %v",
			seed, *socketHours, w.deeds, w.tries, w.unheard, w.ledger.twice, opened, w.faults,
		)
	})
}

// endsCleanly stops the bot while something is under way: it is acknowledged,
// and then no connection is left.
func (w *socketWorld) endsCleanly(stop func() error) {
	arrived := make(chan struct{})
	w.ledger.rnd = func(int) int { // slow by two seconds and a bit, once
		w.ledger.rnd = func(int) int { return 1 }
		close(arrived)
		return 0
	}
	answered := make(chan fakeslack.Reply, 1)
	go func() {
		r, _ := w.slack.Command(w.Context(), "U0BOB", channel, "freeze at the end")
		answered <- r
	}()
	<-arrived
	began := time.Now()
	if err := stop(); err != nil {
		w.Error(err)
	}
	if r := <-answered; r.Warning != "" || w.ledger.takenCount("at the end") != 1 {
		w.Errorf("what was under way at the end: %+v, taken %d times", r, w.ledger.takenCount("at the end"))
	}
	if took := time.Since(began); took > 3*time.Second {
		w.Errorf("it took %s to stop", took)
	}
	ctx, cancel := context.WithTimeout(w.Context(), time.Second)
	defer cancel()
	if err := w.slack.Wait(ctx, func() bool { return w.slack.Sockets() == 0 }); err != nil {
		w.Errorf("%d connections are left", w.slack.Sockets())
	}
}
