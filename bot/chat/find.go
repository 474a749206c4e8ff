package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"twokey/commands/port"
)

// pageSize is what Slack recommends for one page of messages.
const pageSize = "200"

// FindCard looks in a channel for the card that was posted with the key, not
// before since by our clock, which need not be Slack's. found is false only if
// every page was read.
func (c *Chat) FindCard(ctx context.Context, channel, key string, since time.Time) (port.Address, bool, error) {
	since = c.clock.from(since)
	v := url.Values{"channel": {channel}, "oldest": {fmt.Sprintf("%d.%06d", since.Unix(), since.Nanosecond()/1000)}, "inclusive": {"1"}}
	ts, found, err := c.find(ctx, mHistory, v, key)
	return port.Address{Channel: channel, TS: ts}, found, err
}

// FindLine looks in a thread for the line that was posted with the key.
func (c *Chat) FindLine(ctx context.Context, a port.Address, key string) (bool, error) {
	_, found, err := c.find(ctx, mReplies, url.Values{"channel": {a.Channel}, "ts": {a.TS}}, key)
	return found, err
}

// page is what is read of a page of messages, and no more: slack-go decodes the
// blocks of everybody's messages too, and one that it does not understand would
// fail the whole page (section 3).
type page struct {
	slack.SlackResponse
	Messages []struct {
		TS       string `json:"ts"`
		User     string `json:"user"`
		Metadata struct {
			EventType    string         `json:"event_type"`
			EventPayload map[string]any `json:"event_payload"`
		} `json:"metadata"`
	} `json:"messages"`
}

// find reads page after page until the key is met. Only the bot's own messages
// count: anybody's app may write metadata.
func (c *Chat) find(ctx context.Context, method string, v url.Values, key string) (ts string, found bool, err error) {
	me, err := c.identity(ctx)
	if err != nil {
		return "", false, err
	}
	v.Set("limit", pageSize)
	v.Set("include_all_metadata", "1")
	for {
		var p page
		get := func() error { return c.form(ctx, method, v, &p) }
		if v.Get("cursor") == "" {
			err = c.callIf(c.pace.try(method, v.Get("channel")), method, v.Get("channel"), get)
		} else { // who has begun goes on
			err = c.call(ctx, method, v.Get("channel"), get)
		}
		if err != nil {
			return "", false, err
		}
		for _, m := range p.Messages {
			if m.User == me.BotUserID && m.Metadata.EventType == eventType && m.Metadata.EventPayload["key"] == key {
				return m.TS, true, nil
			}
		}
		if p.ResponseMetadata.Cursor == "" {
			return "", false, nil
		}
		v.Set("cursor", p.ResponseMetadata.Cursor)
	}
}

// form makes one call with a form.
func (c *Chat) form(ctx context.Context, method string, v url.Values, out *page) error {
	if err := c.ask(ctx, method, formType, strings.NewReader(v.Encode()), out); err != nil {
		return err
	}
	return refusalIn(out.SlackResponse)
}

// ask makes one call as slack-go makes it, with its errors, into a type of
// our own. The token goes into the header, never into the body.
func (c *Chat) ask(ctx context.Context, method, kind string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.String()+method, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+c.cfg.Token)
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if after := resp.Header.Get("Retry-After"); resp.StatusCode == http.StatusTooManyRequests && after != "" {
		n, err := strconv.ParseInt(after, 10, 32)
		if err != nil {
			return err
		}
		return &slack.RateLimitedError{RetryAfter: time.Duration(n) * time.Second}
	}
	if resp.StatusCode != http.StatusOK {
		return slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("the answer is not understood: %w", err)
	}
	return nil
}

// refusalIn is the refusal in an answer. One that is neither a yes nor a no is
// an error too.
func refusalIn(r slack.SlackResponse) error {
	if !r.Ok && r.Error == "" {
		return errNoAnswer
	}
	return r.Err()
}
