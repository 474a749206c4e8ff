package webapi

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
)

// How long to wait if Slack does not say, and the longest wait that is believed.
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
	// before posting again (bot/chat, section 6.4).
	Unknown bool
	Cause   error
	limited bool // Slack said that its rate limit was reached
}

func (e *RetryLater) Error() string {
	outcome := "nothing was done"
	if e.Unknown {
		outcome = "outcome unknown"
	}
	return fmt.Sprintf("Slack %s: %v (%s, try again in %s)", e.Method, e.Cause, outcome, e.After)
}

func (e *RetryLater) Unwrap() error { return e.Cause }

// RetryAfter is how long to wait; ok is always true.
func (e *RetryLater) RetryAfter() (after time.Duration, ok bool) { return e.After, true }

// OutcomeUnknown reports whether the call may have been carried out.
func (e *RetryLater) OutcomeUnknown() bool { return e.Unknown }

// LimitReached reports whether Slack itself said that its limit was reached.
func (e *RetryLater) LimitReached() bool { return e.limited }

// Limited reports whether one of Slack's limits was reached, or would have been:
// nothing was done, and nothing is wrong.
func (e *RetryLater) Limited() bool {
	return e.limited || errors.Is(e.Cause, errPaced) || e.Alone()
}

// Alone reports whether other calls under the same limit may go on: this one lets
// them pass.
func (e *RetryLater) Alone() bool { return errors.Is(e.Cause, errYielding) }

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

// Errors in answers that are no error to slack-go (bot/chat, section 8.2).
var (
	// ErrNoAnswer: the answer says neither yes nor no. A failed check counts as no
	// (promise 7).
	ErrNoAnswer = errors.New("the answer says nothing")
	// errNoTS: the answer names no message, such as {}, null and {"ok":false}.
	errNoTS = errors.New("the answer names no message")
)

// RequireName makes an answer without the timestamp or the id of what was made an
// error.
func RequireName(err error, name string) error {
	if err == nil && name == "" {
		return errNoTS
	}
	return err
}

// Classify turns what slack-go returned into nil, *RetryLater or *Permanent.
// It never keeps a token: slack-go's errors carry none.
func Classify(method string, err error) error {
	if err == nil {
		return nil
	}
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	var refused slack.SlackErrorResponse
	var number *strconv.NumError
	switch {
	case errors.As(err, &limited):
		return rateLimitedError(method, limited.RetryAfter, err)
	case errors.As(err, &status):
		return classifyStatus(method, status)
	case errors.As(err, &refused):
		return ClassifyCode(method, refused)
	case errors.As(err, &number):
		// A 429 whose Retry-After is not a whole number (bot/chat, section 8.3).
		return rateLimitedError(method, defaultRetry, fmt.Errorf("429 with an unreadable Retry-After: %w", err))
	case errors.Is(err, slack.ErrParametersMissing), errors.Is(err, slack.ErrBlockIDNotUnique):
		say := "the call was not well formed: " + err.Error()
		return &Permanent{Method: method, Code: "client", Sentence: say, Cause: err}
	}
	return retryLater(method, 2*time.Second, !neverLeft(err), err)
}

func retryLater(method string, after time.Duration, unknown bool, err error) *RetryLater {
	if after <= 0 {
		after = defaultRetry
	}
	return &RetryLater{Method: method, After: min(max(after, time.Second), longestRetry), Unknown: unknown, Cause: err}
}

// rateLimitedError is for a rate limit: nothing was done.
func rateLimitedError(method string, after time.Duration, err error) *RetryLater {
	e := retryLater(method, after, false, err)
	e.limited = true
	return e
}

// neverLeft reports whether nothing was sent, because the connection was never made or
// the deadline passed before: then nothing can have been done.
func neverLeft(err error) bool {
	var op *net.OpError
	return errors.Is(err, errDeadlinePassed) || errors.As(err, &op) && op.Op == "dial"
}

// classifyStatus classifies an HTTP status. A 429 without Retry-After arrives as a bare
// status (bot/chat, section 8.3). After a 5xx the outcome is unknown (section 6.4). Any
// other status comes from something on the way, which let nothing through.
func classifyStatus(method string, e slack.StatusCodeError) error {
	switch {
	case e.Code == http.StatusTooManyRequests:
		return rateLimitedError(method, defaultRetry, e)
	case e.Code >= 500 || e.Code == http.StatusRequestTimeout:
		return retryLater(method, 2*time.Second, true, e)
	}
	return retryLater(method, 30*time.Second, false, e)
}

// unknownOutcomeCodes are answers after which the call may have been carried out;
// duplicate_message_not_allowed says that the same client_msg_id is there already.
var unknownOutcomeCodes = codeSet(`
	fatal_error internal_error service_unavailable request_timeout duplicate_message_not_allowed update_failed`)

// passingCodes are answers after which nothing was done, and that pass by themselves
// (bot/chat, section 8.4). After an invalid cursor the search begins again.
var passingCodes = codeSet(`
	fetch_members_failed list_record_comment_fetch_failed external_channel_migrating streaming_state_conflict
	invalid_cursor`, duplicateMessageNotFound, duplicateChannelNotFound)

func ClassifyCode(method string, e slack.SlackErrorResponse) error {
	switch {
	case e.Err == "ratelimited" || e.Err == "rate_limited":
		return rateLimitedError(method, defaultRetry, e)
	case unknownOutcomeCodes[e.Err]:
		return retryLater(method, 2*time.Second, true, e)
	case passingCodes[e.Err]:
		return retryLater(method, defaultRetry, false, e)
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
		return fmt.Sprintf("the token lacks the scope %s; add it under OAuth & Permissions and install the app again",
			need)
	}
	s, ok := codeSentences[e.Err]
	switch {
	case ok:
	case ourFaultCodes[e.Err]:
		s = ourFault
	default:
		s = "see https://docs.slack.dev/reference/methods/" + method + " for this code"
	}
	if notes := e.ResponseMetadata.Messages; len(notes) > 0 {
		s += " (" + shorten(strings.Join(notes, "; "), 300) + ")"
	}
	return s
}

// shorten cuts s to at most n code points, the last of which is then an ellipsis.
func shorten(s string, n int) string {
	if letters := []rune(s); len(letters) > n {
		return string(letters[:n-1]) + "…"
	}
	return s
}

// OutcomeOf names a classified error for a metric.
func OutcomeOf(err error) string {
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

// CodeOf is Slack's code of a refusal; empty if Slack did not refuse.
func CodeOf(err error) string {
	var p *Permanent
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// Words are an error's for an operator. If Slack refused, they say what is wrong,
// what to do, and Slack's code.
func Words(err error) string {
	var p *Permanent
	if errors.As(err, &p) {
		return p.Sentence + " (" + p.Code + ")"
	}
	return err.Error()
}
