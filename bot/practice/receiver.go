package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// receiver is somebody else's house, to which the audit goes by HTTPS.
type receiver struct {
	mu      sync.Mutex
	key     []byte
	answers int // a status; what is taken is 204
	loses   bool
	took    bytes.Buffer
	lines   int
	foreign int // posts whose signature does not fit
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
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

var aKey = regexp.MustCompile(`(?m)^[0-9a-f]{64}$`)

// doReceiver is that house:
//
//	receiver listens          RECEIVER in twokey.yaml is its address; before the bot starts
//	receiver has-the-key      that the operator's last command printed
//	receiver takes-nothing    it answers 503
//	receiver loses-answers    it takes what comes, and answers 502
//	receiver takes            as at first
//	receiver will-have TEXT   in what it took
//	receiver keeps FILE       what it took
//	receiver saw-no-forgery   each post since it has the key was signed
func doReceiver(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 1)
	p := playOf(ts)
	if args[0] == "listens" {
		p.receiver = &receiver{}
		srv := httptest.NewTLSServer(p.receiver)
		ts.Defer(srv.Close)
		cert := filepath.Join(p.dir, "receiver.pem")
		ts.Check(os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}),
			0o600))
		p.env = append(p.env, "SSL_CERT_FILE="+cert)
		putIn(ts, filepath.Join(p.dir, "twokey.yaml"), "RECEIVER", srv.URL+"/audit")
		return
	}
	r := p.receiver
	set := func(answers int, loses bool) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.answers, r.loses = answers, loses
	}
	switch args[0] {
	case "has-the-key":
		key, err := hex.DecodeString(aKey.FindString(p.printed))
		ts.Check(err)
		r.mu.Lock()
		r.key, r.foreign = key, 0
		r.mu.Unlock()
	case "takes-nothing":
		set(http.StatusServiceUnavailable, false)
	case "loses-answers":
		set(0, true)
	case "takes":
		set(0, false)
	case "will-have":
		needWords(ts, args, 2)
		ts.Check(tryUntil(p.ctx, patience, func() error {
			r.mu.Lock()
			defer r.mu.Unlock()
			if strings.Contains(r.took.String(), args[1]) == neg {
				return fmt.Errorf("it took:\n%s", r.took.String())
			}
			return nil
		}))
	case "keeps":
		needWords(ts, args, 2)
		r.mu.Lock()
		defer r.mu.Unlock()
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), r.took.Bytes(), 0o600))
	case "saw-no-forgery":
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.foreign > 0 || r.lines == 0 {
			ts.Fatalf("%d posts had a signature that does not fit, and %d entries came", r.foreign, r.lines)
		}
	default:
		ts.Fatalf("receiver cannot %s", args[0])
	}
}
