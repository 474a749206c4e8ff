package fakeslack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxSockets   = 10
	pingEvery    = 5 * time.Second
	maxAckSize   = 20 << 10
	socketWrites = 5 * time.Second
)

// sockets are the Socket Mode connections. Its own lock is never held while
// s.mu is taken.
type sockets struct {
	mu      sync.Mutex
	tickets map[string]bool
	open    []*socket
	others  int // connections of the app that are not played
	turn    int
	waiting map[string]waiter // by envelope_id
	acks    map[string]int    // by envelope_id, whoever waits
}

// A waiter waits for the ack of an envelope on the connection it went out on:
// whether Slack would take one on another is not documented.
type waiter struct {
	on     *socket
	answer chan json.RawMessage
}

type socket struct {
	conn *websocket.Conn
	mu   sync.Mutex // one writer at a time
	done chan struct{}
}

func (k *sockets) init() {
	k.tickets, k.waiting, k.acks = map[string]bool{}, map[string]waiter{}, map[string]int{}
}

// connectionsOpen gives out a URL that works for one connection.
func (s *Slack) connectionsOpen(args) (answer, *refusal) {
	ticket := newID("") + newID("")
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	s.sockets.tickets[ticket] = true
	return answer{"url": "ws" + strings.TrimPrefix(s.cfg.URL, "http") + "/link?ticket=" + ticket + "&app_id=" + s.cfg.AppID}, nil
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// serveSocket upgrades, says hello, pings, and reads acks until the end.
func (s *Slack) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !s.sockets.redeem(r.URL.Query().Get("ticket")) {
		http.Error(w, "invalid_ticket", http.StatusForbidden)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	k := &socket{conn: conn, done: make(chan struct{})}
	n := s.sockets.join(k)
	if n == 0 { // told once it is made, and before any hello
		_ = k.write(map[string]any{"type": "disconnect", "reason": "too_many_websockets", "debug_info": map[string]any{"host": "applink-1"}})
		_ = conn.Close()
		return
	}
	defer s.leaveSocket(k)
	s.wake()
	err = k.write(map[string]any{
		"type": "hello", "num_connections": n, "connection_info": map[string]any{"app_id": s.cfg.AppID},
		"debug_info": map[string]any{"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
	})
	if err != nil {
		return
	}
	go k.ping()
	for {
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return
		}
		s.sockets.acked(k, frame)
		s.wake()
	}
}

func (s *Slack) leaveSocket(k *socket) {
	close(k.done)
	_ = k.conn.Close()
	s.sockets.leave(k)
	s.wake()
}

// wake tells waiters that something outside s.mu changed.
func (s *Slack) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.touch()
}

func (k *sockets) redeem(ticket string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	ok := k.tickets[ticket]
	delete(k.tickets, ticket)
	return ok
}

// join counts a connection in and returns how many there are; 0: there are too
// many already.
func (k *sockets) join(c *socket) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.open)+k.others >= maxSockets {
		return 0
	}
	k.open = append(k.open, c)
	return len(k.open) + k.others
}

func (k *sockets) leave(c *socket) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, x := range k.open {
		if x == c {
			k.open = append(k.open[:i], k.open[i+1:]...)
			return
		}
	}
}

// acked hands an ack's payload to whoever waits for it. Big acks are dropped,
// as Slack drops them.
func (k *sockets) acked(on *socket, frame []byte) {
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	if len(frame) >= maxAckSize || json.Unmarshal(frame, &ack) != nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.acks[ack.EnvelopeID]++
	if w := k.waiting[ack.EnvelopeID]; w.on == on {
		delete(k.waiting, ack.EnvelopeID)
		if strings.TrimSpace(string(ack.Payload)) == "{}" { // so Slack's own clients acknowledge without a word
			ack.Payload = nil
		}
		w.answer <- ack.Payload
	}
}

// next picks the connections in turn, and nil if there are none.
func (k *sockets) next(envelope string) (*socket, chan json.RawMessage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.open) == 0 {
		return nil, nil
	}
	k.turn++
	answer := make(chan json.RawMessage, 1)
	on := k.open[k.turn%len(k.open)]
	k.waiting[envelope] = waiter{on, answer}
	return on, answer
}

func (k *sockets) forget(envelope string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.waiting, envelope)
}

func (k *sockets) all() []*socket {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]*socket{}, k.open...)
}

