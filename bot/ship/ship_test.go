package ship

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leodido/go-syslog/v4/rfc5424"

	"twokey/commands/reinstall/model"
)

// sampleLines are entries 1 to n of a chain.
func sampleLines(n int) []Line {
	var out []Line
	for i := 1; i <= n; i++ {
		out = append(out, Line{
			Chain: "3", Seq: int64(i), At: time.Unix(1764410000, 0),
			JSON: fmt.Appendf(nil, `{"chain":"3","seq":%d,"body":{"by":"Ä"}}`, i),
		})
	}
	return out
}

func openDestination(t *testing.T, to model.AuditTo, out io.Writer) Destination {
	t.Helper()
	p, err := Open(Config{To: to, Key: []byte("key"), Stdout: out})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func mustSend(t *testing.T, p Destination, lines []Line) {
	t.Helper()
	if err := p.Send(t.Context(), lines); err != nil {
		t.Fatal(err)
	}
}

func TestAnEntryIsALineOnStdoutAndInAFile(t *testing.T) {
	want, _ := joinLines(sampleLines(3), noLimit)
	var out bytes.Buffer
	mustSend(t, openDestination(t, model.AuditTo{Kind: "stdout"}, &out), sampleLines(3))
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := openDestination(t, model.AuditTo{Kind: "file", At: path}, nil)
	mustSend(t, f, sampleLines(1))
	if err := os.Rename(path, path+".1"); err != nil { // it may be moved away
		t.Fatal(err)
	}
	mustSend(t, f, sampleLines(3))
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%s\n%s\n%v", got, out.String(), err)
	}
	nowhere := openDestination(t, model.AuditTo{Kind: "file", At: "/nowhere/audit.jsonl"}, nil)
	if err := nowhere.Send(t.Context(), sampleLines(1)); err == nil {
		t.Error("a file that cannot be written is no fault")
	}
}

func TestALineThatACrashCutIsWrittenAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	for before, keeps := range map[string]int{
		`{"chain":"3","s`: 0, "{}\n" + strings.Repeat("x", 9000): 3, "{}\n": 3, "": 0,
	} {
		if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		mustSend(t, openDestination(t, model.AuditTo{Kind: "file", At: path}, nil), sampleLines(1))
		want, _ := joinLines(sampleLines(1), noLimit)
		if got, err := os.ReadFile(path); err != nil || string(got) != before[:keeps]+string(want) {
			t.Errorf("%.20q became %q, %v", before, got, err)
		}
	}
}

func TestWhatIsPostedIsSignedAndTakenOnlyWithASuccess(t *testing.T) {
	var body []byte
	status := http.StatusNoContent
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if at := r.Header.Get(TimeHeader); r.Header.Get(SignatureHeader) != Sign([]byte("key"), at, b) || at == "" {
			t.Errorf("it is not signed: %v", r.Header)
		}
		body = append(body, b...)
		if status == http.StatusFound {
			w.Header().Set("Location", "https://example.com/")
		}
		w.WriteHeader(status)
	}))
	defer srv.Close()
	p, err := newWebhook(srv.URL+"/in?token=hunter2", []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	stay := p.client.CheckRedirect
	p.client = srv.Client()
	p.client.CheckRedirect = stay
	long := sampleLines(2000)
	long[7].JSON = bytes.Repeat([]byte("y"), maxBody+1)
	mustSend(t, p, long)
	if want, _ := joinLines(long, noLimit); !bytes.Equal(body, want) {
		t.Errorf("%d of %d bytes arrived", len(body), len(want))
	}
	for _, status = range []int{http.StatusFound, http.StatusBadRequest, http.StatusServiceUnavailable} {
		if err := p.Send(t.Context(), sampleLines(1)); err == nil || !strings.Contains(err.Error(), strconv.Itoa(status)) {
			t.Errorf("%d: %v", status, err)
		}
	}
	srv.Close()
	if err := p.Send(t.Context(), sampleLines(1)); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := Open(Config{To: model.AuditTo{Kind: "https", At: srv.URL}}); err == nil {
		t.Error("nothing signs it")
	}
}

// checkMessage fails unless m is the entry as a message of RFC 5424.
func checkMessage(t *testing.T, m []byte, want Line) {
	t.Helper()
	got, err := rfc5424.NewParser().Parse(m)
	if err != nil {
		t.Fatalf("%q: %v", m, err)
	}
	s := got.(*rfc5424.SyslogMessage)
	if *s.Message != string(want.JSON) || *s.MsgID != fmt.Sprintf("3/%d", want.Seq) || *s.Appname != "twokey" ||
		*s.Priority != priority || !s.Timestamp.Equal(want.At) {
		t.Errorf("%q", m)
	}
}

func TestSyslogHasADatagramForEachEntry(t *testing.T) {
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	to := model.AuditTo{Kind: "syslog+udp", At: udp.LocalAddr().String()}
	mustSend(t, openDestination(t, to, nil), sampleLines(2))
	buf := make([]byte, 4096)
	for _, want := range sampleLines(2) {
		n, _, err := udp.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		checkMessage(t, buf[:n], want)
	}
}

// readFrame reads a message with its length before it, as RFC 6587 has it.
func readFrame(t *testing.T, in *bufio.Reader) []byte {
	t.Helper()
	size, err := in.ReadString(' ')
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(size))
	if err != nil {
		t.Fatal(err)
	}
	m := make([]byte, n)
	if _, err := io.ReadFull(in, m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSyslogOverTCPConnectsAgainAfterAClose(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	p := openDestination(t, model.AuditTo{Kind: "syslog", At: tcp.Addr().String()}, nil)
	for range 2 { // the second time on another connection, for the first is closed
		mustSend(t, p, sampleLines(2))
		c, err := tcp.Accept()
		if err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(c)
		for _, want := range sampleLines(2) {
			checkMessage(t, readFrame(t, in), want)
		}
		_ = c.Close()
		for end := time.Now().Add(5 * time.Second); err == nil && time.Now().Before(end); {
			err = p.Send(t.Context(), sampleLines(1)) // the news of the close arrives later
		}
		if err == nil {
			t.Fatal("what is sent to a closed connection counts as taken")
		}
	}
}
