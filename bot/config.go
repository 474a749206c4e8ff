package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"unicode"

	"twokey/bot/chat"
	"twokey/commands/seal"
)

// Config is every setting, read and checked. The names are fixed: deployments,
// tests and documents rely on them.
type Config struct {
	SlackBotToken      string
	SlackSigningSecret string // set: HTTP mode
	SlackAppToken      string // set: Socket Mode
	SlackAPIURL        string
	// The settings that the tokens were read from: NAME, or NAME_FILE.
	SlackBotTokenName, SlackAppTokenName string

	RedisURL, RedisSentinelURL, RedisClusterURL string // exactly one

	// SealKeys are TWOKEY_SEAL_KEY: the first seals, all open. A bot token among them
	// sealed before there was a key. If empty, a key is derived from the bot token.
	SealKeys []string

	CloudEndpoint string // http://host:port; empty: the cloud itself

	ListenAddr string
	AdminAddr  string
	PolicyPath string
	LogLevel   slog.Level
}

// The defaults. The admin port shows what Twokey does, so only this machine reaches it.
const (
	defaultSlackAPI = "https://slack.com/api/"
	defaultListen   = ":8080"
	defaultAdmin    = "127.0.0.1:9090"
	defaultPolicy   = "twokey.yaml"
)

// settingsReader reads settings from the environment, and secrets also from files. It
// collects the mistakes.
type settingsReader struct {
	getenv   func(string) string
	readFile func(string) ([]byte, error)
	mistakes []error
}

func (s *settingsReader) addMistake(format string, args ...any) {
	s.mistakes = append(s.mistakes, fmt.Errorf(format, args...))
}

// readSecret reads NAME, or the file named by NAME_FILE, without surrounding space.
func (s *settingsReader) readSecret(name string) string {
	v, file := s.getenv(name), s.getenv(name+"_FILE")
	switch {
	case v != "" && file != "":
		s.addMistake("%s and %s_FILE are both set; keep one", name, name)
		return ""
	case file == "":
		return strings.TrimSpace(v)
	}
	b, err := s.readFile(file)
	if err != nil {
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			err = pe.Err
		}
		s.addMistake("%s_FILE: %s cannot be read: %w", name, file, err)
		return ""
	}
	if strings.TrimSpace(string(b)) == "" {
		s.addMistake("%s_FILE: %s is empty", name, file)
	}
	return strings.TrimSpace(string(b))
}

// sourceName is the setting that a secret is read from.
func (s *settingsReader) sourceName(name string) string {
	if s.getenv(name) == "" && s.getenv(name+"_FILE") != "" {
		return name + "_FILE"
	}
	return name
}

// readPlain reads NAME without surrounding space, or returns the default.
func (s *settingsReader) readPlain(name, def string) string {
	if v := strings.TrimSpace(s.getenv(name)); v != "" {
		return v
	}
	return def
}

// readAddress reads a host:port to listen on.
func (s *settingsReader) readAddress(name, def string) string {
	v := s.readPlain(name, def)
	if _, _, err := net.SplitHostPort(v); err != nil {
		s.addMistake("%s: %q is no address; write host:port or :port", name, v)
	}
	return v
}

// LoadConfig reads every setting. Its error has one sentence for each mistake, and never
// a secret.
func LoadConfig(getenv func(string) string) (Config, error) {
	s := &settingsReader{getenv: getenv, readFile: os.ReadFile}
	c := Config{
		SlackBotToken:      s.readSecret("SLACK_BOT_TOKEN"),
		SlackSigningSecret: s.readSecret("SLACK_SIGNING_SECRET"),
		SlackAppToken:      s.readSecret("SLACK_APP_TOKEN"),
		SlackBotTokenName:  s.sourceName("SLACK_BOT_TOKEN"),
		SlackAppTokenName:  s.sourceName("SLACK_APP_TOKEN"),
		SlackAPIURL:        s.readPlain("SLACK_API_URL", defaultSlackAPI),
		CloudEndpoint:      s.readPlain("TENCENTCLOUD_ENDPOINT", ""),
		ListenAddr:         s.readAddress("LISTEN_ADDR", defaultListen),
		AdminAddr:          s.readAddress("ADMIN_ADDR", defaultAdmin),
		PolicyPath:         s.readPlain("TWOKEY_POLICY", defaultPolicy),
	}
	at := s.readRedisURLs()
	c.SealKeys = s.readSealKeys()
	c.RedisURL, c.RedisSentinelURL, c.RedisClusterURL = at.RedisURL, at.RedisSentinelURL, at.RedisClusterURL
	s.checkSlackTokens(c)
	s.checkSlackAPI(&c)
	s.checkRedis(c)
	s.checkCloudEndpoint(c)
	if err := c.LogLevel.UnmarshalText([]byte(s.readPlain("LOG_LEVEL", "info"))); err != nil {
		s.addMistake("LOG_LEVEL: use debug, info, warn or error")
	}
	return c, errors.Join(s.mistakes...)
}

