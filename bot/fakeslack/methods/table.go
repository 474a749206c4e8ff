// Package methods is the table of the Web API methods that are played: what each
// takes, and what a token needs for it.
package methods

import "twokey/bot/fakeslack/rates"

// Validate is Slack's own check of blocks, messages and views: a method of 2026
// that needs no scope and posts nothing
// (docs.slack.dev/reference/methods/blocks.validate).
const Validate = "blocks.validate"

// A Method is one row of the Web API.
type Method struct {
	Tier     rates.Tier
	Scopes   []string // any one of them suffices; none: no scope needed
	AppToken bool     // wants the app-level token
	Args     []string // every argument that it takes
	Need     []string // those that must be there
}

var (
	postArgs = []string{
		"channel", "text", "blocks", "attachments", "metadata", "thread_ts", "reply_broadcast", "mrkdwn", "parse",
		"link_names", "unfurl_links", "unfurl_media", "username", "icon_emoji", "icon_url", "as_user", "client_msg_id",
	}
	readScopes    = []string{"channels:read", "groups:read", "im:read"}
	historyScopes = []string{"channels:history", "groups:history", "im:history"}
	pageArgs      = []string{"channel", "cursor", "limit", "oldest", "latest", "inclusive", "include_all_metadata"}
)

// All is every method by its name.
var All = table()

func table() map[string]Method {
	chat, views := []string{"chat:write"}, []string{"trigger_id", "view", "interactivity_pointer"}
	return map[string]Method{
		"auth.test": {Tier: rates.Special},
		"chat.postMessage": {
			Tier: rates.Posting, Scopes: chat, Args: postArgs, Need: []string{"channel"},
		},
		"chat.postEphemeral": {
			Tier: rates.Tier4, Scopes: chat, Args: append([]string{"user"}, postArgs...),
			Need: []string{"channel", "user"},
		},
		"chat.update": {
			Tier: rates.Tier3, Scopes: chat, Args: append([]string{"ts", "file_ids"}, postArgs...),
			Need: []string{"channel", "ts"},
		},
		"chat.delete": {
			Tier: rates.Tier3, Scopes: chat, Args: []string{"channel", "ts", "as_user"},
			Need: []string{"channel", "ts"},
		},
		"chat.getPermalink": {
			Tier: rates.Special, Args: []string{"channel", "message_ts"}, Need: []string{"channel", "message_ts"},
		},
		"views.open": {Tier: rates.Tier4, Args: views, Need: views[:2]},
		"views.push": {Tier: rates.Tier4, Args: views, Need: views[:2]},
		"views.update": {
			Tier: rates.Tier4, Args: []string{"view", "view_id", "external_id", "hash"}, Need: []string{"view"},
		},
		"views.publish": {
			Tier: rates.Tier4, Args: []string{"user_id", "view", "hash"}, Need: []string{"user_id", "view"},
		},
		"users.info": {
			Tier: rates.Tier4, Scopes: []string{"users:read"}, Args: []string{"user", "include_locale"},
			Need: []string{"user"},
		},
		"users.lookupByEmail": {
			Tier: rates.Tier3, Scopes: []string{"users:read.email"}, Args: []string{"email"}, Need: []string{"email"},
		},
		"usergroups.list": {
			Tier: rates.Tier2, Scopes: []string{"usergroups:read"},
			Args: []string{"include_users", "include_count", "include_disabled", "team_id"},
		},
		"usergroups.users.list": {
			Tier: rates.Tier2, Scopes: []string{"usergroups:read"},
			Args: []string{"usergroup", "include_disabled", "team_id"}, Need: []string{"usergroup"},
		},
		"conversations.info": {
			Tier: rates.Tier3, Scopes: readScopes, Args: []string{"channel", "include_locale", "include_num_members"},
			Need: []string{"channel"},
		},
		"conversations.members": {
			Tier: rates.Tier4, Scopes: readScopes, Args: []string{"channel", "cursor", "limit"},
			Need: []string{"channel"},
		},
		"conversations.history": {
			Tier: rates.Tier3, Scopes: historyScopes, Args: pageArgs, Need: []string{"channel"},
		},
		"conversations.replies": {
			Tier: rates.Tier3, Scopes: historyScopes, Args: append([]string{"ts"}, pageArgs...),
			Need: []string{"channel", "ts"},
		},
		"conversations.open": {
			Tier: rates.Tier3, Scopes: []string{"im:write"},
			Args: []string{"channel", "users", "return_im", "prevent_creation"},
		},
		"reactions.add": {
			Tier: rates.Tier3, Scopes: []string{"reactions:write"}, Args: []string{"channel", "timestamp", "name"},
			Need: []string{"channel", "timestamp", "name"},
		},
		Validate: {
			Tier: rates.Special, Args: []string{"blocks", "message", "view"},
		},
		"apps.connections.open": {
			Tier: rates.Tier1, AppToken: true, Scopes: []string{"connections:write"},
		},
	}
}
