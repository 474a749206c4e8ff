package chat

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"twokey/bot/chat/webapi"
	"twokey/commands/port"
	"twokey/commands/view"
)

// A SampleCard is a card to ask Slack about.
type SampleCard struct {
	Name string
	Card view.Card
}

// LookAt is the part of the workspace to look at. All of it may be empty; then fewer
// looks come to a result.
type LookAt struct {
	Channel string
	Groups  []string
	Users   []string
	Cards   []SampleCard
}

// inspector looks at what Twokey believes of Slack.
type inspector struct {
	web       *webapi.Client
	directory *directory
	messages  *messages
}

// maxPeople is how many people are asked about: more would prove no more.
const maxPeople = 5

// Beliefs are what this package believes of Slack, each with a look that changes
// nothing and posts nothing.
func (n *inspector) Beliefs(at LookAt) []port.Belief {
	return append([]port.Belief{
		{
			Name: "cards", Safety: true,
			Source: "Slack's tables of Block Kit; package bot/chat, sections 4.1, 4.3 and 4.4",
			Says:   "Slack takes every state of the card, so that none keeps standing when it is out of date",
			How:    webapi.BlocksValidate + " with a sample of each state, which needs no scope and posts nothing",
			Look:   func(ctx context.Context) port.BeliefResult { return n.lookAtCards(ctx, at.Cards) },
		},
		{
			Name: "bot", Safety: true, Source: "documented; package bot/chat, sections 9.1 and 9.7",
			Says: webapi.AuthTest + " names the workspace, the bot's user and its bot id",
			How:  webapi.AuthTest, Look: n.lookAtBot,
		},
		{
			Name:   "people",
			Safety: true,
			Source: "documented; package bot/chat, section 9.2",
			Says: webapi.UsersInfo + " says of everybody who is active: team_id, deleted, is_bot, is_restricted, " +
				"is_ultra_restricted",
			How: webapi.UsersInfo + " of some people whom the policy file names and of the first group's first " +
				"members",
			Look: func(ctx context.Context) port.BeliefResult { return n.lookAtPeople(ctx, at) },
		},
		{
			Name: "channels", Safety: true, Source: "documented; package bot/chat, section 9.3",
			Says: webapi.ConversationsInfo +
				" says is_ext_shared, is_pending_ext_shared, is_archived, is_member, is_private",
			How:  webapi.ConversationsInfo + " of one channel",
			Look: func(ctx context.Context) port.BeliefResult { return n.lookAtChannel(ctx, at.Channel) },
		},
		{
			Name:   "groups",
			Source: "documented; package bot/chat, section 9.4",
			Says: webapi.UsergroupsList + " says of each group date_delete, and " + webapi.UsergroupsUsersList +
				" lists ids of people",
			How: webapi.UsergroupsList + ", and " + webapi.UsergroupsUsersList +
				" of the first group that the policy " +
				"file names",
			Look: func(ctx context.Context) port.BeliefResult { return n.lookAtGroups(ctx, at.Groups) },
		},
		{
			Name: "scopes", Source: "seen in recorded answers; package bot/chat, section 5.5",
			Says: "every answer names the token's scopes in X-OAuth-Scopes",
			How:  webapi.AuthTest, Look: n.lookAtScopes,
		},
		{
			Name: "metadata", Source: "documented for registered events only; package bot/chat, section 6.3",
			Says: "the metadata of the bot's own posts can be read back, though the manifest registers none",
			How:  webapi.ConversationsHistory + " of one channel: the bot's own posts on the newest page",
			Look: func(ctx context.Context) port.BeliefResult { return n.lookAtMetadata(ctx, at.Channel) },
		},
	}, untried...)
}

// untried are the beliefs that no harmless call can test.
var untried = []port.Belief{
	{
		Name: "same post twice", Source: "undocumented; package bot/chat, section 6.1",
		Says:   "Slack drops a second post with the same client_msg_id",
		ByHand: "in a channel of your own call chat.postMessage twice with one client_msg_id, and count the messages",
	},
	{
		Name: "size of a message", Source: "two third parties' measurements; package bot/chat, section 4.3",
		Says:   "a message whose blocks have no more than 20,000 bytes as JSON is taken",
		ByHand: "propose twenty machines with long names, and look for msg_blocks_too_long in the log",
	},
	{
		Name: "whispers in threads", Source: "seen; package bot/chat, section 10.3",
		Says:   "only who has an active thread open sees an ephemeral in it",
		ByHand: "press a button that is not yours in the channel, then in the thread, and look where the answer stands",
	},
	{
		Name: "acks of Socket Mode", Source: "a third party; package bot/chat, section 7.4",
		Says: "an ack on another connection than the envelope's counts, and a press that was not acked does not " +
			"come again",
		ByHand: "with two replicas stop one while you press, and look whether the press comes twice or never",
	},
}

// askRaw is an answer as it is, ok or not. An error is Slack's refusal or a failure on
// the way; if Slack answered, fields are set all the same.
func (n *inspector) askRaw(ctx context.Context, method string, v url.Values) (fields map[string]any, err error) {
	err = n.web.Call(ctx, method, v.Get("channel"), func() error {
		if err := n.web.PostForm(ctx, method, v, &fields); err != nil {
			return err
		}
		code, _ := fields["error"].(string)
		return webapi.RefusalIn(slack.SlackResponse{Ok: fields["ok"] == true, Error: code})
	})
	return fields, err
}

// cannotTell says why a look came to no result, by Slack's code alone.
func cannotTell(method string, err error) port.BeliefResult {
	seen := method + " did not answer"
	switch code := webapi.CodeOf(err); {
	case code != "":
		seen = method + " answered " + code
	case port.IsLimited(err):
		seen = method + " was called too often; try again in a minute"
	}
	return port.BeliefResult{State: port.Inconclusive, Detail: seen}
}

// isType is the type that a field is believed to have.
type isType func(any) bool

func isText(v any) bool { s, ok := v.(string); return ok && s != "" }

func isTruth(v any) bool { _, ok := v.(bool); return ok }

func isNumber(v any) bool { _, ok := v.(float64); return ok }

// missingFields are the names of fields that are absent or of another type, in order.
func missingFields(fields map[string]any, of isType, names ...string) (out []string) {
	for _, name := range names {
		if !of(fields[name]) {
			out = append(out, name)
		}
	}
	return out
}

// fieldGaps counts missing fields over several answers.
type fieldGaps map[string]int

func (l fieldGaps) count(names ...string) {
	for _, n := range names {
		l[n]++
	}
}

func (l fieldGaps) String() string {
	var words []string
	for name, n := range l {
		words = append(words, name+" "+strconv.Itoa(n))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// sighting says that nothing was missing, or what was.
func (l fieldGaps) sighting(seen string) port.BeliefResult {
	if len(l) > 0 {
		return port.BeliefResult{State: port.Differs, Detail: seen + "; absent or of another type: " + l.String()}
	}
	return port.BeliefResult{State: port.Holds, Detail: seen + "; nothing is absent"}
}
