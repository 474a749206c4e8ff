// Package receiver is somebody else's house, to which the audit goes by HTTPS.
package receiver

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Receiver takes posts that are signed with its key, as SECURITY.md says, and answers 204.
// Its zero value has no key, so that it takes nothing.
type Receiver struct {
	mu      sync.Mutex
	key     []byte
	answers int // a status in place of 204, with which nothing is taken; 0: none
	loses   bool
	took    bytes.Buffer
	lines   int
	foreign int
}

func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	m := hmac.New(sha256.New, r.key)
	_, _ = fmt.Fprintf(m, "v1:%s:%s", req.Header.Get("X-Twokey-Timestamp"), body)
	switch fits := req.Header.Get("X-Twokey-Signature") == "v1="+hex.EncodeToString(m.Sum(nil)); {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	case !fits:
		r.foreign++
		w.WriteHeader(http.StatusUnauthorized)
	case r.answers != 0:
		w.WriteHeader(r.answers)
	default:
		_, _ = r.took.Write(body)
		r.lines += bytes.Count(body, []byte("\n"))
		if r.loses {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// SetKey gives it the key of the signatures, and forgets the posts that did not fit.
func (r *Receiver) SetKey(key []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.key, r.foreign = key, 0
}

// Answer has it answer with a status and take nothing, unless it is 0; or take what comes,
// and lose its answer.
func (r *Receiver) Answer(status int, loses bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers, r.loses = status, loses
}

// Took is what it took so far.
func (r *Receiver) Took() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.took.String()
}

// Counts are the entries that it took, and the posts whose signature did not fit since it
// has its key.
func (r *Receiver) Counts() (entries, foreign int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines, r.foreign
}
