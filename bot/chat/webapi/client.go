package webapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"twokey/commands/port"
)

// CallTimeout bounds one HTTP request: slack-go's own client has no time-out
// (bot/chat, section 8.1).
const CallTimeout = 10 * time.Second

// Metrics counts calls. All methods may be called from any goroutine.
type Metrics interface {
	// Called counts one call of the Web API. outcome is ok, later, unknown, cancelled
	// or Slack's error code.
	Called(method, outcome string)
}

// Config is what a Client is made of.
type Config struct {
	Token    string // xoxb; required
	AppToken string // xapp; empty: no Socket Mode
	// TokenName and AppTokenName are the settings that hold the tokens, for messages
	// to operators; default SLACK_BOT_TOKEN and SLACK_APP_TOKEN.
	TokenName, AppTokenName string
	APIURL                  string // default https://slack.com/api/
	Now                     func() time.Time
	Log                     *slog.Logger
	Metrics                 Metrics
	RateScale               float64           // multiplies Slack's rate limits; 0 means 1
	Transport               http.RoundTripper // carries all HTTP; nil is one as net/http's own
}

// Client calls the Web API of one workspace. All methods are safe for concurrent
// use.
type Client struct {
	token   string
	api     *slack.Client
	http    *http.Client
	base    *url.URL
	now     func() time.Time
	log     *slog.Logger
	metrics Metrics
	pace    *pace
	clock   slackClock
	posts   SharedPosts      // nil: this replica is the only one
	quiet   port.LogThrottle // of the log

	bot, app tokenState
	reports  atomic.Bool // changes of the bot token's state are logged
}

// New returns a Client. It makes no call.
func New(cfg Config) (*Client, error) {
	base, err := parseAPIURL(cfg.APIURL)
	if err != nil {
		return nil, err
	}
	if cfg.Token == "" {
		return nil, errors.New("SLACK_BOT_TOKEN is not set: Slack's xoxb token is needed")
	}
	c := &Client{token: cfg.Token, base: base, now: cfg.Now, log: cfg.Log, metrics: cfg.Metrics}
	c.bot.name, c.app.name = cmp.Or(cfg.TokenName, botTokenName), cmp.Or(cfg.AppTokenName, appTokenName)
	c.pace = newPace(cmp.Or(cfg.RateScale, 1), c.now)
	c.clock.now = c.now
	c.http = newHTTP(cfg.Transport)
	c.http.Transport = clockTransport{c.http.Transport, &c.clock}
	c.api = slack.New(cfg.Token, slack.OptionHTTPClient(c.http), slack.OptionAPIURL(base.String()))
	return c, nil
}

// parseAPIURL checks the setting and appends the slash that slack-go relies on.
func parseAPIURL(raw string) (*url.URL, error) {
	u, err := url.Parse(cmp.Or(raw, slack.APIURL))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.RawQuery != "" ||
		u.Fragment != "" {
		return nil, errors.New("SLACK_API_URL is not a URL such as https://slack.com/api/")
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u, nil
}

// newHTTP returns a client with a time-out that follows no redirect: a post
// must not become a get elsewhere.
func newHTTP(rt http.RoundTripper) *http.Client {
	if rt == nil {
		rt = newTransport(time.Now)
	}
	return &http.Client{
		Transport: deadlineTransport{rt, time.Now}, Timeout: CallTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// API is slack-go's client. Its calls belong into Call: it knows no limits.
func (c *Client) API() *slack.Client { return c.api }

// HTTP is the HTTP client that all calls use.
func (c *Client) HTTP() *http.Client { return c.http }

// BaseURL is the URL before a method's name, with a slash at its end.
func (c *Client) BaseURL() *url.URL { return c.base }

// SocketAPI is slack-go's client for a connection of Socket Mode, which takes the
// app token.
func (c *Client) SocketAPI(appToken string, via interface {
	Do(*http.Request) (*http.Response, error)
},
) *slack.Client {
	return slack.New(
		c.token,
		slack.OptionAppLevelToken(appToken),
		slack.OptionHTTPClient(via),
		slack.OptionAPIURL(c.base.String()),
	)
}

// Call makes one call within Slack's limits, classifies its error and has the
// method pause after a 429. If ctx would end before the limits allow the call, the
// error says so at once and nothing is sent.
func (c *Client) Call(ctx context.Context, method, channel string, do func() error) error {
	return c.CallUnless(c.Wait(ctx, method, channel), method, channel, do)
}

// CallUnless makes a call unless it is held back: then nothing is sent, and held
// is the error.
func (c *Client) CallUnless(held error, method, channel string, do func() error) error {
	if held != nil {
		c.metrics.Called(method, OutcomeOf(held))
		return held
	}
	return c.CallNow(method, channel, do)
}

// CallNow makes a call that the limits allow.
func (c *Client) CallNow(method, channel string, do func() error) error {
	err := c.nameToken(method, Classify(method, do()))
	if method == AppsConnectionsOpen || c.reports.Load() {
		c.noteToken(c.tokenOf(method), err)
	}
	c.metrics.Called(method, OutcomeOf(err))
	if LimitReached(err) {
		c.pace.pause(method, channel, port.RetryAfter(err))
	}
	return err
}

// ReportTokenChanges has changes of the bot token's state logged from now on.
// Before, the caller reports them.
func (c *Client) ReportTokenChanges() { c.reports.Store(true) }

// SearchFrom is the moment, by Slack's clock, from which to search for a post that
// was made at a moment of this machine's clock.
func (c *Client) SearchFrom(at time.Time) time.Time { return c.clock.searchFrom(at) }

// WarnRarely logs a fault at its beginning and then ever more rarely.
func (c *Client) WarnRarely(say string, err error) {
	if silent, yes := c.quiet.ShouldLog(say, err, c.now()); yes {
		c.log.Warn(say, "silent", silent, "err", err)
	}
}
