package deploy_test

import (
	"net"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"twokey/bot/store"
)

func TestTheDockerfileBuildsAndServesTheBot(t *testing.T) {
	var copied []string
	served, env := map[string]bool{}, map[string]string{}
	for line := range strings.Lines(readFile(t, "Dockerfile")) {
		word := strings.Fields(line)
		if len(word) == 0 {
			continue
		}
		switch word[0] {
		case "COPY":
			if !strings.HasPrefix(word[1], "--") {
				copied = append(copied, word[1:len(word)-1]...)
			}
		case "ENV":
			for _, v := range word[1:] {
				name, value, _ := strings.Cut(v, "=")
				isSetting(t, "Dockerfile", name)
				env[name] = value
			}
		case "EXPOSE", "USER", "ENTRYPOINT", "CMD":
			served[strings.TrimSpace(line)] = true
		}
	}
	slack, admin := defaultPorts(t)
	if env["ADMIN_ADDR"] != ":"+admin {
		t.Errorf("ADMIN_ADDR is %q: no probe reaches the bot from outside its container", env["ADMIN_ADDR"])
	}
	for _, want := range []string{
		"EXPOSE " + slack + " " + admin, "USER 65532:65532", `ENTRYPOINT ["/bot"]`, `CMD ["serve"]`,
	} {
		if !served[want] {
			t.Errorf("there is no %s", want)
		}
	}
	// All that the build needs of the module is what the binary links.
	for _, p := range linkedPackages(t) {
		top, _, _ := strings.Cut(strings.TrimPrefix(p, "twokey/"), "/")
		if !slices.Contains(copied, top) {
			t.Errorf("the binary links %s, and %s/ is not copied", p, top)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if !slices.Contains(copied, name) {
			t.Errorf("%s is not copied", name)
		}
	}
}

// linkedPackages are the module's packages in the binary.
func linkedPackages(t *testing.T) []string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short asks go list nothing: make test runs this")
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f",
		"{{if not .Standard}}{{.ImportPath}}{{end}}", "twokey/bot").Output()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Fields(string(out)), func(p string) bool {
		return !strings.HasPrefix(p,
			"twokey/")
	})
}

// composeFile is as much of it as there is to hold against the bot.
type composeFile struct {
	Services struct {
		Bot struct {
			Environment map[string]string `yaml:"environment"`
			Secrets     []string          `yaml:"secrets"`
			Volumes     []string          `yaml:"volumes"`
			Ports       []string          `yaml:"ports"`
			Build       map[string]string `yaml:"build"`
		} `yaml:"bot"`
		Redis struct {
			Image   string   `yaml:"image"`
			Command []string `yaml:"command"`
			Volumes []string `yaml:"volumes"`
		} `yaml:"redis"`
	} `yaml:"services"`
	Secrets map[string]map[string]string `yaml:"secrets"`
}

func readCompose(t *testing.T) composeFile {
	t.Helper()
	var c composeFile
	decodeLenient(t, "compose.yaml", []byte(readFile(t, "compose.yaml")), &c)
	return c
}

func TestComposeGivesTheBotSettingsThatItReads(t *testing.T) {
	c := readCompose(t)
	bot := c.Services.Bot
	for name, value := range bot.Environment {
		isSetting(t, "compose.yaml", name)
		if !strings.HasSuffix(name, "_FILE") {
			if knownSettings(t)[name] && name != "REDIS_URL" {
				t.Errorf("the secret %s stands in the file", name)
			}
			continue
		}
		secret := strings.TrimPrefix(value, "/run/secrets/")
		if !slices.Contains(bot.Secrets, secret) || c.Secrets[secret]["file"] == "" {
			t.Errorf("%s names %s, which is not given", name, value)
		}
	}
	for _, must := range []string{
		"SLACK_BOT_TOKEN_FILE", "SLACK_SIGNING_SECRET_FILE", "TENCENTCLOUD_SECRET_ID_FILE",
		"TENCENTCLOUD_SECRET_KEY_FILE", "TWOKEY_SEAL_KEY_FILE", "REDIS_URL", "TWOKEY_POLICY",
	} {
		if bot.Environment[must] == "" {
			t.Errorf("%s is not set", must)
		}
	}
	if mounted := "./twokey.yaml:" + bot.Environment["TWOKEY_POLICY"] + ":ro"; !slices.Contains(bot.Volumes, mounted) {
		t.Errorf("the policy file is not mounted as %s", mounted)
	}
	slack, admin := defaultPorts(t)
	if want := []string{slack + ":" + slack, "127.0.0.1:" + admin + ":" + admin}; !slices.Equal(bot.Ports, want) {
		t.Errorf("ports %v, want %v", bot.Ports, want)
	}
	if u, err := url.Parse(bot.Environment["REDIS_URL"]); err != nil || u.Scheme != "redis" || u.Hostname() != "redis" {
		t.Errorf("REDIS_URL %v %v", u, err)
	}
}

// A Redis that is started as compose.yaml starts it promises all that the bot
// asks of it.
func TestComposesRedisPromisesAllThatTheBotAsksFor(t *testing.T) {
	redis := readCompose(t).Services.Redis
	if !regexp.MustCompile(`^redis:7\b`).MatchString(redis.Image) || len(redis.Volumes) == 0 ||
		redis.Command[0] != "redis-server" {
		t.Fatalf("%+v", redis)
	}
	if testing.Short() {
		t.Skip("-short starts no redis-server: make test runs this")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	_ = l.Close()
	cmd := exec.Command(redis.Command[0],
		append(redis.Command[1:], "--bind", "127.0.0.1", "--port", port, "--dir", t.TempDir())...)
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v; make test installs it", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(syscall.SIGKILL); _ = cmd.Wait() })
	for deadline := time.Now().Add(20 * time.Second); ; {
		s, err := store.Open(t.Context(), store.Options{URL: "redis://" + addr})
		if err != nil && time.Now().Before(deadline) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		if h, err := s.Health(t.Context()); err != nil || !h.AOF || !h.NoEvict || len(h.Warnings) > 0 {
			t.Errorf("%+v %v", h, err)
		}
		return
	}
}