func (k *sockets) closeAll() {
	for _, c := range k.all() {
		k.leave(c)
		_ = c.conn.Close()
	}
}

func (c *socket) write(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(socketWrites))
	return c.conn.WriteJSON(v)
}

func (c *socket) ping() {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-tick.C:
			c.mu.Lock()
			err := c.conn.WriteControl(websocket.PingMessage, []byte("Ping from applink-1"), time.Now().Add(socketWrites))
			c.mu.Unlock()
			if err != nil {
				return
			}
		}
	}
}

var errNoSocket = errors.New("no Socket Mode connection")

// sendEnvelope sends the request over one connection and waits for its ack.
func (s *Slack) sendEnvelope(ctx context.Context, o outgoing) ([]byte, int, error) {
	id := newID("") + "-" + newID("")
	req := Request{Kind: o.kind, User: o.user, At: s.cfg.Now(), Envelope: id, Body: o.text()}
	started := time.Now()
	body, err := s.exchange(ctx, id, o)
	req.Took, req.Answer = time.Since(started), string(body)
	if err != nil {
		err = &NotAcked{Kind: o.kind, Cause: err}
		req.Err = err.Error()
		s.recordRequest(req)
		return nil, 0, err
	}
	req.Status = http.StatusOK
	s.recordRequest(req)
	return body, http.StatusOK, nil
}

func (s *Slack) exchange(ctx context.Context, id string, o outgoing) ([]byte, error) {
	kind, payload := "interactive", any(o.payload)
	if o.command != nil {
		fields := map[string]any{}
		for k := range o.command {
			fields[k] = o.command.Get(k)
		}
		kind, payload = "slash_commands", fields
	}
	if o.event != nil {
		kind, payload = "events_api", o.event
	}
	frame := map[string]any{"type": kind, "envelope_id": id, "accepts_response_payload": o.event == nil, "payload": json.RawMessage(wireJSON(payload))}
	if o.event != nil {
		frame["retry_attempt"], frame["retry_reason"] = o.retry, o.why
	}
	conn, acked := s.sockets.next(id)
	if conn == nil {
		return nil, errNoSocket
	}
	defer s.sockets.forget(id)
	err := conn.write(frame)
	if err != nil {
		return nil, fmt.Errorf("writing the envelope: %w", err)
	}
	select {
	case body := <-acked:
		return body, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// SetOtherSockets has so many connections of other programs of the same app count
// against the ten that Slack takes.
func (s *Slack) SetOtherSockets(n int) {
	s.sockets.mu.Lock()
	s.sockets.others = n
	s.sockets.mu.Unlock()
	s.wake()
}

// Sockets returns how many Socket Mode connections are open.
func (s *Slack) Sockets() int { return len(s.sockets.all()) }

// Acks returns how often an envelope was acknowledged, over any connection.
func (s *Slack) Acks(envelope string) int {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	return s.sockets.acks[envelope]
}

// DisconnectOne is Disconnect for the connection that is open the longest.
func (s *Slack) DisconnectOne(reason string) {
	if all := s.sockets.all(); len(all) > 0 {
		s.disconnect(all[0], reason)
	}
}

// Disconnect tells every Socket Mode connection to go: reason is "warning"
// (about ten seconds ahead), "refresh_requested" or "link_disabled". After the
// latter two the connection is closed.
func (s *Slack) Disconnect(reason string) {
	for _, c := range s.sockets.all() {
		s.disconnect(c, reason)
	}
}

// disconnect tells one. What is closed is sent nothing more from this moment on.
func (s *Slack) disconnect(c *socket, reason string) {
	_ = c.write(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "applink-1"}})
	if reason != "warning" {
		s.sockets.leave(c)
		_ = c.conn.Close()
	}
}

// DropSockets breaks every Socket Mode connection without a word.
func (s *Slack) DropSockets() { s.sockets.closeAll() }

// SendFrame writes a raw frame to every Socket Mode connection: for malformed,
// repeated or reordered envelopes.
func (s *Slack) SendFrame(frame []byte) {
	for _, c := range s.sockets.all() {
		c.mu.Lock()
		_ = c.conn.SetWriteDeadline(time.Now().Add(socketWrites))
		_ = c.conn.WriteMessage(websocket.TextMessage, frame)
		c.mu.Unlock()
	}
}
