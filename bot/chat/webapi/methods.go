package webapi

// The methods of the Web API that Twokey calls.
const (
	AppsConnectionsOpen  = "apps.connections.open"
	AuthTest             = "auth.test"
	BlocksValidate       = "blocks.validate"
	ChatGetPermalink     = "chat.getPermalink"
	ChatPostEphemeral    = "chat.postEphemeral"
	ChatPostMessage      = "chat.postMessage"
	ChatUpdate           = "chat.update"
	ConversationsHistory = "conversations.history"
	ConversationsInfo    = "conversations.info"
	ConversationsMembers = "conversations.members"
	ConversationsOpen    = "conversations.open"
	ConversationsReplies = "conversations.replies"
	UsergroupsList       = "usergroups.list"
	UsergroupsUsersList  = "usergroups.users.list"
	UsersInfo            = "users.info"
	ViewsOpen            = "views.open"
	ViewsPublish         = "views.publish"
	ViewsUpdate          = "views.update"
)

// ResponseURL stands for a response_url in place of a method's name.
const ResponseURL = "response_url"
