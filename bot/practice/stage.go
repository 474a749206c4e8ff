package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"

	"twokey/bot/fakeslack"
	"twokey/bot/fakeslack/page"
	"twokey/bot/practice/loopback"
	"twokey/cloud/fakecvm"
)

// channel is where everything happens on the stage.
const channel = "C0INFRA"

// stage is everything, running: the doubles, Redis, and the bot.
type stage struct {
	dir   string
	slack *fakeslack.Slack
	cloud *fakecvm.Cloud
	redis *redisProcess
	bot   *bot
	page  string // the page's address
	// control is where the cloud's clock and misbehaviour are set over HTTP:
	// GET /state and /switches, POST /switch, /advance, /speed, /operate.
	control string

	settings []string // of every bot, less its addresses
	stops    []func()

	speed  float64     // of the cloud, at first
	policy []byte      // of the bots, at first
	set    atomic.Bool // everything stands; what the page shows needs that
}

// setting says how a stage is set.
type setting struct {
	bin     string // the bot's binary
	dir     string // for files; it is the caller's to remove
	policy  []byte // the policy file
	addr    string // of the page
	speed   float64
	actions func(*stage) []page.Action
	tours   page.Tours
	socket  bool     // Socket Mode instead of HTTP
	both    bool     // both are set, and Slack begins with HTTP
	env     []string // settings of the bot that replace the stage's own

	people *fakeslack.Directory // nil: the sample's
	fleet  *fakecvm.Fleet       // nil: the sample's
	rate   float64              // of Slack's limits; 0: Slack's own
}

// newStage starts the doubles and Redis, and prepares the bot without starting
// it.
func newStage(ctx context.Context, set setting) (st *stage, err error) {
	st = &stage{dir: set.dir, speed: set.speed, policy: set.policy}
	defer func() {
		if err != nil {
			st.endAll()
		}
	}()
	cfg := fakeslack.Config{
		Usage: "INSTANCE [--image ID] [--reason TEXT] · help", SocketMode: set.socket, EscapeCommands: true,
		People: set.people, RateScale: set.rate, Shortcuts: shortcuts,
	}
	st.slack = fakeslack.New(cfg)
	var actions []page.Action
	if set.actions != nil {
		actions = set.actions(st)
	}
	page.Open(st.slack, actions, set.tours)
	origin, stop, err := st.slack.Start(set.addr)
	if err != nil {
		return st, err
	}
	st.page = origin + "/"
	st.stops = append(st.stops, stop)

	st.cloud = fakecvm.New(
		fakecvm.Config{
			SecretID: fakecvm.SampleSecretID, SecretKey: fakecvm.SampleSecretKey, Speed: set.speed, Fleet: set.fleet,
		},
	)
	api := httptest.NewServer(st.cloud)
	st.stops = append(st.stops, func() { api.CloseClientConnections(); api.Close() })
	control := httptest.NewServer(st.cloud.Control())
	st.control = control.URL
	st.stops = append(st.stops, control.Close)

	if st.redis, err = startRedis(ctx, set.dir); err != nil {
		return st, err
	}
	st.stops = append(st.stops, st.redis.stop)
	if err := st.prepareBot(set, origin, api.URL); err != nil {
		return st, err
	}
	st.set.Store(true)
	if actions != nil {
		watching, stop := context.WithCancel(ctx)
		st.stops = append(st.stops, stop)
		go st.watchButtons(watching, actions)
	}
	return st, nil
}

// prepareBot makes the bot's settings: all by environment, as deployments do.
func (st *stage) prepareBot(set setting, slack, cloud string) error {
	if err := st.writePolicy(set.policy); err != nil {
		return err
	}
	modes := []string{"SLACK_SIGNING_SECRET=practice-signing-secret", "SLACK_APP_TOKEN=xapp-practice"}
	if set.socket {
		modes = modes[1:]
	} else if !set.both {
		modes = modes[:1]
	}
	st.settings = append([]string{
		"SLACK_BOT_TOKEN=xoxb-practice",
		"SLACK_API_URL=" + slack + "/api/",
		"REDIS_URL=" + st.redis.url,
		"TENCENTCLOUD_SECRET_ID=" + fakecvm.SampleSecretID,
		"TENCENTCLOUD_SECRET_KEY=" + fakecvm.SampleSecretKey,
		"TENCENTCLOUD_ENDPOINT=" + cloud,
		"TWOKEY_POLICY=" + st.policyPath(),
		"LOG_LEVEL=debug",
	}, slices.Concat(modes, set.env)...)
	b, err := st.newReplica(set.bin)
	if err != nil {
		return err
	}
	st.bot = b
	st.sendTo(b)
	return nil
}

func (st *stage) policyPath() string { return filepath.Join(st.dir, "twokey.yaml") }

// writePolicy writes the bots' policy file.
func (st *stage) writePolicy(src []byte) error {
	if st.redis.warning != "" { // it keeps nothing, and practice goes on all the same
		src = append(slices.Clone(src), "\ndurability: best-effort\n"...)
	}
	return os.WriteFile(st.policyPath(), src, 0o600)
}

// newReplica is one more bot of the same deployment, on addresses of its own, not
// started yet.
func (st *stage) newReplica(bin string) (*bot, error) {
	slack, err := st.leaseAddress()
	if err != nil {
		return nil, err
	}
	admin, err := st.leaseAddress()
	if err != nil {
		return nil, err
	}
	return &bot{
		bin: bin, slack: slack, admin: admin,
		env: append(slices.Clone(st.settings), "LISTEN_ADDR="+slack, "ADMIN_ADDR="+admin),
	}, nil
}

// leaseAddress is an address of the stage's, as long as it stands.
func (st *stage) leaseAddress() (string, error) {
	addr, release, err := loopback.Lease()
	if err == nil {
		st.stops = append(st.stops, release)
	}
	return addr, err
}

// sendTo makes Slack send what people do to this bot, as a load balancer would.
func (st *stage) sendTo(b *bot) {
	base := "http://" + b.slack + "/slack/"
	st.slack.SetBot(base+"commands", base+"interactions")
}

// endAll ends everything, the bot first.
func (st *stage) endAll() {
	if st.bot != nil {
		_ = st.bot.stop(syscall.SIGTERM)
	}
	for i := len(st.stops) - 1; i >= 0; i-- {
		st.stops[i]()
	}
	st.stops = nil
}

// machineNamed finds a machine of the double by its name.
func (st *stage) machineNamed(name string) (fakecvm.Instance, error) {
	for _, i := range st.cloud.Instances() {
		if i.Name == name || i.ID == name {
			return i, nil
		}
	}
	return fakecvm.Instance{}, fmt.Errorf("the cloud has no machine called %s", name)
}

// shortcuts are those of the manifest.
var shortcuts = []fakeslack.Shortcut{
	{Name: "Reinstall a machine", CallbackID: "reinstall"},
	{Name: "Reinstall this machine", CallbackID: "reinstall_message", OnMessage: true},
}

var errNoCard = errors.New("there is no card in the channel")

// newestCard is the newest card in the channel.
func (st *stage) newestCard() (fakeslack.Message, error) {
	ms := st.slack.Messages(channel)
	for i := len(ms) - 1; i >= 0; i-- {
		if ms[i].AppID == "" && ms[i].BotID != "" && ms[i].ThreadTS == "" || ms[i].ThreadTS == ms[i].TS &&
			ms[i].BotID != "" && ms[i].AppID == "" {
			return ms[i], nil
		}
	}
	return fakeslack.Message{}, errNoCard
}
