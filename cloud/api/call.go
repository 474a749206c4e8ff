package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"twokey/cloud/errcode"
)

const (
	callTimeout = 10 * time.Second // of one attempt
	// ReadTries is how many attempts a read has.
	ReadTries  = 3
	firstPause = 200 * time.Millisecond
	// PageSize is the most entries that a list gives at once.
	PageSize = 100
)

// ErrNoAnswer means HTTP 200 with `{}` or without a request id. It says nothing,
// least of all that a list is empty (cloud/doc.go 8.4).
var ErrNoAnswer = errors.New("the cloud's answer was empty")

// ErrTooMany means that a list was not read to its end, and so was not read.
var ErrTooMany = errors.New("the list is too long to be read")

// Attempt makes one call, within the budget and with fresh credentials. call returns
// the answer and its request id; without either, Attempt returns ErrNoAnswer.
func Attempt[T any](ctx context.Context, r *Region, action string,
	call func(context.Context) (*T, *string, error),
) (*T, error) {
	if err := r.Account.Credentials.Renew(ctx); err != nil {
		return nil, err
	}
	if err := r.Account.limits.wait(ctx, action); err != nil {
		return nil, err
	}
	ctx, cancel := attemptContext(ctx)
	defer cancel()
	answer, id, err := call(ctx)
	switch {
	case err != nil && errors.Is(context.Cause(ctx), errSlow):
		return nil, fmt.Errorf("%w: %w", errSlow, err)
	case err != nil:
		return nil, err
	case answer == nil || id == nil || *id == "":
		return nil, ErrNoAnswer
	}
	return answer, nil
}

// errSlow means that the caller waits no longer for one attempt, and wants no second
// one.
var errSlow = errors.New("the cloud did not answer in time")

type attemptTimeout struct{}

// WithAttemptTimeout bounds each attempt of the calls under the context. The wait
// for their budget does not count.
func WithAttemptTimeout(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, attemptTimeout{}, d)
}

func attemptContext(ctx context.Context) (context.Context, context.CancelFunc) {
	if d, ok := ctx.Value(attemptTimeout{}).(time.Duration); ok {
		return context.WithTimeoutCause(ctx, d, errSlow)
	}
	return ctx, func() {}
}

// Read is Attempt for calls that change nothing: it makes at most three attempts,
// within ctx.
func Read[T any](ctx context.Context, r *Region, action string,
	call func(context.Context) (*T, *string, error),
) (*T, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = r.Client.Pause, 10*r.Client.Pause
	answer, err := backoff.Retry(ctx, func() (*T, error) {
		answer, err := Attempt(ctx, r, action, call)
		if err != nil && (!isTransient(err) || ctx.Err() != nil) {
			return nil, backoff.Permanent(err)
		}
		return answer, err
	}, backoff.WithMaxTries(ReadTries), backoff.WithBackOff(pause), backoff.WithNotify(func(err error,
		d time.Duration,
	) {
		r.Client.Log.DebugContext(ctx, "cloud: read failed, retrying", "action", action, "account", r.Account.Name,
			"region", r.Name, "code", errcode.Of(err), "in", d)
	}))
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		err = permanent.Unwrap()
	}
	return answer, err
}

// isTransient reports whether a read may succeed if it is tried again.
func isTransient(err error) bool {
	if errors.Is(err, ErrNoAnswer) {
		return true
	}
	if errors.Is(err, errRedirect) || errors.Is(err, errSlow) {
		return false
	}
	code := errcode.Of(err)
	for _, prefix := range []string{
		"RequestLimitExceeded", "InternalError", "InternalServerError", "ServiceUnavailable", errcode.CAMOutage,
		"ClientError.NetworkError",
		"ClientError.ParseJsonError", "ClientError.IOError", "ClientError.HttpStatusCodeError",
	} {
		if strings.HasPrefix(code, prefix) {
			return true
		}
	}
	return false
}

// Val is what p points to, or the zero value.
func Val[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
