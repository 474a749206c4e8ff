package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cloudNames are the names of the real cloud's endpoints, one label below each of
// which is a product.
var cloudNames = []string{"tencentcloudapi.com", "intl.tencentcloudapi.com", "ap-shanghai-fsi.tencentcloudapi.com"}

// internet is a proxy behind which the cloud's own names lead to the double, by
// HTTPS, with a certificate that only the bot of this story trusts.
type internet struct {
	cert tls.Certificate
	pem  []byte
	next func() http.Handler // the double, once it stands
}

func newInternet(next func() http.Handler) (*internet, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, n := range cloudNames {
		names = append(names, "*."+n)
	}
	like := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "practice"}, DNSNames: names, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, like, like, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &internet{
		cert: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem:  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), next: next,
	}, nil
}

// ServeHTTP is the proxy: CONNECT and nothing else.
func (n *internet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "this proxy only connects", http.StatusMethodNotAllowed)
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	secure := tls.Server(&rest{conn, buffered.Reader}, &tls.Config{Certificates: []tls.Certificate{n.cert}, MinVersion: tls.VersionTLS12})
	srv := &http.Server{Handler: n.next(), ReadHeaderTimeout: time.Minute}
	_ = srv.Serve(&single{conn: secure, done: make(chan struct{})})
}

// rest reads first what the proxy's server had read already.
type rest struct {
	net.Conn
	from *bufio.Reader
}

func (c *rest) Read(b []byte) (int, error) { return c.from.Read(b) }

// single is a listener of one connection, until that is closed.
type single struct {
	conn net.Conn
	done chan struct{}
}

func (l *single) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return &closing{Conn: c, done: l.done}, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

func (l *single) Close() error   { return nil }
func (l *single) Addr() net.Addr { return &net.TCPAddr{} }

type closing struct {
	net.Conn
	done chan struct{}
}

func (c *closing) Close() error {
	select {
	case <-c.done:
	default:
		close(c.done)
	}
	return c.Conn.Close()
}

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
		n, err := newInternet(func() http.Handler {
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
		ts.Check(os.WriteFile(cert, n.pem, 0o600))
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
