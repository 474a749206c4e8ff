// Package api makes single calls to Tencent Cloud. It has what every call needs: the
// accounts with their credentials, a client for each region, limits a second,
// retries of reads, the cloud's clock, and faults that name action, region and
// account.
//
// Attempt makes one attempt; Read retries, for calls that change nothing.
// ResetInstance goes by neither: package oneshot has its transport.
package api

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

// aroundTimeout is short: a product that hangs must not hold up a proposal.
const aroundTimeout = 8 * time.Second

// Client is what all accounts and regions share.
type Client struct {
	Now func() time.Time // our clock, against which the cloud's is measured
	Log *slog.Logger
	// Pause is before the second try of a read.
	Pause time.Duration
	// AroundTimeout is for one look at what is around a machine, tries included.
	AroundTimeout time.Duration

	endpoint  *url.URL // nil: the real cloud
	transport *http.Transport
}

// NewClient makes the client. endpoint is http://host:port, which then receives
// the calls to every product, or empty for the real cloud. now may be nil for
// time.Now, log for nothing.
func NewClient(endpoint string, now func() time.Time, log *slog.Logger) (*Client, error) {
	if common.DefaultHttpClient != nil {
		return nil, errors.New("the SDK's DefaultHttpClient is set: its clients would share time-outs and transports")
	}
	u, err := parseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	c := &Client{
		endpoint: u, transport: readTransport(), Now: now, Log: log, Pause: firstPause,
		AroundTimeout: aroundTimeout,
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return c, nil
}

// CloseIdle closes the connections that nothing uses.
func (c *Client) CloseIdle() { c.transport.CloseIdleConnections() }

func parseEndpoint(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" ||
		u.RawQuery != "" {
		return nil, fmt.Errorf("the cloud endpoint is written http://host:port, not %q", s)
	}
	return u, nil
}

// profile is a profile for one client, as cloud/doc.go 8.3 and 8.6 ask for: never a
// literal, no region breaker, no debugging, no retries of the SDK.
func (c *Client) profile(a AccountConfig, product, region string, timeout time.Duration) *profile.ClientProfile {
	p := profile.NewClientProfile()
	p.DisableRegionBreaker = true
	p.Language = "en-US"
	p.Debug = false
	p.NetworkFailureMaxRetries = 0
	p.RateLimitExceededMaxRetries = 0
	p.UnsafeRetryOnConnectionFailure = false
	p.HttpProfile.ReqTimeout = int(timeout / time.Second)
	switch {
	case c.endpoint != nil:
		p.HttpProfile.Scheme, p.HttpProfile.Endpoint = c.endpoint.Scheme, c.endpoint.Host
	case strings.HasSuffix(region, "-fsi") && product != "sts":
		p.HttpProfile.Endpoint = product + "." + region + ".tencentcloudapi.com" // cloud/doc.go 8.8
	case a.Domain == "intl":
		p.HttpProfile.RootDomain = "intl.tencentcloudapi.com"
	}
	return p
}

// readTransport keeps connections open. All clients but the reset's share it.
func readTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: callTimeout,
		IdleConnTimeout:       time.Minute,
		MaxIdleConnsPerHost:   16,
		ForceAttemptHTTP2:     true,
	}
}
