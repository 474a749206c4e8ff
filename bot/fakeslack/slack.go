package fakeslack

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"twokey/bot/fakeslack/delivery"
	"twokey/bot/fakeslack/views"
)

// Slack is one workspace with one app installed. All methods may be called
// from any goroutine. Nothing is stored: a new Slack is an empty workspace.
//
// Its methods are in groups: what there is to see, what an administrator changes,
// what people do in their clients, how the bot is reached, and the Web API.
type Slack struct {
	*workspace
	*surfaces
	*administration
	*sender
	*clients
	api *webAPI
	mux *http.ServeMux
}

// New returns a workspace that is ready to serve.
func New(cfg Config) *Slack {
	w := newWorkspace(cfg.WithDefaults())
	views := &surfaces{
		workspace: w, triggers: views.Triggers{}, stacks: map[string][]*view{}, homes: map[string]*view{},
	}
	send := &sender{
		workspace: w, poster: delivery.NewPoster(w.cfg.SigningSecret),
		sockets: delivery.NewSockets(w.cfg.AppID, w.Refresh),
	}
	s := &Slack{
		workspace:      w,
		surfaces:       views,
		administration: &administration{w},
		sender:         send,
		clients:        &clients{surfaces: views, bot: send},
		api:            &webAPI{surfaces: views, sockets: send.sockets},
	}
	s.mux = s.newMux()
	return s
}

func (s *Slack) newMux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.api.serveCall)
	mux.HandleFunc("POST /response/{id}", s.api.serveResponseURL)
	mux.HandleFunc("GET /link", s.sockets.Serve)
	return mux
}

// ServeHTTP serves the Web API under /api/, response URLs under /response/,
// Socket Mode at /link, and what was mounted at /.
// Every answer has the date of Slack's clock.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.cfg.Now().UTC().Format(http.TimeFormat))
	s.mux.ServeHTTP(w, r)
}

// Mount serves at / what is not Slack's own API, such as a page to look at. It may
// be called once.
func (s *Slack) Mount(h http.Handler) { s.mux.Handle("/", h) }

// Start listens on addr (such as 127.0.0.1:0) and serves until stop is called.
// It returns the origin; the Web API is at origin + "/api/".
func (s *Slack) Start(addr string) (origin string, stop func(), err error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("fake Slack cannot listen: %w", err)
	}
	origin = "http://" + ln.Addr().String()
	s.mu.Lock()
	s.cfg.URL = origin
	s.mu.Unlock()
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	ctx, cancel := context.WithCancel(context.Background())
	srv.BaseContext = func(net.Listener) context.Context { return ctx }
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(ln) }()
	return origin, func() { cancel(); s.sockets.CloseAll(); _ = srv.Close(); <-done }, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