// LoadRedis reads only the settings of Redis and of the seals. The latter may be absent:
// then Seals returns no keys.
func LoadRedis(getenv func(string) string) (Config, error) {
	s := &settingsReader{getenv: getenv, readFile: os.ReadFile}
	c := s.readRedisURLs()
	c.SealKeys = s.readSealKeys()
	c.SlackBotToken = s.readSecret("SLACK_BOT_TOKEN")
	s.checkRedis(c)
	return c, errors.Join(s.mistakes...)
}

// readSealKeys reads TWOKEY_SEAL_KEY: several are separated by commas or blanks.
func (s *settingsReader) readSealKeys() []string {
	v := s.readSecret("TWOKEY_SEAL_KEY")
	keys := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if v == "" {
		return nil
	}
	if _, err := seal.New(keys...); err != nil {
		s.addMistake("TWOKEY_SEAL_KEY: %w", err)
	}
	return keys
}

// Seals are the deployment's sealing keys. If they come from the bot token alone, own is
// false. Without a token too, keys is nil.
func (c Config) Seals() (keys *seal.Keys, own bool, err error) {
	if len(c.SealKeys) > 0 {
		keys, err = seal.New(c.SealKeys...)
		return keys, true, err
	}
	if c.SlackBotToken == "" {
		return nil, false, nil
	}
	keys, err = seal.FromToken(c.SlackBotToken)
	return keys, false, err
}

// readRedisURLs returns a Config with the URLs of Redis alone.
func (s *settingsReader) readRedisURLs() Config {
	return Config{
		RedisURL:         s.readSecret("REDIS_URL"),
		RedisSentinelURL: s.readSecret("REDIS_SENTINEL_URL"),
		RedisClusterURL:  s.readSecret("REDIS_CLUSTER_URL"),
	}
}

// checkSlackTokens reports tokens that are absent, or of another kind.
func (s *settingsReader) checkSlackTokens(c Config) {
	switch {
	case c.SlackBotToken == "":
		s.addMistake("SLACK_BOT_TOKEN is not set; it is the app's bot token and starts with xoxb-")
	case chat.Rotates(c.SlackBotToken):
		s.addMistake("%s: this token rotates: %s", c.SlackBotTokenName, chat.HowToEndRotation)
	case strings.HasPrefix(c.SlackBotToken, "xoxp-"):
		s.addMistake("%s: that is no bot token but a person's; take the Bot User OAuth Token, which starts with xoxb-",
			c.SlackBotTokenName)
	case !strings.HasPrefix(c.SlackBotToken, "xoxb-"):
		s.addMistake("%s: that is no bot token; it starts with xoxb-", c.SlackBotTokenName)
	}
	if c.SlackAppToken != "" && !strings.HasPrefix(c.SlackAppToken, "xapp-") {
		s.addMistake("%s: that is no app token; it starts with xapp-", c.SlackAppTokenName)
	}
	if c.SlackSigningSecret == "" && c.SlackAppToken == "" {
		s.addMistake("neither SLACK_SIGNING_SECRET (HTTP) nor SLACK_APP_TOKEN (Socket Mode) is set, " +
			"so Slack could not reach Twokey; set at least one")
	}
}

// checkSlackAPI has the address end with a slash.
func (s *settingsReader) checkSlackAPI(c *Config) {
	if u, err := url.Parse(c.SlackAPIURL); err != nil || u.Host == "" {
		s.addMistake("SLACK_API_URL: it must look like %s", defaultSlackAPI)
	} else if !strings.HasSuffix(c.SlackAPIURL, "/") {
		c.SlackAPIURL += "/"
	}
}

// checkCloudEndpoint accepts only an address without a path.
func (s *settingsReader) checkCloudEndpoint(c Config) {
	if c.CloudEndpoint == "" {
		return
	}
	u, err := url.Parse(c.CloudEndpoint)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		s.addMistake("TENCENTCLOUD_ENDPOINT: it must look like http://host:port")
	}
}

// checkRedis requires exactly one URL.
func (s *settingsReader) checkRedis(c Config) {
	n := 0
	for _, v := range []string{c.RedisURL, c.RedisSentinelURL, c.RedisClusterURL} {
		if v != "" {
			n++
		}
	}
	switch {
	case n == 0:
		s.addMistake("no Redis is named; set one of REDIS_URL, REDIS_SENTINEL_URL, REDIS_CLUSTER_URL")
	case n > 1:
		s.addMistake("several Redis are named; keep one of REDIS_URL, REDIS_SENTINEL_URL, REDIS_CLUSTER_URL")
	}
}
