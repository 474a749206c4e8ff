//go:build reproducible

package deploy_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever builds the same source gets the same bytes, wherever it lies.
func TestTheBinaryIsTheSameWhereverItIsBuilt(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "a", "quite", "different", "place")
	for _, name := range []string{"go.mod", "go.sum"} {
		text := readFile(t, "../"+name)
		if err := os.MkdirAll(elsewhere, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(elsewhere, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bot", "cloud", "commands"} {
		if err := os.CopyFS(filepath.Join(elsewhere, name), os.DirFS("../"+name)); err != nil {
			t.Fatal(err)
		}
	}
	var sums []string
	for _, dir := range []string{"..", elsewhere} {
		path := filepath.Join(t.TempDir(), "bot")
		// As in the Dockerfile; the copy has no history to be stamped from.
		cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w",
			"-o", path, "./bot")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		binary := readFile(t, path)
		if at, err := filepath.Abs(dir); err != nil || strings.Contains(binary, at) {
			t.Errorf("the binary says where it was built: %s %v", at, err)
		}
		sums = append(sums, fmt.Sprintf("%x", sha256.Sum256([]byte(binary))))
	}
	if sums[0] != sums[1] {
		t.Errorf("%s, and elsewhere %s", sums[0], sums[1])
	}
	if !strings.Contains(readFile(t, "Dockerfile"), `go build -trimpath -ldflags="-s -w"`) {
		t.Error("the image is built in another way")
	}
}
