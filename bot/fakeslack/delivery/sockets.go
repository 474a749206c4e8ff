package delivery

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxSockets = 10
	maxAckSize = 20 << 10
)

var errNoSocket = errors.New("no Socket Mode connection")

// Sockets are an app's Socket Mode connections.
type Sockets struct {
	appID   string
	changed func() // called after each change, without the lock

	mu      sync.Mutex
	tickets map[string]bool
	open    []*socket
	others  int // connections of the app that are not played
	turn    int
	waiting map[string]waiter // by envelope_id
	acks    map[string]int    // by envelope_id, whoever waits
}

// A waiter waits for the ack of an envelope on the connection that the envelope
// went out on. Slack does not document whether it takes one on another.
type waiter struct {
	on     *socket
	answer chan json.RawMessage
}

// NewSockets returns the connections of an app: none. changed is called after each
// change, from any goroutine.
func NewSockets(appID string, changed func()) *Sockets {
	return &Sockets{
		appID: appID, changed: changed, tickets: map[string]bool{}, waiting: map[string]waiter{},
		acks: map[string]int{},
	}
}

// NewTicket gives out a ticket for one connection.
func (k *Sockets) NewTicket() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	ticket := rand.Text()[:20]
	k.tickets[ticket] = true
	return ticket
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// Serve upgrades a request that has a ticket, says hello, pings, and reads acks
// until the end.
func (k *Sockets) Serve(w http.ResponseWriter, r *http.Request) {
	if !k.redeemTicket(r.URL.Query().Get("ticket")) {
		http.Error(w, "invalid_ticket", http.StatusForbidden)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &socket{conn: conn, done: make(chan struct{})}
	n := k.addSocket(c)
	if n == 0 { // said once the connection is made, and before any hello
		c.askToGo("too_many_websockets")
		_ = conn.Close()
		return
	}
	defer func() {
		close(c.done)
		_ = conn.Close()
		k.removeSocket(c)
		k.changed()
	}()
	k.changed()
	if c.sayHello(k.appID, n) != nil {
		return
	}
	go c.sendPings()
	for {
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return
		}
		k.takeAck(c, frame)
		k.changed()
	}
}

func (k *Sockets) redeemTicket(ticket string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	ok := k.tickets[ticket]
	delete(k.tickets, ticket)
	return ok
}

// addSocket counts a connection in and returns how many there are; 0: there are
// too many already.
func (k *Sockets) addSocket(c *socket) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.open)+k.others >= maxSockets {
		return 0
	}
	k.open = append(k.open, c)
	return len(k.open) + k.others
}

func (k *Sockets) removeSocket(c *socket) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if i := slices.Index(k.open, c); i >= 0 {
		k.open = append(k.open[:i], k.open[i+1:]...)
	}
}

// takeAck hands an ack's payload to whoever waits for it. Big acks are dropped,
// as Slack drops them.
func (k *Sockets) takeAck(on *socket, frame []byte) {
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

// nextSocket picks the connections in turn, and nil if there are none.
func (k *Sockets) nextSocket(envelope string) (*socket, chan json.RawMessage) {
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

func (k *Sockets) stopWaiting(envelope string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.waiting, envelope)
}

func (k *Sockets) allSockets() []*socket {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.open)
}

// Send sends a request over one connection, waits for its ack, and returns the
// request's record with the ack's payload. Every failure is a *NotAcked.
func (k *Sockets) Send(ctx context.Context, o Outgoing, now time.Time) (Request, []byte, error) {
	id := rand.Text()[:10] + "-" + rand.Text()[:10]
	req := Request{Kind: o.Kind, User: o.User, At: now, Envelope: id, Body: o.bodyText()}
	started := time.Now()
	body, err := k.exchange(ctx, id, o)
	req.Took, req.Answer = time.Since(started), string(body)
	if err != nil {
		err = &NotAcked{Kind: o.Kind, Cause: err}
		req.Err = err.Error()
		return req, nil, err
	}
	req.Status = http.StatusOK
	return req, body, nil
}

func (k *Sockets) exchange(ctx context.Context, id string, o Outgoing) ([]byte, error) {
	conn, acked := k.nextSocket(id)
	if conn == nil {
		return nil, errNoSocket
	}
	defer k.stopWaiting(id)
	if err := conn.writeJSON(o.envelope(id)); err != nil {
		return nil, fmt.Errorf("writing the envelope: %w", err)
	}
	select {
	case body := <-acked:
		return body, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// SetOthers has so many connections of other programs of the same app count against
// the ten that Slack takes.
func (k *Sockets) SetOthers(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.others = n
}

// Count returns how many connections are open.
func (k *Sockets) Count() int { return len(k.allSockets()) }

// Acks returns how often an envelope was acknowledged, over any connection.
func (k *Sockets) Acks(envelope string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.acks[envelope]
}

// DisconnectOne is Disconnect for the connection that is open the longest.
func (k *Sockets) DisconnectOne(reason string) {
	if all := k.allSockets(); len(all) > 0 {
		k.dismiss(all[0], reason)
	}
}

// Disconnect asks every connection to go: reason is "warning" (about ten seconds
// ahead), "refresh_requested" or "link_disabled". After the latter two the
// connection is closed.
func (k *Sockets) Disconnect(reason string) {
	for _, c := range k.allSockets() {
		k.dismiss(c, reason)
	}
}

// dismiss asks one to go. What is closed is sent nothing more from this moment on.
func (k *Sockets) dismiss(c *socket, reason string) {
	c.askToGo(reason)
	if reason != "warning" {
		k.removeSocket(c)
		_ = c.conn.Close()
	}
}

// CloseAll breaks every connection without a word.
func (k *Sockets) CloseAll() {
	for _, c := range k.allSockets() {
		k.removeSocket(c)
		_ = c.conn.Close()
	}
}

// SendFrame writes a raw frame to every connection.
func (k *Sockets) SendFrame(frame []byte) {
	for _, c := range k.allSockets() {
		c.writeFrame(frame)
	}
}
