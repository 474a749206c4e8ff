package chat

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/commands/port"
)

// How long to wait where Slack does not say, and the most that is believed.
const (
	defaultRetry = 5 * time.Second
	longestRetry = time.Hour
)

// RetryLater says that a call did not succeed and may be made again.
type RetryLater struct {
	Method string
	// After is how long to wait first; at least a second.
	After time.Duration
	// Unknown says that the call may have been carried out all the same: look
	// before posting again (facts/slack.md section 6).
	Unknown bool
	Cause   error
	limited bool // Slack's rate limit was met
}

func (e *RetryLater) Error() string {
	outcome := "nothing was done"
	if e.Unknown {
		outcome = "outcome unknown"
	}
	return fmt.Sprintf("Slack %s: %v (%s, try again in %s)", e.Method, e.Cause, outcome, e.After)
}

func (e *RetryLater) Unwrap() error { return e.Cause }

// RetryAfter tells how long to wait; ok is always true.
func (e *RetryLater) RetryAfter() (after time.Duration, ok bool) { return e.After, true }

// OutcomeUnknown tells whether the call may have been carried out.
func (e *RetryLater) OutcomeUnknown() bool { return e.Unknown }

// Limited tells whether one of Slack's limits was met, or would have been:
// nothing was done, and nothing is wrong.
func (e *RetryLater) Limited() bool {
	return e.limited || errors.Is(e.Cause, errPaced) || e.Alone()
}

// Alone tells whether others that are held to the same limit may go on: this one
// lets them pass.
func (e *RetryLater) Alone() bool { return errors.Is(e.Cause, errCalm) }

// Permanent says that the same call will be refused again until a person
// changes something; Sentence says what.
type Permanent struct {
	Method   string
	Code     string // Slack's own
	Sentence string // for people: what is wrong and what to do
	Cause    error
}

func (e *Permanent) Error() string {
	return fmt.Sprintf("Slack %s refused: %s: %s", e.Method, e.Code, e.Sentence)
}

func (e *Permanent) Unwrap() error { return e.Cause }

// Permanent is always true; it is what callers test for.
func (e *Permanent) Permanent() bool { return true }

// Words is the sentence, for whoever words the refusal.
func (e *Permanent) Words() string { return e.Sentence }

// ofAll are the codes by which a channel, or the workspace, refuses the bot
// whatever it does there. By others it refuses messages of one kind, or in one
// thread (facts/slack.md section 12): edits may go through all the same.
var ofAll = map[string]bool{
	"channel_not_found": true, "not_in_channel": true, "is_archived": true, "is_inactive": true, "channel_is_limited_access": true,
	"method_not_supported_for_channel_type": true,
	"invalid_auth":                          true, "not_authed": true, "account_inactive": true, "token_revoked": true, "token_expired": true, "not_allowed_token_type": true,
	"enterprise_is_restricted": true, "org_login_required": true, "team_added_to_org": true, "team_access_not_granted": true,
	"access_denied": true, "ekm_access_denied": true, "no_permission": true, "app_access_restricted": true,
	"message_limit_exceeded": true,
}

var ofThread = map[string]bool{"restricted_action_thread_locked": true, "thread_locked": true}

