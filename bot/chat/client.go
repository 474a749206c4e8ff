// Package chat is Slack: it draws what commands shows, posts it, and turns what
// people type and press into commands' words. It is the only importer of
// slack-go, and knows no rule of the domain.
package chat

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"twokey/commands/port"
	"twokey/commands/view"
)

var _ port.Chat = (*Chat)(nil)

// The methods of the Web API that are called.
const (
	mAuth       = "auth.test"
	mPost       = "chat.postMessage"
	mUpdate     = "chat.update"
	mEphemeral  = "chat.postEphemeral"
	mOpen       = "views.open"
	mUpdateView = "views.update"
	mUser       = "users.info"
	mMembers    = "usergroups.users.list"
	mGroups     = "usergroups.list"
	mChannel    = "conversations.info"
	mHistory    = "conversations.history"
	mReplies    = "conversations.replies"
	mInside     = "conversations.members"
	mLink       = "chat.getPermalink"
	mPublish    = "views.publish"
	mValidate   = "blocks.validate"
	mDirect     = "conversations.open"
)

const (
	apiTimeout = 10 * time.Second // slack-go's own client has none (section 8)
	ackTime    = 2500 * time.Millisecond
	// maxBody is of whatever Slack sends. With a shortcut comes the message: its
	// 40,000 letters take eight bytes each where they are not ASCII, and stand in
	// it more than once (facts/slack.md section 12).
	maxBody = 1 << 20
)

// Desk decides what follows from what people do. Every method answers within
// its context, which ends before Slack's three seconds do.
type Desk interface {
	Command(ctx context.Context, in port.Inbound) port.Reply
	Press(ctx context.Context, in port.Inbound) port.Reply
	Submit(ctx context.Context, in port.Inbound) port.Reply
	Suggest(ctx context.Context, in port.Inbound, field, query string) []view.Option
	// OpenHome shows somebody their Home tab. It comes after the ack, and may take
	// longer.
	OpenHome(ctx context.Context, user string)
	Change(ctx context.Context, in port.Inbound)
	Shortcut(ctx context.Context, in port.Inbound) port.Reply
}

// Metrics is told what happens. All methods may be called from any goroutine.
type Metrics interface {
	// Refused: something was turned away at the door, for one of a fixed set
	// of reasons (signature, expired, too_large, foreign_app, ..).
	Refused(reason string)
	// Acked: a command, press, submit, suggest or other was answered.
	Acked(kind string, took time.Duration)
	// Called: one call of the Web API ended as ok, later, unknown, cancelled
	// or with Slack's error code.
	Called(method, outcome string)
}

