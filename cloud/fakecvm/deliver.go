package fakecvm

import (
	"net/http"
	"strconv"
	"time"

	"twokey/cloud/fakecvm/switchboard"
)

// answer is what the cloud said and how it travels: whole, or as its fate says. A
// fate is the name of the switch that caused it.
type answer struct {
	body     []byte
	fate     string
	date     time.Time
	released <-chan struct{}
	delay    time.Duration
}

const html502 = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad " +
	"Gateway</h1></center>\r\n</body>\r\n</html>\r\n"

// deliver writes the answer, or does what its fate says instead. To cut a connection
// it panics with http.ErrAbortHandler, as net/http asks for.
func (a answer) deliver(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", a.date.UTC().Format(http.TimeFormat))
	a.waitForDelay(r)
	switch switchboard.DeliveryOf(a.fate) {
	case switchboard.Hold:
		select {
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-a.released:
			writeJSON(w, a.body)
		}
	case switchboard.Drop:
		panic(http.ErrAbortHandler)
	case switchboard.Hang:
		select {
		case <-r.Context().Done():
		case <-a.released:
		}
		panic(http.ErrAbortHandler)
	case switchboard.SlowBody:
		a.deliverHalf(w)
	case switchboard.HTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte(html502))
	case switchboard.Empty:
		writeJSON(w, []byte("{}"))
	case switchboard.NoRequestID:
		writeJSON(w, []byte(`{"Response":{}}`))
	case switchboard.Redirect307:
		a.redirect(w, r, http.StatusTemporaryRedirect)
	case switchboard.Redirect302:
		a.redirect(w, r, http.StatusFound)
	default:
		writeJSON(w, a.body)
	}
}

// waitForDelay takes the time that a slow answer takes, or until the client leaves.
func (a answer) waitForDelay(r *http.Request) {
	if a.delay <= 0 {
		return
	}
	t := time.NewTimer(a.delay)
	defer t.Stop()
	select {
	case <-r.Context().Done():
	case <-t.C:
	}
}

// deliverHalf promises the whole body, sends half of it and cuts the connection.
func (a answer) deliverHalf(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// redirect sends the client back to where it came from.
func (a answer) redirect(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("Location", "http://"+r.Host+r.URL.RequestURI())
	w.WriteHeader(status)
}

// writeJSON ignores write errors: the client may have left.
func writeJSON(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}
