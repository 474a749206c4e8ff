package webapi

import (
	"errors"

	"github.com/slack-go/slack"

	"twokey/commands/port"
)

// How far a refusal goes, and what it is about: the answers by which the outbox
// decides what to do next.

// channelWideCodes are the codes by which a channel, or the workspace, refuses all that
// the bot does there. Other codes concern messages of one kind, or one thread (bot/chat,
// section 8.4): edits may go through all the same.
var channelWideCodes = codeSet(`
	channel_not_found not_in_channel is_archived is_inactive channel_is_limited_access
	method_not_supported_for_channel_type invalid_auth not_authed account_inactive token_revoked token_expired
	not_allowed_token_type enterprise_is_restricted org_login_required team_added_to_org
	team_access_not_granted access_denied ekm_access_denied no_permission app_access_restricted
	message_limit_exceeded`)

var threadCodes = codeSet(`
	restricted_action_thread_locked thread_locked`)

// reach is how far the refusal goes.
func (e *Permanent) reach() port.Reach {
	switch {
	case channelWideCodes[e.Code]:
		return port.ReachChannel
	case threadCodes[e.Code]:
		return port.ReachThread
	}
	return port.ReachKind
}

// Gone reports whether the message that was to be changed is no longer there.
func (e *Permanent) Gone() bool { return e.Code == "message_not_found" }

// OutOfReach reports whether the message that was to be changed is gone, or can no longer
// be edited.
func (e *Permanent) OutOfReach() bool {
	return e.Gone() || e.Code == "cant_update_message" || e.Code == "edit_window_closed"
}

// Nobody reports whether a person or group does not count until somebody changes that:
// Slack does not know them, the group is disabled, or the plan has no groups.
func (e *Permanent) Nobody() bool {
	switch e.Code {
	case "user_not_found", "user_not_visible", "no_such_subteam", "subteam_disabled", planHasNoGroups:
		return true
	}
	return false
}

// NoGroups reports whether the workspace's plan has no user groups.
func (e *Permanent) NoGroups() bool { return e.Code == planHasNoGroups }

const planHasNoGroups = "plan_upgrade_required"

// hopelessCodes are the codes by which Slack refuses the message itself, or says that the
// message to edit or answer is out of reach: no change of rights or settings helps.
// By the others the channel, the token or a scope is at fault.
var hopelessCodes = codeSet(`
	client msg_too_long msg_blocks_too_long no_text invalid_blocks invalid_blocks_format invalid_arguments
	metadata_too_large invalid_metadata_format invalid_metadata_schema message_not_found cant_update_message
	edit_window_closed block_mismatch invalid_attachments too_many_attachments
	attachment_payload_limit_exceeded markdown_text_conflict too_many_contact_cards thread_not_found
	cannot_reply_to_message`)

// misshapenCodes are the codes by which Slack refuses a message's form, not its
// destination or its sender.
var misshapenCodes = codeSet(`
	msg_too_long msg_blocks_too_long no_text invalid_blocks invalid_blocks_format invalid_arguments client
	block_mismatch invalid_payload`)

// IsMisshapen reports whether Slack refused a message for its form.
func IsMisshapen(err error) bool {
	var p *Permanent
	return errors.As(err, &p) && misshapenCodes[p.Code]
}

// personalCodes are the codes by which Slack refuses direct messages to one person only.
var personalCodes = codeSet(`
	user_not_found user_disabled user_not_visible cannot_dm_bot channel_not_found users_not_found is_archived
	not_in_channel user_is_restricted invalid_user_combination`)

// Personal reports whether a direct message was refused because of its recipient:
// others can still get theirs.
func (e *Permanent) Personal() bool { return personalCodes[e.Code] }

// IsLostDuplicate reports that Slack takes a post for one that it had by its
// client_msg_id, and does not find that one. Nothing was posted, and with the same
// id nothing ever will be (bot/chat, section 6.2).
func IsLostDuplicate(err error) bool {
	var e slack.SlackErrorResponse
	return errors.As(err, &e) && (e.Err == duplicateMessageNotFound || e.Err == duplicateChannelNotFound)
}
