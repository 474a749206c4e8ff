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

	"twokey/commands/port"
)

// How long to wait if Slack does not say, and the longest wait that is believed.
const (
	defaultRetry = 5 * time.Second
	longestRetry = time.Hour
)

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

// Unwrap returns what callers need of it: a *port.PermanentError.
func (e *Permanent) Unwrap() error {
	p := &port.PermanentError{
		Sentence: e.Sentence, Reach: e.reach(), Hopeless: hopelessCodes[e.Code], Misshapen: misshapenCodes[e.Code],
		TokenRefused: e.tokenRefused(), Cause: e.Cause,
	}
	if p.TokenRefused {
		p.After = tokenRetryAfter
	}
	return p
}

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

// Classify turns what slack-go returned into nil, *Permanent or one of the other errors of a chat that package
// port has.
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
		return rateLimited(method, limited.RetryAfter, err)
	case errors.As(err, &status):
		return classifyStatus(method, status)
	case errors.As(err, &refused):
		return ClassifyCode(method, refused)
	case errors.As(err, &number):
		// A 429 whose Retry-After is not a whole number (bot/chat, section 8.3).
		return rateLimited(method, defaultRetry, fmt.Errorf("429 with an unreadable Retry-After: %w", err))
	case errors.Is(err, slack.ErrParametersMissing), errors.Is(err, slack.ErrBlockIDNotUnique):
		say := "the request was not well formed: " + err.Error()
		return &Permanent{Method: method, Code: "client", Sentence: say, Cause: err}
	}
	if neverLeft(err) {
		return unavailable(method, 2*time.Second, err)
	}
	return outcomeUnknown(method, 2*time.Second, err)
}

// rateLimited is for a limit that was reached, or would have been.
func rateLimited(method string, after time.Duration, cause error) error {
	return fmt.Errorf("Slack %s: %w", method, &port.RateLimitedError{
		After: believable(after), Alone: errors.Is(cause, errYielding), Cause: cause,
	})
}

// unavailable is for what was not done, and passes by itself.
func unavailable(method string, after time.Duration, cause error) error {
	return fmt.Errorf("Slack %s: %w", method, &port.UnavailableError{After: believable(after), Cause: cause})
}

// outcomeUnknown is for what may have been carried out (bot/chat, section 6.4).
func outcomeUnknown(method string, after time.Duration, cause error) error {
	return fmt.Errorf("Slack %s: %w", method, &port.OutcomeUnknownError{After: believable(after), Cause: cause})
}

// believable is how long to wait if Slack says after, or 0 for nothing.
func believable(after time.Duration) time.Duration {
	if after <= 0 {
		return defaultRetry
	}
	return min(max(after, time.Second), longestRetry)
}

// NotDone is err of a call that may always be made twice: nobody has to look first.
func NotDone(method string, err error) error {
	if e, ok := errors.AsType[*port.OutcomeUnknownError](err); ok {
		return unavailable(method, e.After, e.Cause)
	}
	return err
}

// LimitReached reports whether Slack itself said that its limit was reached.
func LimitReached(err error) bool {
	return port.IsLimited(err) && !errors.Is(err, errPaced) && !errors.Is(err, errYielding)
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
		return rateLimited(method, defaultRetry, e)
	case e.Code >= 500 || e.Code == http.StatusRequestTimeout:
		return outcomeUnknown(method, 2*time.Second, e)
	}
	return unavailable(method, 30*time.Second, e)
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
		return rateLimited(method, defaultRetry, e)
	case unknownOutcomeCodes[e.Err]:
		return outcomeUnknown(method, 2*time.Second, e)
	case passingCodes[e.Err]:
		return unavailable(method, defaultRetry, e)
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
	var p *Permanent
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &p):
		return p.Code
	case port.IsOutcomeUnknown(err):
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
