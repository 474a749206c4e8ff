package ship

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// What is posted carries the time and a signature over it and the body.
const (
	TimeHeader      = "X-Twokey-Timestamp"
	SignatureHeader = "X-Twokey-Signature"
)

// maxBody is how large a body is, unless one entry is larger.
const maxBody = 256 << 10

// Sign is the signature of a body that is posted at a time, in seconds. It is made as
// Slack's are, so that a receiver of such requests can verify it.
func Sign(key []byte, at string, body []byte) string {
	m := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(m, "v1:%s:", at)
	_, _ = m.Write(body)
	return "v1=" + hex.EncodeToString(m.Sum(nil))
}

// webhook posts to an HTTPS URL. A status of 200 to 299 means that the entries are taken.
type webhook struct {
	url    string
	key    []byte
	client *http.Client
	now    func() time.Time
}

func newWebhook(to string, key []byte) (*webhook, error) {
	if len(key) == 0 {
		return nil, errors.New("there is no key to sign the audit with")
	}
	// A receiver that answers with another address does not get the audit sent there.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &webhook{url: to, key: key, client: &http.Client{CheckRedirect: stay}, now: time.Now}, nil
}

func (p *webhook) Send(ctx context.Context, lines []Line) error {
	for len(lines) > 0 {
		body, n := joinLines(lines, maxBody)
		if err := p.postOnce(ctx, body); err != nil {
			return err
		}
		lines = lines[n:]
	}
	return nil
}

func (p *webhook) postOnce(ctx context.Context, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return withoutURL(err)
	}
	at := strconv.FormatInt(p.now().Unix(), 10)
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("User-Agent", "twokey")
	req.Header.Set(TimeHeader, at)
	req.Header.Set(SignatureHeader, Sign(p.key, at, body))
	resp, err := p.client.Do(req)
	if err != nil {
		return withoutURL(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("the audit was not taken: %s answers %s", req.URL.Host, resp.Status)
	}
	return nil
}

// withoutURL is an error without the URL, whose query may hold a secret.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("the audit cannot be posted: %w", err)
}

func (p *webhook) Close() error {
	p.client.CloseIdleConnections()
	return nil
}
