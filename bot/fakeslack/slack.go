package fakeslack

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Slack is one workspace with one app installed. All methods may be called
// from any goroutine. Nothing is stored: a new Slack is an empty workspace.
type Slack struct {
	cfg    Config
	mux    *http.ServeMux
	client *http.Client

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced at each change
	revision   uint64        // counts changes
	lastMicros int64         // the last message timestamp given out

	users     map[string]*User
	userOrder []string
	groups    []Group
	channels  map[string]*room
	roomOrder []string
	ephemeral []*record
	byTS      map[string]*record   // every message that can be found; a ts is given out once
	replies   map[string][]*record // of a thread, by its parent's ts, oldest first
	opened    map[string]aside     // the thread that a person has open
	unshown   []Message            // for one person alone, where they do not look

	triggers  map[string]*trigger
	responses map[string]*responseURL
	stacks    map[string][]*view // a person's open modals, the last on top
	homes     map[string]*view
	verified  string // the address that has answered a challenge
	unpressed bool   // that was checked too early, and nobody has pressed Retry

	refused     map[Token]string    // by which code
	codes       map[string][]string // what the next calls of a method are refused by
	unreachable map[string]string   // who is sent no direct message, and by which code
	org         organisation        // the one that the workspace is of, if any

	faults   faults
	rates    rates
	calls    []Call
	requests []Request
	sockets  sockets
	desk     []deskLine
	ahead    atomic.Int64 // of Slack's clock, in nanoseconds
}

// A room is a channel with what was said in it, oldest first.
type room struct {
	Channel
	records []*record
}

// New returns a workspace that is ready to serve.
func New(cfg Config) *Slack {
	cfg = cfg.withDefaults()
	s := &Slack{
		cfg:       cfg,
		client:    &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: noRedirect},
		changed:   make(chan struct{}),
		users:     map[string]*User{},
		channels:  map[string]*room{},
		byTS:      map[string]*record{},
		replies:   map[string][]*record{},
		opened:    map[string]aside{},
		triggers:  map[string]*trigger{},
		responses: map[string]*responseURL{},
		stacks:    map[string][]*view{},
		homes:     map[string]*view{},
	}
	s.cfg.Now = func() time.Time { return cfg.Now().Add(time.Duration(s.ahead.Load())) }
	for _, u := range cfg.People.Users {
		s.users[u.ID] = &u
		s.userOrder = append(s.userOrder, u.ID)
	}
	for _, c := range cfg.People.Channels {
		c.Members = slices.Clone(c.Members)
		s.channels[c.ID] = &room{Channel: c}
		s.roomOrder = append(s.roomOrder, c.ID)
	}
	for _, g := range cfg.People.Groups {
		g.Users = slices.Clone(g.Users)
		s.groups = append(s.groups, g)
	}
	s.rates.init(cfg.RateScale)
	s.sockets.init()
	s.mux = s.routes()
	return s
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (s *Slack) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.HandleFunc("POST /response/{id}", s.serveResponseURL)
	mux.HandleFunc("GET /link", s.serveSocket)
	s.pageRoutes(mux)
	return mux
}

// ServeHTTP serves the Web API under /api/, response URLs under /response/,
// Socket Mode at /link, and the page at / with its own calls under /page/.
// Every answer has the date of Slack's clock.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.cfg.Now().UTC().Format(http.TimeFormat))
	s.mux.ServeHTTP(w, r)
}

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
	return origin, func() { cancel(); s.sockets.closeAll(); _ = srv.Close(); <-done }, nil
}

// SetBot says where the bot takes commands and interactions.
func (s *Slack) SetBot(commandURL, interactionURL string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.CommandURL, s.cfg.InteractionURL = commandURL, interactionURL
}

// SetSocketMode turns the switch of the app's settings: from now on everything
// goes over Socket Mode, or to the request URLs.
func (s *Slack) SetSocketMode(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.SocketMode = on
}

// SetURL says under which origin the double itself is reached.
func (s *Slack) SetURL(origin string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.URL = strings.TrimSuffix(origin, "/")
}

// Wait returns nil once cond holds. cond is called at once and after every
// change in the workspace (a message, a view, a call, a request, a switch),
// without any lock held. It returns ctx's error if that ends first.
func (s *Slack) Wait(ctx context.Context, cond func() bool) error {
	for {
		changed, _ := s.watch()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting on the fake Slack: %w", context.Cause(ctx))
		}
	}
}

// watch returns a channel that closes at the next change, and the revision now.
func (s *Slack) watch() (<-chan struct{}, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed, s.revision
}

// touch wakes whoever waits. Callers hold s.mu.
func (s *Slack) touch() {
	s.revision++
	close(s.changed)
	s.changed = make(chan struct{})
}

// nextTS returns a message timestamp that was never given out. Callers hold s.mu.
func (s *Slack) nextTS() string {
	micros := max(s.cfg.Now().UnixMicro(), s.lastMicros+1)
	s.lastMicros = micros
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

// newID returns a fresh identifier with Slack's kind of prefix.
func newID(prefix string) string { return prefix + rand.Text()[:10] }

// groupByID looks a user group up. Callers hold s.mu.
func (s *Slack) groupByID(id string) *Group {
	for i := range s.groups {
		if s.groups[i].ID == id {
			return &s.groups[i]
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
