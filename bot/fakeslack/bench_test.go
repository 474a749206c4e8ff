package fakeslack_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"twokey/bot/fakeslack"
)

// BenchmarkALineInALongChannel posts a line in a thread, and reads that thread,
// of a channel that holds many messages already.
func BenchmarkALineInALongChannel(b *testing.B) {
	for _, n := range []int{100, 20000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			now := time.Unix(1_800_000_000, 0)
			s := fakeslack.New(
				fakeslack.Config{
					RateScale: 1e6, URL: "http://slack.test",
					Now: func() time.Time { now = now.Add(time.Second); return now },
				},
			)
			root := ""
			for range n {
				root = benchPost(b, s, "chat.postMessage", url.Values{"channel": {"C0INFRA"}, "text": {"x"}})
			}
			for b.Loop() {
				benchPost(b, s, "chat.postMessage", url.Values{
					"channel": {"C0INFRA"}, "text": {"y"},
					"thread_ts": {root},
				})
				benchPost(b, s, "conversations.replies", url.Values{
					"channel": {"C0INFRA"}, "ts": {root},
					"limit": {"1"},
				})
			}
		})
	}
}

// benchPost makes a call and returns the ts that it answers.
func benchPost(b *testing.B, s *fakeslack.Slack, method string, v url.Values) string {
	r := httptest.NewRequest(http.MethodPost, "/api/"+method, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer xoxb-practice")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	body := w.Body.String()
	if !strings.Contains(body, `"ok":true`) {
		b.Fatal(body)
	}
	_, ts, _ := strings.Cut(body, `"ts":"`)
	ts, _, _ = strings.Cut(ts, `"`)
	return ts
}
