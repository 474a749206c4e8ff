package delivery

import (
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	pingEvery    = 5 * time.Second
	socketWrites = 5 * time.Second
)

// A socket is one Socket Mode connection.
type socket struct {
	conn *websocket.Conn
	mu   sync.Mutex // one writer at a time
	done chan struct{}
}

func (c *socket) writeJSON(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(socketWrites))
	return c.conn.WriteJSON(v)
}

func (c *socket) writeFrame(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(socketWrites))
	_ = c.conn.WriteMessage(websocket.TextMessage, frame)
}

// sayHello is the first frame of a connection: the app has so many now.
func (c *socket) sayHello(appID string, connections int) error {
	return c.writeJSON(map[string]any{
		"type": "hello", "num_connections": connections, "connection_info": map[string]any{"app_id": appID},
		"debug_info": map[string]any{"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
	})
}

// askToGo asks the app to leave the connection.
func (c *socket) askToGo(reason string) {
	_ = c.writeJSON(
		map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "applink-1"}},
	)
}

// sendPings pings until the connection ends.
func (c *socket) sendPings() {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-tick.C:
			c.mu.Lock()
			err := c.conn.WriteControl(websocket.PingMessage, []byte("Ping from applink-1"),
				time.Now().Add(socketWrites))
			c.mu.Unlock()
			if err != nil {
				return
			}
		}
	}
}
