package model_test

import (
	"time"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

// now is when the plain machine was read.
var now = modeltest.Now

func window(t modeltest.Failer, s string) model.Window {
	t.Helper()
	w, err := model.ParseWindow(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func instant(t modeltest.Failer, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
