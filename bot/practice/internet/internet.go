// Package internet is a proxy behind which the real cloud's names lead to its double.
package internet

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"time"
)

// cloudNames are the names of the real cloud's endpoints, one label below each of
// which is a product.
var cloudNames = []string{"tencentcloudapi.com", "intl.tencentcloudapi.com", "ap-shanghai-fsi.tencentcloudapi.com"}

// A Proxy is one behind which the cloud's own names lead to the double, by
// HTTPS, with a certificate that only the bot of this story trusts.
type Proxy struct {
	cert tls.Certificate
	// PEM is the certificate that a bot has to trust.
	PEM  []byte
	next func() http.Handler // the double, once it stands
}

// New makes a proxy with a certificate of its own. next returns the double, once it
// stands.
func New(next func() http.Handler) (*Proxy, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, n := range cloudNames {
		names = append(names, "*."+n)
	}
	like := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "practice"}, DNSNames: names, IsCA: true,
		BasicConstraintsValid: true,
		NotBefore:             time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, like, like, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &Proxy{
		cert: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		PEM:  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), next: next,
	}, nil
}

// ServeHTTP is the proxy: CONNECT and nothing else.
func (n *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	secure := tls.Server(
		&bufferedConn{conn, buffered.Reader}, &tls.Config{
			Certificates: []tls.Certificate{n.cert},
			MinVersion:   tls.VersionTLS12,
		},
	)
	srv := &http.Server{Handler: n.next(), ReadHeaderTimeout: time.Minute}
	_ = srv.Serve(&single{conn: secure, done: make(chan struct{})})
}

// bufferedConn reads first what the proxy's server had read already.
type bufferedConn struct {
	net.Conn
	from *bufio.Reader
}

func (c *bufferedConn) Read(b []byte) (int, error) { return c.from.Read(b) }

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
