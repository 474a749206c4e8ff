package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"twokey/commands/reinstall/model"
)

func TestShippingBacksOffUntilASuccess(t *testing.T) {
	var log bytes.Buffer
	r := newShipRetry(slog.New(slog.NewTextHandler(&log, nil)))
	if wait := r.nextWait(nil); wait != shipEvery || log.Len() > 0 {
		t.Errorf("after a success it waits %s and logs %q", wait, &log)
	}
	longest := shipEvery
	for range 50 {
		wait := r.nextWait(errors.New("refused"))
		if wait <= 0 || wait > 2*shipMaxWait {
			t.Fatalf("after a failure it waits %s", wait)
		}
		longest = max(longest, wait)
	}
	if longest < shipMaxWait/2 {
		t.Errorf("it never waits longer than %s", longest)
	}
	if wait := r.nextWait(nil); wait != shipEvery || strings.Count(log.String(), "shipped again") != 1 {
		t.Errorf("after the trouble it waits %s, and logs:\n%s", wait, &log)
	}
}

func TestADestinationIsNamedWithoutItsSecret(t *testing.T) {
	for want, to := range map[string]model.AuditTo{
		"https://siem.example.com/in": {Kind: "https", At: "https://key:hush@siem.example.com/in?token=hush"},
		"stdout":                      {Kind: "stdout"},
	} {
		if got := destinationName(to); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
