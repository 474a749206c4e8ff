package webapi

import "strings"

// What Slack's codes mean: what is wrong and what to do. testdata/slack-errors.json
// lists those that its pages document for the methods in use, and a test that each
// of them is classed.

// Codes of client_msg_id: Slack takes the post for one that it had, and does not
// find that. It is posted again without the id (bot/chat, section 6.2).
const (
	duplicateMessageNotFound = "duplicate_message_not_found"
	duplicateChannelNotFound = "duplicate_channel_not_found"
)

const (
	// lateTrigger: Slack spells this in two ways (bot/chat, section 3.1).
	lateTrigger   = "the dialog was not opened within the three seconds that Slack gives; press the button again"
	openedAlready = "the dialog was opened already; press the button again"
	ourBlocks     = "Slack does not take these blocks; this is a fault of Twokey"
	ourFault      = "Slack does not take this request of Twokey; this is a fault of Twokey, so report it with the log"
	outdated      = "Slack has ended this method; use a newer version of Twokey"
	frozen        = "the channel is archived or frozen; unarchive it, or propose in another channel"
)

// codeSentences say what is wrong and what to do, by Slack's code.
var codeSentences = map[string]string{
	// The channel, and what may be said in it.
	"channel_not_found": "the channel does not exist, or it is private and lacks the bot; invite the bot with /invite",
	"not_in_channel":    "the bot is not in the channel; invite it with /invite",
	"is_archived":       "the channel is archived; unarchive it, or propose in another channel",
	"is_inactive":       frozen,
	"restricted_action": "the workspace does not let the bot post in this channel; " +
		"ask an administrator",
	"restricted_action_thread_locked": "the thread is locked; unlock it",
	"restricted_action_non_threadable_channel": "the channel allows no threads; allow them, or propose in another " +
		"channel",
	"restricted_action_thread_only_channel": "the channel takes messages in threads only; allow others, or propose " +
		"in another channel",
	"restricted_action_read_only_channel": "the channel is read-only; let the bot post in it, or propose in another " +
		"channel",
	"channel_is_limited_access": "the channel is open to certain people only, and the bot is not one of them; propose " +
		"in another channel",
	"method_not_supported_for_channel_type": "this kind of conversation cannot be used; propose in a channel",
	"message_limit_exceeded": "the workspace sends more messages than its plan allows; wait, or have an " +
		"administrator upgrade the plan",
	"messages_tab_disabled": "the app's Messages tab is off; turn it on under App Home, as " +
		"deploy/slack-manifest.yaml has it",
	"ekm_access_denied": "administrators have suspended messages here, by their own encryption keys; ask an " +
		"administrator",

	// The message.
	"msg_too_long":            "the message is too long; this is a fault of Twokey",
	"msg_blocks_too_long":     "the message's blocks are too long; this is a fault of Twokey",
	"invalid_blocks":          ourBlocks,
	"invalid_blocks_format":   ourBlocks,
	"invalid_arguments":       "Slack does not take these arguments; this is a fault of Twokey",
	"block_mismatch":          "this edit would replace formatted blocks by plain ones; this is a fault of Twokey",
	"message_not_found":       "the message is gone; somebody deleted it",
	"thread_not_found":        "the thread is gone; somebody deleted its first message",
	"cannot_reply_to_message": "Slack takes no replies to this message; propose again",
	"cant_update_message":     "the message is not the bot's own",
	"edit_window_closed": "the workspace does not let messages be edited this late; let it, under Workspace " +
		"Settings, Message Editing",

	// People and groups.
	"user_not_found":           "there is no such person in this workspace",
	"users_not_found":          "Slack does not find the people of a user group; check the group in Slack",
	"user_not_visible":         "the app may not see this person; name somebody else in the policy file",
	"user_disabled":            "the account is deactivated; name somebody else in the policy file",
	"cannot_dm_bot":            "this is a bot, and bots get no direct messages; name a person in the policy file",
	"user_not_in_channel":      "the person is not in the channel, so nothing can be shown to them there",
	"invalid_user_combination": "these people share no channel, so that no message can reach them together",
	"no_such_subteam":          "there is no such user group; check its id in the policy file",
	"subteam_disabled":         "the user group is disabled; enable it, or name another in the policy file",
	planHasNoGroups: "the workspace's plan has no user groups; name people by their ids in the policy file, or " +
		"upgrade the plan",
	"invalid_team": "Slack does not find the workspace of the user groups; install the app again in the workspace",

	// Dialogs and the Home tab.
	"invalid_trigger_id":   "the dialog could not be opened; press the button again",
	"expired_trigger_id":   lateTrigger,
	"trigger_expired":      lateTrigger,
	"exchanged_trigger_id": openedAlready,
	"trigger_exchanged":    openedAlready,
	"hash_conflict":        "the dialog changed meanwhile",
	"not_found":            "the dialog was closed meanwhile",
	"view_too_large":       "the dialog is too large; this is a fault of Twokey",
	"not_enabled": "the app's Home tab is off; turn it on under App Home, as " +
		"deploy/slack-manifest.yaml has it",

	// What the app may do at all.
	"enterprise_is_restricted": "the organisation does not let the app do this; ask an administrator",
	"access_denied": "Slack denies the app access to this; ask an administrator whether the app is approved and may " +
		"do this",
	"app_access_restricted": "an administrator restricts who may use this app; ask an administrator to allow it",
	"no_permission":         "the app may not do this here; invite the bot with /invite, or else install the app again",
	"unknown_method":        outdated,
	"method_deprecated":     outdated,
	"deprecated_endpoint":   outdated,
}

// ourFaultCodes are codes of calls that are wrong in themselves, or that use what Twokey
// never uses: files, drafts, attachments, somebody else's name.
var ourFaultCodes = codeSet(`
	invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type missing_post_type
	missing_argument missing_args insecure_request no_text team_not_found invalid_limit invalid_ts_latest
	invalid_ts_oldest invalid_metadata_filter_keys too_many_users not_enough_users users_list_not_supplied
	invalid_metadata_format invalid_metadata_schema metadata_too_large metadata_must_be_sent_from_app
	as_user_not_supported send_on_behalf_not_allowed markdown_text_conflict cant_broadcast_message
	no_dual_broadcast_content_update invalid_attachments too_many_attachments attachment_payload_limit_exceeded
	too_many_contact_cards draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
	missing_file_data file_not_found file_deleted file_is_deleted file_share_limit_reached
	max_file_sharing_exceeded blocked_file_type unable_to_share_files posting_to_channel_denied
	slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
	slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
	slack_connect_lists_sharing_blocked duplicate_external_id missing_profile_id not_implemented
	push_limit_reached invalid_view invalid_message`)

// codeSet is the set of the codes in a list, and of more.
func codeSet(list string, more ...string) map[string]bool {
	set := map[string]bool{}
	for _, code := range append(strings.Fields(list), more...) {
		set[code] = true
	}
	return set
}
