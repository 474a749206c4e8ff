package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// built is the bot's binary, compiled once for all stories.
var built string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "twokey-bot-")
	if err != nil {
		panic(err)
	}
	if built, err = buildBot(context.Background(), dir); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// Every story under stories/ is played against the real binary.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("stories/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	testscript.Run(t, params(t.Context(), built, files, func(*play) {}))
}
