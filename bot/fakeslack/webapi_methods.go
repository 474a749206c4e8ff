package fakeslack

import "twokey/bot/fakeslack/methods"

// runs are what the methods do, by name.
var runs map[string]func(*webAPI, args) (answer, *refusal)

// It is filled in init because methods refer to it.
func init() {
	runs = map[string]func(*webAPI, args) (answer, *refusal){
		"auth.test":             (*webAPI).authTest,
		"chat.postMessage":      (*webAPI).postMessage,
		"chat.postEphemeral":    (*webAPI).postEphemeral,
		"chat.update":           (*webAPI).updateMessage,
		"chat.delete":           (*webAPI).deleteMessage,
		"chat.getPermalink":     (*webAPI).getPermalink,
		"views.open":            (*webAPI).viewsOpen,
		"views.push":            (*webAPI).viewsPush,
		"views.update":          (*webAPI).viewsUpdate,
		"views.publish":         (*webAPI).viewsPublish,
		"users.info":            (*webAPI).usersInfo,
		"users.lookupByEmail":   (*webAPI).lookupByEmail,
		"usergroups.list":       (*webAPI).usergroupsList,
		"usergroups.users.list": (*webAPI).usergroupsUsersList,
		"conversations.info":    (*webAPI).conversationsInfo,
		"conversations.members": (*webAPI).conversationsMembers,
		"conversations.history": (*webAPI).conversationsHistory,
		"conversations.replies": (*webAPI).conversationsReplies,
		"conversations.open":    (*webAPI).conversationsOpen,
		"reactions.add":         (*webAPI).reactionsAdd,
		methods.Validate:        (*webAPI).blocksValidate,
		"apps.connections.open": (*webAPI).connectionsOpen,
	}
	for name := range methods.All {
		if runs[name] == nil {
			panic("fakeslack: no method runs " + name)
		}
	}
}