// Config is what a Chat is made of.
type Config struct {
	Token         string // xoxb; required
	SigningSecret string // empty: no HTTP endpoints
	AppToken      string // xapp; empty: no Socket Mode
	// TokenName and AppTokenName are the settings that hold the tokens, as an
	// operator is told of them; default SLACK_BOT_TOKEN and SLACK_APP_TOKEN.
	TokenName, AppTokenName string
	APIURL                  string // default https://slack.com/api/
	Desk                    Desk   // may be set later by SetDesk
	// Now is used for Inbound.At, caches and limits. The window of a signature
	// goes by the system's clock.
	Now     func() time.Time
	Log     *slog.Logger
	Metrics Metrics // nil: nobody is told
	// RateScale multiplies Slack's rate limits where the other side is known
	// to take more; 0 means 1.
	RateScale float64
	// Notice is told what operators want to know beside the log, at most once a
	// minute each; nil: nobody is. It must not wait.
	Notice func(Notice)
	// Shared is where all replicas take a channel's posts from; nil: there are no
	// others.
	Shared Shared
	// Transport carries all HTTP; nil is one as net/http's own.
	Transport http.RoundTripper
	// Dial makes Socket Mode's connections; nil is the net's own.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Chat is the bot's side of one Slack workspace. All methods are safe for
// concurrent use.
type Chat struct {
	cfg     Config
	api     *slack.Client
	http    *http.Client
	base    *url.URL
	now     func() time.Time
	log     *slog.Logger
	metrics Metrics
	pace    *pace
	clock   slackClock
	desk    atomic.Pointer[Desk]
	formKey []byte
	redial  time.Duration
	again   time.Duration // after a refusal of the app token, at first

	bot, app standing
	quiet    port.Quiet // of the log, about Socket Mode

	lines    *rate.Limiter // of the log, about what is turned away
	unlogged atomic.Int64

	who     atomic.Pointer[Identity]
	handles atomic.Pointer[handles]
	flight  singleflight.Group
	groupMu sync.Mutex
	groups  map[string]membership
	rooms   map[string]membership // who is in a channel
	links   map[port.Address]string
	directs map[string]string // a person's conversation with the bot
	noticed map[Notice]time.Time
	crowd   crowd

	work sync.WaitGroup // what goes on after an ack
}

// New returns a Chat. It makes no call; Hello does.
func New(cfg Config) (*Chat, error) {
	base, err := apiURL(cfg.APIURL)
	switch {
	case err != nil:
		return nil, err
	case cfg.Token == "":
		return nil, errors.New("SLACK_BOT_TOKEN is not set: Slack's xoxb token is needed")
	case cfg.SigningSecret == "" && cfg.AppToken == "":
		return nil, errors.New("neither SLACK_SIGNING_SECRET (HTTP) nor SLACK_APP_TOKEN (Socket Mode) is set: nothing could be received")
	}
	c := &Chat{
		cfg: cfg, base: base, redial: redial, again: refusedFirst, lines: rate.NewLimiter(maxLines, lineBurst), now: cfg.Now, log: cfg.Log, metrics: cfg.Metrics, groups: map[string]membership{},
		rooms: map[string]membership{}, links: map[port.Address]string{}, directs: map[string]string{}, noticed: map[Notice]time.Time{},
	}
	c.bot.name, c.app.name = cmp.Or(cfg.TokenName, botTokenName), cmp.Or(cfg.AppTokenName, appTokenName)
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.metrics == nil {
		c.metrics = nobody{}
	}
	if cfg.RateScale == 0 {
		cfg.RateScale = 1
	}
	c.pace = newPace(cfg.RateScale, c.now)
	c.clock.now = c.now
	c.http = newHTTP(cfg.Transport)
	c.http.Transport = dated{c.http.Transport, &c.clock}
	c.api = slack.New(cfg.Token, slack.OptionHTTPClient(c.http), slack.OptionAPIURL(base.String()))
	c.formKey = sealKey(cfg.Token)
	c.SetDesk(cfg.Desk)
	return c, nil
}

// apiURL checks the setting and gives it the slash at its end that slack-go
// relies on.
func apiURL(raw string) (*url.URL, error) {
	if raw == "" {
		raw = slack.APIURL
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("SLACK_API_URL is not a URL such as https://slack.com/api/")
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u, nil
}

// newHTTP returns a client with a time-out that follows no redirect: a post
// must not become a get somewhere else.
func newHTTP(rt http.RoundTripper) *http.Client {
	if rt == nil {
		rt = newTransport(time.Now)
	}
	return &http.Client{
		Transport: inTime{rt, time.Now}, Timeout: apiTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// sealKey is the key under which forms carry their state, the same on every
// replica.
func sealKey(token string) []byte {
	mac := hmac.New(sha256.New, []byte(token))
	_, _ = mac.Write([]byte("twokey form state"))
	return mac.Sum(nil)
}

// SetDesk says who decides. Until then everything is answered with 503.
func (c *Chat) SetDesk(d Desk) {
	if d != nil {
		c.desk.Store(&d)
	}
}

// theDesk returns the desk, or nil before it was set.
func (c *Chat) theDesk() Desk {
	if d := c.desk.Load(); d != nil {
		return *d
	}
	return nil
}

// Close waits for what goes on after acks, at most until ctx ends.
func (c *Chat) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() { defer close(done); c.work.Wait() }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("messages to Slack were still under way: %w", context.Cause(ctx))
	}
}

// call makes one call within Slack's limits, classifies what came of it and
// has the method rest after a 429.
func (c *Chat) call(ctx context.Context, method, channel string, do func() error) error {
	if err := c.pace.wait(ctx, method, channel); err != nil {
		c.metrics.Called(method, outcomeOf(err))
		return err
	}
	return c.made(method, channel, do)
}

// callIf makes a call for the outbox, which has others to serve: where it is
// held back, nothing is sent and the error says for how long.
func (c *Chat) callIf(held error, method, channel string, do func() error) error {
	if held != nil {
		c.metrics.Called(method, outcomeOf(held))
		return held
	}
	return c.made(method, channel, do)
}

// made makes a call that the limits allow.
func (c *Chat) made(method, channel string, do func() error) error {
	err := c.named(method, classify(method, do()))
	if c.who.Load() != nil || method == mConnect { // before, whoever asks is told
		c.heard(c.tokenOf(method), err)
	}
	c.metrics.Called(method, outcomeOf(err))
	var l *RetryLater
	if errors.As(err, &l) && l.limited {
		c.pace.rest(method, channel, l.After)
	}
	return err
}

type nobody struct{}

func (nobody) Refused(string) {}

func (nobody) Acked(string, time.Duration) {}

func (nobody) Called(string, string) {}
