package webapi

import (
	"bytes"
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
)

// Content types of requests.
const (
	FormType = "application/x-www-form-urlencoded"
	JSONType = "application/json"
)

// PostForm makes one request with a form and reads the answer into out. It waits
// for no limit: wrap it in Call.
func (c *Client) PostForm(ctx context.Context, method string, v url.Values, out any) error {
	return c.postRequest(ctx, method, FormType, strings.NewReader(v.Encode()), out)
}

// PostJSON is PostForm with a JSON body.
func (c *Client) PostJSON(ctx context.Context, method string, body []byte, out any) error {
	return c.postRequest(ctx, method, JSONType+"; charset=utf-8", bytes.NewReader(body), out)
}

// postRequest makes one request as slack-go makes it, with slack-go's errors. The
// token goes into the header, never into the body.
func (c *Client) postRequest(ctx context.Context, method, contentType string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.String()+method, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+c.token)
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

// RefusalIn is the refusal in an answer. An answer that is neither a yes nor a no
// is an error too.
func RefusalIn(r slack.SlackResponse) error {
	if !r.Ok && r.Error == "" {
		return ErrNoAnswer
	}
	return r.Err()
}

// maxAnswer bounds the answers that are read twice.
const maxAnswer = 4 << 20

// ReadAgain reads an answer and leaves it to be read again.
func ReadAgain(resp *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}
