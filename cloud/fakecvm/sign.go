package fakecvm

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"twokey/cloud/fakecvm/apierr"
)

const (
	algorithm     = "TC3-HMAC-SHA256"
	maxClockSkew  = 5 * time.Minute
	hexHMACLen    = sha256.Size * 2
	scopeTerminal = "tc3_request"
)

// authorization is a parsed Authorization header.
type authorization struct {
	id, date, service string
	signedHeaders     []string
	signature         string
}

// parseAuthorization reads
// "TC3-HMAC-SHA256 Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=a;b, Signature=hex".
func parseAuthorization(header string) (authorization, bool) {
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return authorization{}, false
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || fields[key] != "" {
			return authorization{}, false
		}
		fields[key] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 4 || scope[3] != scopeTerminal || len(fields["Signature"]) != hexHMACLen {
		return authorization{}, false
	}
	return authorization{
		id: scope[0], date: scope[1], service: scope[2],
		signedHeaders: strings.Split(fields["SignedHeaders"], ";"),
		signature:     fields["Signature"],
	}, true
}

// authenticate judges one request over its raw body, as cloud/doc.go 8.1, 8.2 and 8.10 describes. It returns the service that the caller signed for.
func (c *Cloud) authenticate(r *http.Request, body []byte) (service string, e *apierr.Error) {
	if r.Header.Get("Authorization") == "" {
		return "", apierr.Errorf("AuthFailure.InvalidAuthorization", "The request has no `Authorization` header.")
	}
	auth, ok := parseAuthorization(r.Header.Get("Authorization"))
	if !ok {
		return "", apierr.Errorf("AuthFailure.InvalidAuthorization", "The `Authorization` header is not a "+algorithm+" one.")
	}
	if !slices.Contains(auth.signedHeaders, "host") || !slices.Contains(auth.signedHeaders, "content-type") {
		return "", apierr.Errorf("AuthFailure.InvalidAuthorization", "`content-type` and `host` have to be signed.")
	}
	if e := c.checkTimestamp(r.Header.Get("X-TC-Timestamp"), auth.date); e != nil {
		return "", e
	}
	if auth.id != c.cfg.SecretID || c.account.switches.On("secret_revoked", "") {
		return "", apierr.Errorf("AuthFailure.SecretIdNotFound", "The SecretId is not found, please ensure that your SecretId is correct.")
	}
	if !c.signatureMatches(r, body, auth) {
		return "", apierr.Errorf("AuthFailure.SignatureFailure", "The provided credentials could not be validated. Please check your signature is correct.")
	}
	if r.Header.Get("X-TC-Token") != c.cfg.Token {
		return "", apierr.Errorf("AuthFailure.TokenFailure", "The token is not the one of these credentials.")
	}
	return auth.service, nil
}

// RotateKey makes another access key the account's; the one before is refused
// from now on. Events of earlier calls keep the key that signed them.
func (c *Cloud) RotateKey(id, key string) {
	c.update(func() { c.cfg.SecretID, c.cfg.SecretKey = id, key })
}

func (c *Cloud) checkTimestamp(stamp, date string) *apierr.Error {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return apierr.Errorf("MissingParameter", "The request is missing a valid `X-TC-Timestamp`.")
	}
	signed := time.Unix(seconds, 0).UTC()
	if off := c.account.clock.cloud().Sub(signed).Abs(); off > maxClockSkew {
		return apierr.Errorf("AuthFailure.SignatureExpire", "Signature expired: the request is %s off the server's clock, more than five minutes.", off.Round(time.Second))
	}
	if signed.Format(time.DateOnly) != date {
		return apierr.Errorf("AuthFailure.SignatureFailure", "The credential's date %q is not the timestamp's.", date)
	}
	return nil
}

// signatureMatches accepts the host with and without its port: the Go SDK
// signs it with, the Node SDK without.
func (c *Cloud) signatureMatches(r *http.Request, body []byte, auth authorization) bool {
	hosts := []string{r.Host}
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		hosts = append(hosts, name)
	}
	for _, host := range hosts {
		want := signature(c.cfg.SecretKey, auth, r.Header.Get("X-TC-Timestamp"), canonical(r, host, body, auth.signedHeaders))
		if hmac.Equal([]byte(want), []byte(auth.signature)) {
			return true
		}
	}
	return false
}

// canonical is the CanonicalRequest of signature method v3.
func canonical(r *http.Request, host string, body []byte, signed []string) string {
	var headers strings.Builder
	for _, name := range signed {
		value := r.Header.Get(name)
		if name == "host" {
			value = host
		}
		headers.WriteString(name + ":" + strings.ToLower(strings.TrimSpace(value)) + "\n")
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	return strings.Join([]string{
		r.Method, path, r.URL.RawQuery, headers.String(), strings.Join(signed, ";"), hexHash(body),
	}, "\n")
}

func signature(key string, auth authorization, stamp, canonical string) string {
	scope := auth.date + "/" + auth.service + "/" + scopeTerminal
	toSign := strings.Join([]string{algorithm, stamp, scope, hexHash([]byte(canonical))}, "\n")
	k := mac([]byte("TC3"+key), auth.date)
	k = mac(k, auth.service)
	k = mac(k, scopeTerminal)
	return hex.EncodeToString(mac(k, toSign))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
