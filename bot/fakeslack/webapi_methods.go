package fakeslack

import "twokey/bot/fakeslack/rates"

// A method is one row of the Web API.
type method struct {
	tier     rates.Tier
	scopes   []string // any one of them suffices; none: no scope needed
	appToken bool     // wants the app-level token
	args     []string // every argument that it takes
	need     []string // those that must be there
	run      func(*webAPI, args) (answer, *refusal)
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

// methods is the part of the Web API that is played. It is filled in init
// because methods refer to it.
var methods map[string]method

func init() {
	chat, views := []string{"chat:write"}, []string{"trigger_id", "view", "interactivity_pointer"}
	methods = map[string]method{
		"auth.test": {tier: rates.Special, run: (*webAPI).authTest},
		"chat.postMessage": {
			tier: rates.Posting, scopes: chat, args: postArgs, need: []string{"channel"}, run: (*webAPI).postMessage,
		},
		"chat.postEphemeral": {
			tier: rates.Tier4, scopes: chat, args: append([]string{"user"}, postArgs...),
			need: []string{"channel", "user"},
			run:  (*webAPI).postEphemeral,
		},
		"chat.update": {
			tier: rates.Tier3, scopes: chat, args: append([]string{"ts", "file_ids"}, postArgs...),
			need: []string{"channel", "ts"}, run: (*webAPI).updateMessage,
		},
		"chat.delete": {
			tier: rates.Tier3, scopes: chat, args: []string{"channel", "ts", "as_user"},
			need: []string{"channel", "ts"},
			run:  (*webAPI).deleteMessage,
		},
		"chat.getPermalink": {
			tier: rates.Special, args: []string{"channel", "message_ts"}, need: []string{"channel", "message_ts"},
			run: (*webAPI).getPermalink,
		},
		"views.open": {tier: rates.Tier4, args: views, need: views[:2], run: (*webAPI).viewsOpen},
		"views.push": {tier: rates.Tier4, args: views, need: views[:2], run: (*webAPI).viewsPush},
		"views.update": {
			tier: rates.Tier4, args: []string{"view", "view_id", "external_id", "hash"}, need: []string{"view"},
			run: (*webAPI).viewsUpdate,
		},
		"views.publish": {
			tier: rates.Tier4, args: []string{"user_id", "view", "hash"}, need: []string{"user_id", "view"},
			run: (*webAPI).viewsPublish,
		},
		"users.info": {
			tier: rates.Tier4, scopes: []string{"users:read"}, args: []string{"user", "include_locale"},
			need: []string{"user"}, run: (*webAPI).usersInfo,
		},
		"users.lookupByEmail": {
			tier: rates.Tier3, scopes: []string{"users:read.email"}, args: []string{"email"}, need: []string{"email"},
			run: (*webAPI).lookupByEmail,
		},
		"usergroups.list": {
			tier: rates.Tier2, scopes: []string{"usergroups:read"},
			args: []string{"include_users", "include_count", "include_disabled", "team_id"},
			run:  (*webAPI).usergroupsList,
		},
		"usergroups.users.list": {
			tier: rates.Tier2, scopes: []string{"usergroups:read"},
			args: []string{"usergroup", "include_disabled", "team_id"}, need: []string{"usergroup"},
			run: (*webAPI).usergroupsUsersList,
		},
		"conversations.info": {
			tier: rates.Tier3, scopes: readScopes, args: []string{"channel", "include_locale", "include_num_members"},
			need: []string{"channel"}, run: (*webAPI).conversationsInfo,
		},
		"conversations.members": {
			tier: rates.Tier4, scopes: readScopes, args: []string{"channel", "cursor", "limit"},
			need: []string{"channel"},
			run:  (*webAPI).conversationsMembers,
		},
		"conversations.history": {
			tier: rates.Tier3, scopes: historyScopes, args: pageArgs, need: []string{"channel"},
			run: (*webAPI).conversationsHistory,
		},
		"conversations.replies": {
			tier: rates.Tier3, scopes: historyScopes, args: append([]string{"ts"}, pageArgs...),
			need: []string{"channel", "ts"}, run: (*webAPI).conversationsReplies,
		},
		"conversations.open": {
			tier: rates.Tier3, scopes: []string{"im:write"},
			args: []string{"channel", "users", "return_im", "prevent_creation"}, run: (*webAPI).conversationsOpen,
		},
		"reactions.add": {
			tier: rates.Tier3, scopes: []string{"reactions:write"}, args: []string{"channel", "timestamp", "name"},
			need: []string{"channel", "timestamp", "name"}, run: (*webAPI).reactionsAdd,
		},
		validateMethod: {
			tier: rates.Special, args: []string{"blocks", "message", "view"}, run: (*webAPI).blocksValidate,
		},
		"apps.connections.open": {
			tier: rates.Tier1, appToken: true, scopes: []string{"connections:write"}, run: (*webAPI).connectionsOpen,
		},
	}
}
