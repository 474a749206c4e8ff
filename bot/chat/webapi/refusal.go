package webapi

import (
	"errors"

	"github.com/slack-go/slack"

	"twokey/commands/port"
)

// How far a refusal goes, and what it is about: the answers by which the outbox
// decides what to do next.

// channelWideCodes are the codes by which a channel, or the workspace, refuses the bot
// whatever it does there. By others it refuses messages of one kind, or in one
// thread (bot/chat, section 8.4): edits may go through all the same.
var channelWideCodes = map[string]bool{
	"channel_not_found": true, "not_in_channel": true, "is_archived": true, "is_inactive": true, "channel_is_limited_access": true,
	"method_not_supported_for_channel_type": true,
	"invalid_auth":                          true, "not_authed": true, "account_inactive": true, "token_revoked": true, "token_expired": true, "not_allowed_token_type": true,
	"enterprise_is_restricted": true, "org_login_required": true, "team_added_to_org": true, "team_access_not_granted": true,
	"access_denied": true, "ekm_access_denied": true, "no_permission": true, "app_access_restricted": true,
	"message_limit_exceeded": true,
}

var threadCodes = map[string]bool{"restricted_action_thread_locked": true, "thread_locked": true}

// Reach tells how far the refusal goes.
func (e *Permanent) Reach() port.Reach {
	switch {
	case channelWideCodes[e.Code]:
		return port.OfAll
	case threadCodes[e.Code]:
		return port.OfItsThread
	}
	return port.OfItsKind
}

// Gone tells whether the message that was to be changed is no longer there.
func (e *Permanent) Gone() bool { return e.Code == "message_not_found" }

// Nobody tells whether Slack knows no such person or group, the group is
// disabled, or the workspace's plan has no groups: whoever was asked about never
// counts, until a person changes that.
func (e *Permanent) Nobody() bool {
	switch e.Code {
	case "user_not_found", "user_not_visible", "no_such_subteam", "subteam_disabled", planHasNoGroups:
		return true
	}
	return false
}

// NoGroups tells whether the workspace's plan has no user groups.
func (e *Permanent) NoGroups() bool { return e.Code == planHasNoGroups }

const planHasNoGroups = "plan_upgrade_required"

// hopelessCodes are the codes by which Slack refuses the message itself, or says that
// what was to be changed or answered is out of reach: no change of rights or settings lets it through.
var hopelessCodes = map[string]bool{
	"client": true, "msg_too_long": true, "msg_blocks_too_long": true, "no_text": true,
	"invalid_blocks": true, "invalid_blocks_format": true, "invalid_arguments": true,
	"metadata_too_large": true, "invalid_metadata_format": true, "invalid_metadata_schema": true,
	"message_not_found": true, "cant_update_message": true, "edit_window_closed": true, "block_mismatch": true,
	"invalid_attachments": true, "too_many_attachments": true, "attachment_payload_limit_exceeded": true, "markdown_text_conflict": true,
	"too_many_contact_cards": true,
	"thread_not_found":       true, "cannot_reply_to_message": true,
}

// Hopeless tells whether this very message will never be taken, whatever a
// person changes; else it is the channel, the token or a scope.
func (e *Permanent) Hopeless() bool { return hopelessCodes[e.Code] }

// misshapenCodes are the codes by which Slack refuses what a message looks like, and
// not its destination or its sender.
var misshapenCodes = map[string]bool{
	"msg_too_long": true, "msg_blocks_too_long": true, "no_text": true, "invalid_blocks": true, "invalid_blocks_format": true,
	"invalid_arguments": true, "client": true, "block_mismatch": true, "invalid_payload": true,
}

// Misshapen reports whether Slack refused the message for its form.
func (e *Permanent) Misshapen() bool { return misshapenCodes[e.Code] }

// IsMisshapen reports whether Slack refused a message for its form.
func IsMisshapen(err error) bool {
	var p *Permanent
	return errors.As(err, &p) && p.Misshapen()
}

// personalCodes are the codes by which Slack refuses direct messages to one person, and
// not to others.
var personalCodes = map[string]bool{
	"user_not_found": true, "user_disabled": true, "user_not_visible": true, "cannot_dm_bot": true, "channel_not_found": true,
	"users_not_found": true, "is_archived": true, "not_in_channel": true, "user_is_restricted": true, "invalid_user_combination": true,
}

// Personal tells whether a direct message was refused for whom it is for: others
// can be told.
func (e *Permanent) Personal() bool { return personalCodes[e.Code] }

// IsLostDuplicate reports that Slack takes a post for one that it had by its
// client_msg_id, and does not find that one. Nothing was posted, and with the same
// id nothing ever will be (bot/chat, section 6.2).
func IsLostDuplicate(err error) bool {
	var e slack.SlackErrorResponse
	return errors.As(err, &e) && (e.Err == duplicateMessageNotFound || e.Err == duplicateChannelNotFound)
}