// Reach tells how far the refusal goes.
func (e *Permanent) Reach() port.Reach {
	switch {
	case ofAll[e.Code]:
		return port.OfAll
	case ofThread[e.Code]:
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

// hopeless are the codes by which Slack refuses the message itself, or says that
// what was to be changed or answered is out of reach: no change of rights or settings lets it through.
var hopeless = map[string]bool{
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
func (e *Permanent) Hopeless() bool { return hopeless[e.Code] }

// errNoTS stands for an answer that names no message: {}, null and
// {"ok":false} are no error to slack-go (facts/slack.md section 8).
var errNoTS = errors.New("the answer names no message")

// classify turns what slack-go returned into nil, *RetryLater or *Permanent.
// It never keeps a token: slack-go's errors carry none.
func classify(method string, err error) error {
	if err == nil {
		return nil
	}
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	var refused slack.SlackErrorResponse
	var number *strconv.NumError
	switch {
	case errors.As(err, &limited):
		return tooMany(method, limited.RetryAfter, err)
	case errors.As(err, &status):
		return classifyStatus(method, status)
	case errors.As(err, &refused):
		return classifyCode(method, refused)
	case errors.As(err, &number):
		// A 429 whose Retry-After is no whole number (section 8).
		return tooMany(method, defaultRetry, fmt.Errorf("429 with an unreadable Retry-After: %w", err))
	case errors.Is(err, slack.ErrParametersMissing), errors.Is(err, slack.ErrBlockIDNotUnique):
		return &Permanent{Method: method, Code: "client", Sentence: "the call was not well formed: " + err.Error(), Cause: err}
	}
	return later(method, 2*time.Second, !neverLeft(err), err)
}

func later(method string, after time.Duration, unknown bool, err error) *RetryLater {
	if after <= 0 {
		after = defaultRetry
	}
	return &RetryLater{Method: method, After: min(max(after, time.Second), longestRetry), Unknown: unknown, Cause: err}
}

// tooMany is for a rate limit: nothing was done.
func tooMany(method string, after time.Duration, err error) *RetryLater {
	e := later(method, after, false, err)
	e.limited = true
	return e
}

// neverLeft reports whether the connection was never made, or the time over
// before: then nothing was sent, and nothing can have been done.
func neverLeft(err error) bool {
	var op *net.OpError
	return errors.Is(err, errTooLate) || errors.As(err, &op) && op.Op == "dial"
}

// classifyStatus: 429 without Retry-After arrives as a bare status (section 8);
// 5xx is an unknown outcome (section 6); any other status is something on the
// way that let nothing through.
func classifyStatus(method string, e slack.StatusCodeError) error {
	switch {
	case e.Code == http.StatusTooManyRequests:
		return tooMany(method, defaultRetry, e)
	case e.Code >= 500 || e.Code == http.StatusRequestTimeout:
		return later(method, 2*time.Second, true, e)
	}
	return later(method, 30*time.Second, false, e)
}

// unknownCodes are answers after which the call may have been carried out.
var unknownCodes = map[string]bool{
	"fatal_error": true, "internal_error": true, "service_unavailable": true, "request_timeout": true,
	"duplicate_message_not_allowed": true, // the same client_msg_id: it is there already
	"update_failed":                 true,
}

// passing are answers after which nothing was done, and that pass by themselves
// (facts/slack.md section 12). A cursor that is no longer valid is asked for anew.
var passing = map[string]bool{
	"fetch_members_failed": true, "list_record_comment_fetch_failed": true, "external_channel_migrating": true,
	"streaming_state_conflict": true, "invalid_cursor": true, noSuchTwin: true, noSuchTwinPlace: true,
}

func classifyCode(method string, e slack.SlackErrorResponse) error {
	switch {
	case e.Err == "ratelimited" || e.Err == "rate_limited":
		return tooMany(method, defaultRetry, e)
	case unknownCodes[e.Err]:
		return later(method, 2*time.Second, true, e)
	case passing[e.Err]:
		return later(method, defaultRetry, false, e)
	}
	return &Permanent{Method: method, Code: e.Err, Sentence: sentenceOf(method, e), Cause: e}
}

// sentenceOf words a code. A missing scope is named, and what to do about it.
func sentenceOf(method string, e slack.SlackErrorResponse) string {
	if say := tokenSentence(method, e); say != "" {
		return say
	}
	if e.Err == missingScope {
		need := e.Needed
		if need == "" {
			need = "another scope"
		}
		return fmt.Sprintf("the token lacks the scope %s; add it under OAuth & Permissions and install the app again", need)
	}
	s, ok := sentences[e.Err]
	switch {
	case ok:
	case ours[e.Err]:
		s = ourFault
	default:
		s = "see https://docs.slack.dev/reference/methods/" + method + " for this code"
	}
	if notes := e.ResponseMetadata.Messages; len(notes) > 0 {
		s += " (" + blockkit.Cut(strings.Join(notes, "; "), 300) + ")"
	}
	return s
}

// outcomeOf names a classified error for a metric.
func outcomeOf(err error) string {
	var l *RetryLater
	var p *Permanent
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &p):
		return p.Code
	case errors.As(err, &l) && l.Unknown:
		return "unknown"
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return "cancelled"
	}
	return "later"
}
