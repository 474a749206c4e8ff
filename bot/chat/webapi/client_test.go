package webapi

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestAFaultOfSocketModeThatLastsIsToldEverMoreRarely(t *testing.T) {
	var log strings.Builder
	now := time.Unix(1_800_000_000, 0)
	c := &Client{now: func() time.Time { return now }, log: slog.New(slog.NewTextHandler(&log, nil))}
	for i := range 60 * 60 { // an hour, once a second, with another port each time
		c.WarnRarely("Socket Mode cannot connect", fmt.Errorf("dial tcp 127.0.0.1:%d: connection refused", 1024+i))
		now = now.Add(time.Second)
	}
	if n := strings.Count(log.String(), "\n"); n < 10 || n > 20 {
		t.Errorf("in an hour it is told %d times", n)
	}
	now = now.Add(time.Hour)
	c.WarnRarely("Socket Mode cannot connect", errors.New("dial tcp 127.0.0.1:1: connection refused"))
	if !strings.HasSuffix(log.String(), "silent=0 err=\"dial tcp 127.0.0.1:1: connection refused\"\n") {
		t.Error("after a long quiet it does not begin anew")
	}
}
