package deploy_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"twokey/bot/store"
	"twokey/bot/store/storetest"
	"twokey/commands/port"
	"twokey/commands/seal"
	"twokey/deploy/glance"
)

// redisFolder is a node's /etc/redis and its disk: the shipped files, with passwords
// and addresses of the test put in as they say.
type redisFolder struct {
	t         *testing.T
	dir       string
	passwords map[string]string // by user
}

func newRedisFolder(t *testing.T, passwords map[string]string) redisFolder {
	t.Helper()
	if testing.Short() {
		t.Skip("-short starts no redis-server: make test runs this")
	}
	f := redisFolder{t, t.TempDir(), passwords}
	users := readFile(t, "redis/users.conf")
	for user, password := range passwords {
		line := "\nuser " + user + " on "
		if !strings.Contains(users, line) {
			t.Fatalf("users.conf has no user %s", user)
		}
		users = strings.Replace(users, line, fmt.Sprintf("%s#%x ", line, sha256.Sum256([]byte(password))), 1)
	}
	f.write("users.conf", users)
	f.write("secret.conf", "masterauth "+passwords["replica"]+"\n")
	return f
}

func (f redisFolder) write(name, text string) string {
	f.t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
	return path
}

// start runs redis-server with a shipped file on a free port, and returns its address.
// Only its folder, its port and what change says differ from the file.
func (f redisFolder) start(name string, change func(conf, port string) string, more ...string) string {
	f.t.Helper()
	addr := freeAddress(f.t)
	_, port, _ := net.SplitHostPort(addr)
	conf := strings.NewReplacer("/etc/redis/", f.dir+"/", "dir /var/lib/redis", "dir "+f.dir).
		Replace(readFile(f.t, "redis/"+name))
	conf = regexp.MustCompile(`(?m)^port \d+$`).ReplaceAllString(conf, "port "+port)
	path := f.write(name, change(conf, port))
	startProcess(f.t, "redis-server", append([]string{path}, more...)...)
	return addr
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startProcess runs a program until the test ends.
func startProcess(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v; make needs installs it", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s %v:\n%s", name, args, out.String())
		}
	})
	return cmd
}

func asShipped(conf, _ string) string { return conf }

// newPasswords are of all users, new for each test.
func newPasswords() map[string]string {
	out := map[string]string{}
	for _, user := range []string{"twokey", "replica", "sentinel", "operator"} {
		out[user] = rand.Text()
	}
	return out
}

