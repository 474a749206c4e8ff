package deploy_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const nginxHost = "twokey.example.com" // as in the app's manifest

func TestEachLineOfNginxConfigurationIsExplained(t *testing.T) { explained(t, "nginx.conf") }

// Only what the bot serves to Slack gets through, and Slack waits three seconds.
func TestNginxServesWhatTheBotServesToSlackAndNothingElse(t *testing.T) {
	conf := readFile(t, "nginx.conf")
	var open, served []string
	for _, m := range regexp.MustCompile(`location = (\S+) \{`).FindAllStringSubmatch(conf, -1) {
		open = append(open, m[1])
	}
	for _, m := range regexp.MustCompile(`"(/slack/\w+)"`).FindAllStringSubmatch(readFile(t, "../bot/chat/http.go"), -1) {
		served = append(served, m[1])
	}
	if slices.Sort(open); len(served) == 0 || !slices.Equal(open, slices.Compact(served)) {
		t.Errorf("nginx lets through %v, and the bot serves %v", open, served)
	}
	slack, admin := defaultPorts(t)
	if strings.Contains(conf, admin) || !strings.Contains(conf, "server 127.0.0.1:"+slack+" ") {
		t.Errorf("the admin port %s is reached, or %s is not", admin, slack)
	}
	var longest time.Duration
	for _, name := range []string{"proxy_read_timeout", "proxy_next_upstream_timeout"} {
		m := regexp.MustCompile(name + ` (\S+);`).FindStringSubmatch(conf)
		if m == nil {
			t.Fatalf("there is no %s", name)
		}
		d, err := time.ParseDuration(m[1])
		if err != nil {
			t.Fatal(err)
		}
		longest += d
	}
	if longest >= 3*time.Second {
		t.Errorf("two replicas may take %s, and Slack waits for three seconds", longest)
	}
	if name := readManifest(t).Settings.Interactivity.RequestURL; !strings.HasPrefix(name, "https://"+nginxHost+"/") ||
		!strings.Contains(conf, "server_name "+nginxHost+";") {
		t.Errorf("the manifest has %s", name)
	}
}

// throwawayCertificate writes a certificate of the host and its key, and returns who trusts it.
func throwawayCertificate(t *testing.T, crt, key string) *x509.CertPool {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{nginxHost},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	secretDER, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for path, text := range map[string][]byte{
		crt: certPEM, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secretDER}),
	} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return pool
}

// startNginx runs the shipped file in front of replicas, with only its addresses and
// paths changed, and returns a client that reaches it by the host's name.
func startNginx(t *testing.T, replicas ...string) *http.Client {
	t.Helper()
	if testing.Short() {
		t.Skip("-short starts no nginx: make test runs this")
	}
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx" // where Debian puts it, outside of some users' PATH
	}
	dir := t.TempDir()
	crt, key := filepath.Join(dir, "twokey.crt"), filepath.Join(dir, "twokey.key")
	pool := throwawayCertificate(t, crt, key)
	addr := freeAddress(t)
	var servers strings.Builder
	for _, r := range replicas {
		fmt.Fprintf(&servers, "server %s max_fails=2 fail_timeout=5s;\n", r)
	}
	conf := regexp.MustCompile(`(?m)^    server 127.*$`).ReplaceAllString(readFile(t, "nginx.conf"), servers.String())
	conf = strings.NewReplacer("/etc/nginx/tls/twokey.crt", crt, "/etc/nginx/tls/twokey.key", key,
		"listen 443 ssl;", "listen "+addr+" ssl;", "listen [::]:443 ssl;", "", "/var/log/nginx/", dir+"/").Replace(conf)
	whole := "daemon off; pid " + dir + "/pid; error_log " + dir + "/error.log;\nevents {}\nhttp {\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		whole += kind + "_temp_path " + filepath.Join(dir, kind) + ";\n"
	}
	if os.Getuid() == 0 {
		whole = "user root;\n" + whole // only its owner reads the test's folder
	}
	main := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(main, []byte(whole+conf+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// -t looks at the whole file; what it does not know is an error.
	if out, err := exec.CommandContext(t.Context(), program, "-t", "-q", "-p", dir, "-c", main).CombinedOutput(); err != nil ||
		len(out) > 0 {
		t.Fatalf("nginx -t: %v; make needs installs it\n%s", err, out)
	}
	cmd := startProcess(t, program, "-p", dir, "-c", main)
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() })
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	transport := &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	eventually(t, "nginx", func(ctx context.Context) error {
		c, err := dial(ctx, "tcp", "")
		if err == nil {
			_ = c.Close()
		}
		return err
	})
	return &http.Client{Transport: transport}
}

// replica is a bot's place behind nginx.
func replica(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func ask(t *testing.T, c *http.Client, method, path string, body []byte) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "https://"+nginxHost+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(got)
}

// echo answers with the body as it came: the signature is over each byte of it.
func echo(w http.ResponseWriter, r *http.Request) {
	if body, err := io.ReadAll(r.Body); err == nil {
		_, _ = w.Write(body)
	}
}

func TestNginxPassesSlacksRequestsUnchangedAndNothingElse(t *testing.T) {
	t.Parallel()
	c := startNginx(t, replica(t, echo))
	body := []byte("payload=%7B%22a%22%3A1%7D&x=+%00" + strings.Repeat("é", 100_000))
	for _, path := range []string{"/slack/commands", "/slack/interactions", "/slack/interactions?x=1"} {
		if code, got := ask(t, c, "POST", path, body); code != http.StatusOK || got != string(body) {
			t.Errorf("POST %s: %d, %d bytes", path, code, len(got))
		}
		if code, _ := ask(t, c, "GET", path, nil); code != http.StatusForbidden {
			t.Errorf("GET %s: %d", path, code)
		}
	}
	for _, path := range []string{
		"/", "/healthz", "/readyz", "/metrics", "/slack/", "/slack/commands/", "/slack/commands/x", "/slack/COMMANDS",
		"/slack/../metrics", "/slack/commands/../../metrics", "/slack%2fcommands/x",
	} {
		for _, method := range []string{"GET", "POST"} {
			if code, _ := ask(t, c, method, path, nil); code != http.StatusNotFound {
				t.Errorf("%s %s: %d", method, path, code)
			}
		}
	}
	if code, _ := ask(t, c, "POST", "/slack/commands", make([]byte, 1<<20+1)); code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body over a mebibyte: %d", code)
	}
}

func TestNginxAsksAnotherReplicaIfOneIsGoneOrNotReady(t *testing.T) {
	t.Parallel()
	notReady := replica(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	for what, first := range map[string]string{"gone": freeAddress(t), "not ready": notReady} {
		c := startNginx(t, first, replica(t, echo))
		for range 8 {
			if code, got := ask(t, c, "POST", "/slack/interactions", []byte("press")); code != 200 || got != "press" {
				t.Errorf("one is %s: %d %q", what, code, got)
			}
		}
	}
}

func TestNginxAnswersBeforeSlackGivesUp(t *testing.T) {
	t.Parallel()
	hung := make(chan struct{})
	stuck := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hung:
		case <-r.Context().Done():
		}
	}
	c := startNginx(t, replica(t, stuck), replica(t, stuck))
	t.Cleanup(func() { close(hung) })
	began := time.Now()
	code, _ := ask(t, c, "POST", "/slack/commands", []byte("x"))
	if took := time.Since(began); code != http.StatusGatewayTimeout || took >= 3*time.Second {
		t.Errorf("%d after %s", code, took)
	}
}
