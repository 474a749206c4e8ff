package fakeslack

// A method is one row of the Web API.
type method struct {
	tier     tier
	scopes   []string // any one of them suffices; none: no scope needed
	appToken bool     // wants the app-level token
	args     []string // every argument that it takes
	need     []string // those that must be there
	run      func(*Slack, args) (answer, *refusal)
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
		"auth.test":             {tier: special, run: (*Slack).authTest},
		"chat.postMessage":      {tier: posting, scopes: chat, args: postArgs, need: []string{"channel"}, run: (*Slack).postMessage},
		"chat.postEphemeral":    {tier: tier4, scopes: chat, args: append([]string{"user"}, postArgs...), need: []string{"channel", "user"}, run: (*Slack).postEphemeral},
		"chat.update":           {tier: tier3, scopes: chat, args: append([]string{"ts", "file_ids"}, postArgs...), need: []string{"channel", "ts"}, run: (*Slack).updateMessage},
		"chat.delete":           {tier: tier3, scopes: chat, args: []string{"channel", "ts", "as_user"}, need: []string{"channel", "ts"}, run: (*Slack).deleteMessage},
		"chat.getPermalink":     {tier: special, args: []string{"channel", "message_ts"}, need: []string{"channel", "message_ts"}, run: (*Slack).permalink},
		"views.open":            {tier: tier4, args: views, need: views[:2], run: (*Slack).viewsOpen},
		"views.push":            {tier: tier4, args: views, need: views[:2], run: (*Slack).viewsPush},
		"views.update":          {tier: tier4, args: []string{"view", "view_id", "external_id", "hash"}, need: []string{"view"}, run: (*Slack).viewsUpdate},
		"views.publish":         {tier: tier4, args: []string{"user_id", "view", "hash"}, need: []string{"user_id", "view"}, run: (*Slack).viewsPublish},
		"users.info":            {tier: tier4, scopes: []string{"users:read"}, args: []string{"user", "include_locale"}, need: []string{"user"}, run: (*Slack).usersInfo},
		"users.lookupByEmail":   {tier: tier3, scopes: []string{"users:read.email"}, args: []string{"email"}, need: []string{"email"}, run: (*Slack).lookupByEmail},
		"usergroups.list":       {tier: tier2, scopes: []string{"usergroups:read"}, args: []string{"include_users", "include_count", "include_disabled", "team_id"}, run: (*Slack).usergroupsList},
		"usergroups.users.list": {tier: tier2, scopes: []string{"usergroups:read"}, args: []string{"usergroup", "include_disabled", "team_id"}, need: []string{"usergroup"}, run: (*Slack).usergroupsUsersList},
		"conversations.info":    {tier: tier3, scopes: readScopes, args: []string{"channel", "include_locale", "include_num_members"}, need: []string{"channel"}, run: (*Slack).conversationsInfo},
		"conversations.members": {tier: tier4, scopes: readScopes, args: []string{"channel", "cursor", "limit"}, need: []string{"channel"}, run: (*Slack).conversationsMembers},
		"conversations.history": {tier: tier3, scopes: historyScopes, args: pageArgs, need: []string{"channel"}, run: (*Slack).conversationsHistory},
		"conversations.replies": {tier: tier3, scopes: historyScopes, args: append([]string{"ts"}, pageArgs...), need: []string{"channel", "ts"}, run: (*Slack).conversationsReplies},
		"conversations.open":    {tier: tier3, scopes: []string{"im:write"}, args: []string{"channel", "users", "return_im", "prevent_creation"}, run: (*Slack).conversationsOpen},
		"reactions.add":         {tier: tier3, scopes: []string{"reactions:write"}, args: []string{"channel", "timestamp", "name"}, need: []string{"channel", "timestamp", "name"}, run: (*Slack).reactionsAdd},
		validateMethod:          {tier: special, args: []string{"blocks", "message", "view"}, run: (*Slack).blocksValidate},
		"apps.connections.open": {tier: tier1, appToken: true, scopes: []string{"connections:write"}, run: (*Slack).connectionsOpen},
	}
}