// eventually tries until there is no error.
func eventually(t *testing.T, what string, try func(context.Context) error) {
	t.Helper()
	deadline := time.After(time.Minute)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		err := try(t.Context())
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// redisCLI asks a server as the operator, whose password is in the environment alone.
func redisCLI(ctx context.Context, f redisFolder, addr string, args ...string) (string, error) {
	host, port, _ := net.SplitHostPort(addr)
	cmd := exec.CommandContext(ctx, "redis-cli",
		append([]string{"-h", host, "-p", port, "--user", "operator", "--no-auth-warning"}, args...)...)
	cmd.Env = append(os.Environ(), "REDISCLI_AUTH="+f.passwords["operator"])
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return string(out), nil
}

// checkRedis is what bot check says of Redis.
func checkRedis(ctx context.Context, bot, setting, url string) (status, say string, err error) {
	cmd := exec.CommandContext(ctx, bot, "check", "--json")
	cmd.Env = []string{setting + "=" + url, "TWOKEY_SEAL_KEY=" + strings.Repeat("a-sealing-key!", 4)}
	out, _ := cmd.Output() // it misses Slack and the cloud
	for line := range strings.Lines(string(out)) {
		var found struct{ Status, What, Say string }
		if err := json.Unmarshal([]byte(line), &found); err != nil {
			return "", "", fmt.Errorf("%w: %s", err, out)
		}
		if found.What == "Redis" {
			return found.Status, found.Say, nil
		}
	}
	return "", "", fmt.Errorf("bot check says nothing of Redis: %s", out)
}

func buildBot(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bot")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../bot").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// mustPassCheck has bot check find nothing, and say so in these words.
func mustPassCheck(t *testing.T, setting, url string, words ...string) {
	t.Helper()
	bot := buildBot(t)
	eventually(t, "bot check", func(ctx context.Context) error {
		status, say, err := checkRedis(ctx, bot, setting, url)
		if err == nil && status != "ok" {
			err = fmt.Errorf("%s: %s", status, say)
		}
		for _, w := range words {
			if err == nil && !strings.Contains(say, w) {
				err = fmt.Errorf("it does not say %q: %s", w, say)
			}
		}
		return err
	})
}

func TestBotCheckFindsNothingInARedisThatIsAlone(t *testing.T) {
	t.Parallel()
	f := newRedisFolder(t, newPasswords())
	addr := f.start("alone.conf", asShipped)
	mustPassCheck(t, "REDIS_URL", "redis://twokey:"+f.passwords["twokey"]+"@"+addr,
		"A power cut of Redis takes nothing that was acknowledged")
}

// The user twokey can do all that a store has to: its whole suite runs as that user.
func TestTwokeysUserOfRedisMayDoAllThatTheStoreNeeds(t *testing.T) {
	t.Parallel()
	f := newRedisFolder(t, newPasswords())
	addr := f.start("alone.conf", asShipped)
	keys, err := seal.New("the sealing key of the tests of package deploy")
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "Redis", func(ctx context.Context) error {
		_, err := redisCLI(ctx, f, addr, "PING")
		return err
	})
	storetest.Run(t, func(t *testing.T) storetest.Opener {
		if _, err := redisCLI(t.Context(), f, addr, "FLUSHALL"); err != nil {
			t.Fatal(err)
		}
		return func(t testing.TB) port.Store {
			s, err := store.Open(t.Context(), store.Options{
				URL: "redis://twokey:" + f.passwords["twokey"] + "@" + addr, Seal: keys,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
	})
}

// Each user may do what it is for, and nothing by which Twokey's records could go.
func TestUsersOfRedisMayDoNothingElse(t *testing.T) {
	t.Parallel()
	f := newRedisFolder(t, newPasswords())
	addr := f.start("alone.conf", asShipped)
	eventually(t, "Redis", func(ctx context.Context) error {
		_, err := redisCLI(ctx, f, addr, "PING")
		return err
	})
	for user, forbidden := range map[string][]string{
		"default":  {"PING", "GET twokey:x"},
		"replica":  {"GET twokey:x", "SET twokey:x 1", "FLUSHALL"},
		"sentinel": {"GET twokey:x", "SET twokey:x 1", "FLUSHALL", "CONFIG SET appendonly no"},
		"twokey": {
			"FLUSHALL", "CONFIG SET appendonly no", "SHUTDOWN", "REPLICAOF NO ONE", "SCRIPT FLUSH", "ACL LIST",
			"KEYS *", "CLIENT KILL TYPE normal", "DEBUG SLEEP 0", "MODULE LIST", "SWAPDB 0 1",
		},
	} {
		for _, command := range forbidden {
			args := append([]string{"ACL", "DRYRUN", user}, strings.Fields(command)...)
			out, err := redisCLI(t.Context(), f, addr, args...)
			if err != nil || !strings.Contains(out, "has no permissions") {
				t.Errorf("%s may run %s: %s %v", user, command, out, err)
			}
		}
	}
	for _, key := range []string{"other", "twoke", "*"} {
		out, err := redisCLI(t.Context(), f, addr, "ACL", "DRYRUN", "twokey", "GET", key)
		if err != nil || !strings.Contains(out, "has no permissions") {
			t.Errorf("twokey may read %s: %s %v", key, out, err)
		}
	}
}

// Three nodes and three Sentinels as they are shipped pass the check, before and after
// the primary dies.
func TestBotCheckFindsNothingUnderSentinelAlsoAfterAFailOver(t *testing.T) {
	t.Parallel()
	passwords := newPasswords()
	first := newRedisFolder(t, passwords)
	primary := first.start("replica.conf", asShipped)
	host, port, _ := net.SplitHostPort(primary)
	for range 2 {
		newRedisFolder(t, passwords).start("replica.conf", func(conf, _ string) string {
			return conf + "replicaof " + host + " " + port + "\n"
		})
	}
	var sentinels []string
	for range 3 {
		sentinels = append(sentinels, newRedisFolder(t, passwords).start("sentinel.conf", func(conf, _ string) string {
			return strings.Replace(conf, "twokey 127.0.0.1 6379 2", "twokey "+host+" "+port+" 2", 1) +
				"sentinel auth-pass twokey " + passwords["sentinel"] + "\n"
		}, "--sentinel"))
	}
	for _, s := range sentinels {
		eventually(t, "Sentinel sees all", func(ctx context.Context) error {
			host, port, _ := net.SplitHostPort(s)
			out, err := exec.CommandContext(ctx, "redis-cli", "-h", host, "-p", port, "INFO", "sentinel").Output()
			if err == nil && !strings.Contains(string(out), "slaves=2,sentinels=3") {
				err = fmt.Errorf("%s", out)
			}
			return err
		})
	}
	url := "redis://" + sentinels[0] + "?master_name=twokey&username=twokey&password=" + passwords["twokey"] +
		"&addr=" + sentinels[1] + "&addr=" + sentinels[2]
	mustPassCheck(t, "REDIS_SENTINEL_URL", url, "1 of 2 replicas")
	if out, err := redisCLI(t.Context(), first, primary, "DEBUG", "SLEEP", "0"); err != nil ||
		!strings.Contains(out, "DEBUG command not allowed") {
		t.Errorf("DEBUG: %s %v", out, err)
	}
	_, _ = redisCLI(t.Context(), first, primary, "SHUTDOWN", "NOSAVE")
	eventually(t, "a fail-over", func(ctx context.Context) error {
		host, port, _ := net.SplitHostPort(sentinels[0])
		out, err := exec.CommandContext(ctx, "redis-cli", "-h", host, "-p", port,
			"SENTINEL", "get-master-addr-by-name", "twokey").Output()
		if err == nil && strings.Contains(string(out), "\n"+portOf(primary)+"\n") {
			err = fmt.Errorf("it is still %s", out)
		}
		return err
	})
	mustPassCheck(t, "REDIS_SENTINEL_URL", url, "1 of 2 replicas")
}

func portOf(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// Whatever a script calls, the user may run: also what no test here comes to.
func TestTwokeysUserOfRedisMayRunEachCommandOfTheScripts(t *testing.T) {
	user := regexp.MustCompile(`(?m)^user twokey .*$`).FindString(readFile(t, "redis/users.conf")) + " "
	scripts, err := filepath.Glob("../bot/store/lua/*.lua")
	if err != nil || len(scripts) < 15 {
		t.Fatal(scripts, err)
	}
	called := regexp.MustCompile(`redis\.call\('([A-Z]+)'(?:, '([A-Z]+)')?`)
	for _, path := range scripts {
		for _, m := range called.FindAllStringSubmatch(readFile(t, path), -1) {
			command := "+" + strings.ToLower(m[1])
			if m[1] == "XINFO" {
				command += "|" + strings.ToLower(m[2])
			}
			if !strings.Contains(user, " "+command+" ") && !strings.HasSuffix(user, " "+command+" ") {
				t.Errorf("%s calls %s, and users.conf does not let it", filepath.Base(path), m[1])
			}
		}
	}
}

// explained fails if a line of a file with settings has no comment of its own above it.
func explained(t *testing.T, path string) {
	t.Helper()
	said, settings := false, 0
	for line := range strings.Lines(readFile(t, path)) {
		line = strings.TrimSpace(line)
		comment, isComment := strings.CutPrefix(line, "#")
		switch {
		case isComment:
			said = true
			for _, f := range glance.FaultsOf(strings.TrimSpace(comment)) {
				t.Errorf("%s: %s: %s", path, f.Rule, f.Sentence)
			}
		case line == "", strings.HasPrefix(line, "["), line == "}": // a head, or a block's end
			said = false
		default:
			if !said {
				t.Errorf("%s: nothing explains %s", path, line)
			}
			said, settings = false, settings+1
		}
	}
	if settings == 0 {
		t.Errorf("%s has no setting", path)
	}
}

func TestEachLineOfRedisConfigurationIsExplainedAndHasNoSecret(t *testing.T) {
	for _, name := range []string{"alone.conf", "replica.conf", "sentinel.conf", "users.conf"} {
		explained(t, "redis/"+name)
		for line := range strings.Lines(readFile(t, "redis/"+name)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			if regexp.MustCompile(`(?i)requirepass|masterauth|auth-pass|nopass|[ ][>#]\S`).MatchString(line) {
				t.Errorf("%s has a secret, or lets anybody in: %s", name, line)
			}
		}
	}
}
