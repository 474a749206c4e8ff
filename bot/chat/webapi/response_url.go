package webapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/slack-go/slack"
)

// The hosts of response_urls: Slack's, and GovSlack's (bot/chat, section 3.9).
const (
	hooksHost      = "hooks.slack.com"
	govSlackDomain = "slack-gov.com"
)

// hooksOf is the host of response_urls for the Slack of an API's host.
func hooksOf(api string) string {
	if api = strings.ToLower(api); api == govSlackDomain || strings.HasSuffix(api, "."+govSlackDomain) {
		return "hooks." + govSlackDomain
	}
	return hooksHost
}

// IsResponseURL reports whether raw is a response_url of the Slack that
// SLACK_API_URL names, or of that very server. No other host gets anything.
func (c *Client) IsResponseURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil {
		return false
	}
	return u.Scheme == "https" && u.Host == hooksOf(c.base.Hostname()) ||
		u.Scheme == c.base.Scheme && strings.EqualFold(u.Host, c.base.Host)
}

// PostResponse posts an ephemeral message to a response_url.
func (c *Client) PostResponse(ctx context.Context, to string, m *slack.WebhookMessage) error {
	err := classifyResponse(slack.PostWebhookCustomHTTPContext(ctx, to, c.http, m))
	c.metrics.Called(ResponseURL, OutcomeOf(err))
	return err
}

// classifyResponse classifies the outcome of a post to a response_url. Only the status
// says that it was used five times, or is older than half an hour.
func classifyResponse(err error) error {
	var status slack.StatusCodeError
	if errors.As(err, &status) {
		switch status.Code {
		case http.StatusBadRequest:
			say := "Slack does not take this answer; this is a fault of Twokey"
			return &Permanent{Method: ResponseURL, Code: "invalid_payload", Sentence: say, Cause: err}
		case http.StatusForbidden, http.StatusNotFound, http.StatusGone:
			say := "the response_url was used five times, or is older than half an hour"
			return &Permanent{Method: ResponseURL, Code: "used_url", Sentence: say, Cause: err}
		}
	}
	return Classify(ResponseURL, withoutURL(err))
}

// withoutURL takes the address out of an error: whoever knows a response_url can post.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
