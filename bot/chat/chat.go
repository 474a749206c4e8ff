package chat

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"twokey/bot/chat/webapi"
	"twokey/commands/port"
	"twokey/commands/view"
)

var _ port.Chat = (*Chat)(nil)

const (
	ackTime = 2500 * time.Millisecond
	// maxBody bounds whatever Slack sends. A shortcut brings the message along, more than
	// one copy of it. Its 40,000 letters take eight bytes each if they are not ASCII
	// (section 1.5).
	maxBody = 1 << 20
)

// Front decides what follows from what people do. Every method answers within
// its context, which ends before Slack's three seconds do.
type Front interface {
	Command(ctx context.Context, in port.Inbound) port.Reply
	Press(ctx context.Context, in port.Inbound) port.Reply
	Submit(ctx context.Context, in port.Inbound) port.Reply
	Suggest(ctx context.Context, in port.Inbound, field, query string) []view.Option
	// OpenHome shows somebody their Home tab. It comes after the ack, and may take
	// longer.
	OpenHome(ctx context.Context, user string)
	// AnswerHome answers a press on somebody's Home tab there. It comes after the ack.
	AnswerHome(ctx context.Context, user, trigger string, t view.Text)
	Change(ctx context.Context, in port.Inbound)
	Shortcut(ctx context.Context, in port.Inbound) port.Reply
}

// Metrics counts what happens. All methods may be called from any goroutine.
type Metrics interface {
	// Refused counts what was turned away, by one of a fixed set of reasons
	// (signature, expired, too_large, foreign_app, ..).
	Refused(reason string)
	// Acked counts an answer to a command, press, submit, suggest or other.
	Acked(kind string, took time.Duration)
	// Called counts one call of the Web API. outcome is ok, later, unknown, cancelled
	// or Slack's error code.
	Called(method, outcome string)
}

// Config is what a Chat is made of.
type Config struct {
	Token         string // xoxb; required
	SigningSecret string // empty: no HTTP endpoints
	AppToken      string // xapp; empty: no Socket Mode
	// TokenName and AppTokenName are the settings that hold the tokens, for messages
	// to operators; default SLACK_BOT_TOKEN and SLACK_APP_TOKEN.
	TokenName, AppTokenName string
	APIURL                  string // default https://slack.com/api/
	Front                   Front  // may be set later by SetFront
	// Now is used for Inbound.At, caches and limits. The window of a signature
	// goes by the system's clock.
	Now     func() time.Time
	Log     *slog.Logger
	Metrics Metrics // nil: nothing is counted
	// RateScale multiplies Slack's rate limits if the other side is known to take
	// more; 0 means 1.
	RateScale float64
	// Notice gets what operators want to know beside the log, at most once a minute
	// each; nil: nobody does. It must not wait.
	Notice func(Notice)
	// Shared is the place from which all replicas take a channel's posts; nil: there
	// are no others.
	Shared webapi.SharedPosts
	// Transport carries all HTTP; nil is one as net/http's own.
	Transport http.RoundTripper
	// Dial makes Socket Mode's connections; nil is the net's own.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Chat is the bot's side of one Slack workspace, made of parts: each has one
// subject. All methods are safe for concurrent use.
type Chat struct {
	*directory  // who somebody is, and who is where
	*messages   // posts, edits and finds
	*viewCalls  // dialogs and Home tabs
	*inspector  // what Twokey believes of Slack
	*dispatcher // what Slack sends, to the front
	*httpEndpoint
	*socketMode

	web  *webapi.Client
	work *background
	log  *slog.Logger
}

// New returns a Chat. It makes no call; Hello does.
func New(cfg Config) (*Chat, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Metrics == nil {
		cfg.Metrics = nobody{}
	}
	web, err := webapi.New(webapi.Config{
		Token:        cfg.Token,
		AppToken:     cfg.AppToken,
		TokenName:    cfg.TokenName,
		AppTokenName: cfg.AppTokenName,
		APIURL:       cfg.APIURL,
		Now:          cfg.Now,
		Log:          cfg.Log,
		Metrics:      cfg.Metrics,
		RateScale:    cfg.RateScale,
		Transport:    cfg.Transport,
	})
	if err != nil {
		return nil, err
	}
	if cfg.SigningSecret == "" && cfg.AppToken == "" {
		return nil, errors.New(
			"neither SLACK_SIGNING_SECRET (HTTP) nor SLACK_APP_TOKEN (Socket Mode) is set: nothing could be received",
		)
	}
	c := assembleParts(cfg, web)
	c.Among(cfg.Shared, cfg.Notice)
	c.SetFront(cfg.Front)
	return c, nil
}

// assembleParts makes the parts, each of those that it needs.
func assembleParts(cfg Config, web *webapi.Client) *Chat {
	c := &Chat{web: web, log: cfg.Log, work: &background{}}
	refusals := newRefusalLog(cfg)
	c.directory = newDirectory(cfg, web)
	c.messages = newMessages(cfg, web, c.directory, refusals)
	c.viewCalls = &viewCalls{web: web, log: cfg.Log, metrics: cfg.Metrics, stateSealer: newStateSealer(cfg.Token)}
	c.inspector = &inspector{web: web, directory: c.directory, messages: c.messages}
	c.dispatcher = &dispatcher{
		directory: c.directory, messages: c.messages, sealer: c.viewCalls.stateSealer, log: cfg.Log,
		notices: &notices{now: cfg.Now, last: map[Notice]time.Time{}},
	}
	in := &intake{dispatcher: c.dispatcher, refusals: refusals, metrics: cfg.Metrics, work: c.work, now: cfg.Now}
	c.httpEndpoint = &httpEndpoint{intake: in, secret: cfg.SigningSecret, log: cfg.Log}
	c.socketMode = newSocketMode(cfg, web, in)
	return c
}

// SetFront says who decides. Until then everything is answered with 503.
func (c *Chat) SetFront(d Front) {
	if d != nil {
		c.dispatcher.front.Store(&d)
	}
}

// Among has this Chat share Slack's limits with other replicas, and pass notices on.
// It comes before anything else is done with the Chat.
func (c *Chat) Among(s webapi.SharedPosts, notice func(Notice)) {
	c.web.SharePosts(s)
	c.notices.pass = notice
}

// Share divides the calls a minute by so many replicas, from now on.
func (c *Chat) Share(replicas int) { c.web.Share(replicas) }

// BotTokenRefused is a *Permanent as long as Slack refuses the bot token, else
// nil. It makes no call.
func (c *Chat) BotTokenRefused() error { return c.web.BotTokenRefused() }

// AppTokenRefused is the same for the app token; while it is refused, Socket Mode
// is down.
func (c *Chat) AppTokenRefused() error { return c.web.AppTokenRefused() }

// AppTokenTaken reports whether Slack has ever taken the app token.
func (c *Chat) AppTokenTaken() bool { return c.web.AppTokenTaken() }

// Close waits for what goes on after acks, at most until ctx ends.
func (c *Chat) Close(ctx context.Context) error { return c.work.wait(ctx) }

type nobody struct{}

func (nobody) Refused(string) {}

func (nobody) Acked(string, time.Duration) {}

func (nobody) Called(string, string) {}
