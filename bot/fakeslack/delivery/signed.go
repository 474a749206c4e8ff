package delivery

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// maxAnswer is how much of an app's answer is read.
const maxAnswer = 4 << 20

// Sign returns the X-Slack-Signature of a body sent at a Unix time.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte("v0:" + timestamp + ":"))
	_, _ = mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// SignedRequest makes a POST of a form to target as Slack would sign it at the
// given moment.
func SignedRequest(secret, target string, body []byte, when time.Time) *http.Request {
	req, err := http.NewRequest(http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		// Only a malformed URL from the configuration gets here: the request
		// then goes nowhere, and the person sees that it failed.
		req, _ = http.NewRequest(http.MethodPost, "http://invalid.invalid/", bytes.NewReader(body))
	}
	stamp := strconv.FormatInt(when.Unix(), 10)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	req.Header.Set("Accept", "application/json,*/*")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", Sign(secret, stamp, body))
	return req
}

// A Poster sends requests by HTTP, each on a connection of its own.
type Poster struct {
	secret string
	client *http.Client
}

// NewPoster returns a poster that signs with the secret.
func NewPoster(secret string) *Poster {
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Poster{
		secret: secret,
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: noRedirect},
	}
}

// Post sends a request and returns its record with the app's answer. Every
// failure is a *NotAcked.
func (p *Poster) Post(ctx context.Context, target string, o Outgoing, now time.Time) (Request, []byte, error) {
	contentType, body := o.httpBody()
	header := http.Header{"Content-Type": {contentType}}
	if o.Retry > 0 {
		header.Set("X-Slack-Retry-Num", strconv.Itoa(o.Retry))
		header.Set("X-Slack-Retry-Reason", o.Why)
	}
	req := Request{Kind: o.Kind, User: o.User, At: now, URL: target, Body: string(body)}
	started := time.Now()
	status, answer, err := p.roundTrip(ctx, SignedRequest(p.secret, target, body, now), header)
	req.Took, req.Status, req.Answer = time.Since(started), status, string(answer)
	switch {
	case err != nil:
		err = &NotAcked{Kind: o.Kind, Cause: err}
	case status != http.StatusOK:
		err = &NotAcked{Kind: o.Kind, Status: status}
	}
	if err != nil {
		req.Err = err.Error()
	}
	return req, answer, err
}

func (p *Poster) roundTrip(ctx context.Context, r *http.Request, header http.Header) (int, []byte, error) {
	maps.Copy(r.Header, header)
	resp, err := p.client.Do(r.WithContext(ctx))
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return resp.StatusCode, answer, err
}
