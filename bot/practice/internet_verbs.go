package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/bot/practice/internet"
)

// doInternet has the bot reach the cloud under its own names:
//
//	internet leads-to-cloud [intl]    instead of TENCENTCLOUD_ENDPOINT; before the bot starts.
//	                                  intl: the account is of the international site
//	internet saw ACTION HOST          the cloud was asked for it under that name
func doInternet(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 1)
	p := playOf(ts)
	switch args[0] {
	case "leads-to-cloud":
		n, err := internet.New(func() http.Handler {
			if slices.Contains(args, "intl") {
				_ = p.stage.cloud.Switch("intl_site", "on") // a name of its own table
			}
			return p.stage.cloud
		})
		ts.Check(err)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		srv := &http.Server{Handler: n, ReadHeaderTimeout: time.Minute}
		go func() { _ = srv.Serve(l) }()
		ts.Defer(func() { _ = srv.Close() })
		cert := filepath.Join(p.dir, "internet.pem")
		ts.Check(os.WriteFile(cert, n.PEM, 0o600))
		p.env = append(p.env, "SSL_CERT_FILE="+cert, "HTTPS_PROXY=http://"+l.Addr().String(), "TENCENTCLOUD_ENDPOINT=")
	case "saw":
		needWords(ts, args, 3)
		var hosts []string
		for _, r := range p.stage.cloud.Requests() {
			if r.Action == args[1] && !slices.Contains(hosts, r.Host) {
				hosts = append(hosts, r.Host)
			}
		}
		if slices.Contains(hosts, args[2]) == neg {
			ts.Fatalf("%s was asked for at %q", args[1], fmt.Sprint(hosts))
		}
	default:
		ts.Fatalf("internet cannot %s", args[0])
	}
}
