package main

import (
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"twokey/bot/practice/receiver"

	"github.com/rogpeppe/go-internal/testscript"
)

var aKey = regexp.MustCompile(`(?m)^[0-9a-f]{64}$`)

// doReceiver is whoever takes the audit:
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
		p.receiver = &receiver.Receiver{}
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
	switch args[0] {
	case "has-the-key":
		key, err := hex.DecodeString(aKey.FindString(p.printed))
		ts.Check(err)
		r.SetKey(key)
	case "takes-nothing":
		r.Answer(http.StatusServiceUnavailable, false)
	case "loses-answers":
		r.Answer(0, true)
	case "takes":
		r.Answer(0, false)
	case "will-have":
		needWords(ts, args, 2)
		ts.Check(tryUntil(p.ctx, patience, func() error {
			if took := r.Took(); strings.Contains(took, args[1]) == neg {
				return fmt.Errorf("it took:\n%s", took)
			}
			return nil
		}))
	case "keeps":
		needWords(ts, args, 2)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(r.Took()), 0o600))
	case "saw-no-forgery":
		if entries, foreign := r.Counts(); foreign > 0 || entries == 0 {
			ts.Fatalf("%d posts had a signature that does not fit, and %d entries came", foreign, entries)
		}
	default:
		ts.Fatalf("receiver cannot %s", args[0])
	}
}
