package chat

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/slack-go/slack"
)

// checkSignature returns why a signature does not hold, "" if it does. Replays inside
// the window are recognised by their fingerprint, behind the front.
func checkSignature(h http.Header, body []byte, secret string) string {
	if len(h.Values("X-Slack-Signature")) > 1 || len(h.Values("X-Slack-Request-Timestamp")) > 1 {
		return "signature"
	}
	v, err := slack.NewSecretsVerifier(h, secret)
	if err == nil {
		_, _ = v.Write(body)
		err = v.Ensure()
	}
	switch {
	case err == nil:
		return ""
	case errors.Is(err, slack.ErrMissingHeaders):
		return "unsigned"
	case errors.Is(err, slack.ErrExpiredTimestamp):
		return "expired"
	}
	return "signature"
}

// isSSLCheck reports Slack's check of the certificate. It is answered, and nothing
// of it is processed; it is not known to be always signed.
func isSSLCheck(body []byte) bool {
	form, err := url.ParseQuery(string(body))
	return err == nil && form.Get("ssl_check") == "1"
}
