// Package tc3 checks signatures of the method TC3-HMAC-SHA256, as the vendor's
// clients make them (cloud/doc.go 8.1 and 8.10).
package tc3

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"strings"
)

const (
	// Algorithm is the name of the method.
	Algorithm     = "TC3-HMAC-SHA256"
	hexHMACLen    = sha256.Size * 2
	scopeTerminal = "tc3_request"
)

// Authorization is a parsed Authorization header.
type Authorization struct {
	ID, Date, Service string
	SignedHeaders     []string
	signature         string
}

// Parse reads
// "TC3-HMAC-SHA256 Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=a;b, Signature=hex".
func Parse(header string) (Authorization, bool) {
	rest, ok := strings.CutPrefix(header, Algorithm+" ")
	if !ok {
		return Authorization{}, false
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || fields[key] != "" {
			return Authorization{}, false
		}
		fields[key] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 4 || scope[3] != scopeTerminal || len(fields["Signature"]) != hexHMACLen {
		return Authorization{}, false
	}
	return Authorization{
		ID: scope[0], Date: scope[1], Service: scope[2],
		SignedHeaders: strings.Split(fields["SignedHeaders"], ";"),
		signature:     fields["Signature"],
	}, true
}

// Matches reports whether the key signed the request. It accepts the host with its
// port, as the Go SDK signs it, and without, as the Node SDK does.
func Matches(r *http.Request, body []byte, auth Authorization, key string) bool {
	hosts := []string{r.Host}
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		hosts = append(hosts, name)
	}
	for _, host := range hosts {
		want := signatureOf(key, auth, r.Header.Get("X-TC-Timestamp"), canonicalRequest(r, host, body,
			auth.SignedHeaders))
		if hmac.Equal([]byte(want), []byte(auth.signature)) {
			return true
		}
	}
	return false
}

// canonicalRequest is the CanonicalRequest of signature method v3.
func canonicalRequest(r *http.Request, host string, body []byte, signed []string) string {
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

func signatureOf(key string, auth Authorization, stamp, canonical string) string {
	scope := auth.Date + "/" + auth.Service + "/" + scopeTerminal
	toSign := strings.Join([]string{Algorithm, stamp, scope, hexHash([]byte(canonical))}, "\n")
	k := hmacOf([]byte("TC3"+key), auth.Date)
	k = hmacOf(k, auth.Service)
	k = hmacOf(k, scopeTerminal)
	return hex.EncodeToString(hmacOf(k, toSign))
}

func hmacOf(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
