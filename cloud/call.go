package cloud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"golang.org/x/time/rate"

	"twokey/cloud/errcode"
	"twokey/commands/reinstall"
)

const (
	callTimeout = 10 * time.Second // of one attempt
	readTries   = 3
	firstPause  = 200 * time.Millisecond
	pageSize    = 100 // the most that any list gives
)

// budget is how many requests of one action may begin: steadily so many a
// second, and so many at once. Both together stay below Tencent's default
// limits, which count by the second (facts/tencent.md section 1). Where each
// proposal needs one and the limit is low, steadily counts for more: a hundred
// proposals wait for it.
type budget struct {
	perSecond rate.Limit
	atOnce    int
}

var budgets = map[string]budget{
	describeInstances:  {20, 15}, // of 40
	describeImages:     {20, 15}, // of 40
	describeSnapshots:  {10, 7},  // of 20
	describeDisks:      {10, 7},  // of 20; only beliefs are looked at with it
	describeKeyPairs:   {8, 1},   // of 10
	inquiryPrice:       {8, 1},   // of 10
	createImage:        {5, 4},   // of 10
	describeImageQuota: {5, 4},   // of 10
	describeEvents:     {10, 7},  // of 20
	describeTaskInfo:   {10, 7},  // of 20, like the four below
	lbListeners.name:   {10, 7},
	monitorData.name:   {15, 3}, // two or three for each machine
	scalingNodes.name:  {10, 7},
	tkeNodes.name:      {10, 7},

	callerIdentity.name: {1, 1}, // once for each account
}

// limits are the budgets of one set of credentials.
type limits struct{ by map[string]*rate.Limiter }

func newLimits() *limits {
	l := &limits{by: map[string]*rate.Limiter{}}
	for action, b := range budgets {
		l.by[action] = rate.NewLimiter(b.perSecond, b.atOnce)
	}
	return l
}

// wait returns when the action may be called, or why it will not be.
func (l *limits) wait(ctx context.Context, action string) error {
	if r, ok := l.by[action]; ok {
		return r.Wait(ctx)
	}
	return fmt.Errorf("%s has no budget", action)
}

// errNoAnswer: HTTP 200 with `{}` or without a request id says nothing, least
// of all that a list is empty (facts/tencent.md section 7).
var errNoAnswer = errors.New("the cloud's answer was empty")

// errTooMany: a list that is not read to its end is not read.
var errTooMany = errors.New("the list is too long to be read")

// attempt makes one call, within the budget and with fresh credentials. call
// returns the answer and its request id; without either it is no answer.
func attempt[T any](ctx context.Context, s *site, action string, call func(context.Context) (*T, *string, error)) (*T, error) {
	if err := s.keys.fresh(ctx); err != nil {
		return nil, err
	}
	if err := s.limits.wait(ctx, action); err != nil {
		return nil, err
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	answer, id, err := call(ctx)
	switch {
	case err != nil && errors.Is(context.Cause(ctx), errSlow):
		return nil, fmt.Errorf("%w: %w", errSlow, err)
	case err != nil:
		return nil, err
	case answer == nil || id == nil || *id == "":
		return nil, errNoAnswer
	}
	return answer, nil
}

// errSlow: whoever asks does not wait so long for one attempt, and not for a
// second one either.
var errSlow = errors.New("the cloud did not answer in time")

type impatience struct{}

// impatiently bounds each attempt of the calls under it. What they wait for their
// budget does not count.
func impatiently(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, impatience{}, d)
}

func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if d, ok := ctx.Value(impatience{}).(time.Duration); ok {
		return context.WithTimeoutCause(ctx, d, errSlow)
	}
	return ctx, func() {}
}

// read is attempt for calls that change nothing: at most three, within ctx.
func read[T any](ctx context.Context, s *site, action string, call func(context.Context) (*T, *string, error)) (*T, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = s.cloud.pause, 10*s.cloud.pause
	answer, err := backoff.Retry(ctx, func() (*T, error) {
		answer, err := attempt(ctx, s, action, call)
		if err != nil && (!passing(err) || ctx.Err() != nil) {
			return nil, backoff.Permanent(err)
		}
		return answer, err
	}, backoff.WithMaxTries(readTries), backoff.WithBackOff(pause), backoff.WithNotify(func(err error, d time.Duration) {
		s.cloud.log.DebugContext(ctx, "cloud read is tried again", "action", action, "account", s.Name,
			"region", s.region, "code", errcode.Of(err), "in", d)
	}))
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		err = permanent.Unwrap()
	}
	return answer, err
}

// passing reports whether a read may succeed when it is simply tried again.
func passing(err error) bool {
	if errors.Is(err, errNoAnswer) {
		return true
	}
	if errors.Is(err, errRedirect) || errors.Is(err, errSlow) {
		return false
	}
	code := errcode.Of(err)
	for _, prefix := range []string{
		"RequestLimitExceeded", "InternalError", "InternalServerError", "ServiceUnavailable", errcode.CAMOutage, "ClientError.NetworkError",
		"ClientError.ParseJsonError", "ClientError.IOError", "ClientError.HttpStatusCodeError",
	} {
		if strings.HasPrefix(code, prefix) {
			return true
		}
	}
	return false
}

// tidy takes out of the SDK's errors what does not belong into a log: whole
// bodies of answers, and secrets. The cause stays reachable. What is wrapped
// already is left as it is.
func (k *keys) tidy(err error) error {
	e, ok := err.(*tcerr.TencentCloudSDKError)
	if !ok {
		return err
	}
	words := errcode.Message(e)
	if m := errcode.MissingPermission(e); m.Action != "" {
		words = m.Full()
	}
	return tcerr.NewTencentCloudSDKErrorWithCause(e.Code, k.hide(words), e.RequestId, e.Unwrap())
}

// failed words the error of a call. What the cloud refused for what was asked
// is a *reinstall.Refusal headed what; everything else, such as wrong
// credentials, a missing permission or the network, is a fault that names
// action, region and account.
func (s *site) failed(what, action string, err error) error {
	code := errcode.Of(err)
	if errcode.IsAboutRequest(code) {
		why, next := errcode.Explain(code)
		return reinstall.Refuse(what, why+" ("+s.quoted(err)+")", next)
	}
	fault := fmt.Errorf("%s in %s of account %s: %w", action, s.region, s.Name, s.keys.tidy(err))
	if errcode.IsAboutCredentials(code) {
		why, next := errcode.ExplainError(err)
		return &deniedError{&explainedError{fmt.Errorf("%w (%s. %s)", fault, why, next), why + " (" + code + ")", next}, errcode.MissingPermission(err)}
	}
	if code != "" {
		explain := errcode.ExplainRead
		if what == notMade {
			explain = errcode.Explain
		}
		why, _ := explain(code)
		return &explainedError{fault, why + " (" + code + ")", "Look at the console, and at the network between Twokey and the cloud"}
	}
	return fault
}

// explainedError is a fault with what it means for people.
type explainedError struct {
	error
	why, next string
}

func (e *explainedError) Unwrap() error { return e.error }

// Explained is what the fault means and what to do, without full stops.
func (e *explainedError) Explained() (why, next string) { return e.why, e.next }

// deniedError is a fault that only a person mends: wrong credentials, or a missing
// permission.
type deniedError struct {
	error
	missing errcode.Permission
}

func (d *deniedError) Unwrap() error { return d.error }

// Denied is always true; it is what callers test for.
func (d *deniedError) Denied() bool { return true }

// Missing is the action that is not allowed, such as cvm:ResetInstance; empty
// where the cloud does not name it.
func (d *deniedError) Missing() string { return d.missing.Action }

// quoted is the cloud's code and words.
func (s *site) quoted(err error) string {
	var e *tcerr.TencentCloudSDKError
	if !errors.As(err, &e) {
		return s.keys.hide(err.Error())
	}
	words := strings.TrimRight(s.keys.hide(errcode.Message(e)), ". \n")
	if words == "" {
		return e.Code
	}
	return e.Code + ": " + words
}

// pages reads a list to its end. A list that comes out shorter than its own
// total is an error: something was not read.
func pages[T any](get func(offset int) (page []T, total *int64, err error)) ([]T, error) {
	var all []T
	for {
		page, total, err := get(len(all))
		if err != nil {
			return nil, err
		}
		if total == nil {
			return nil, errNoAnswer
		}
		all = append(all, page...)
		if int64(len(all)) >= *total {
			return all, nil
		}
		if len(page) == 0 {
			return nil, fmt.Errorf("the list ended after %d of %d entries: %w", len(all), *total, errNoAnswer)
		}
	}
}

// unlisted reports whether a list was not read: it is null beside its total.
func unlisted[T any](list []T, total *int64) bool { return list == nil && val(total) > 0 }

// once leaves of entries with one id the first: what is made while pages are read
// moves the others onto the next page. What has no id is left out.
func once[T any](list []T, id func(T) string) []T {
	seen := map[string]bool{"": true}
	return slices.DeleteFunc(list, func(one T) bool {
		was := seen[id(one)]
		seen[id(one)] = true
		return was
	})
}

// val is what p points to, or the zero value.
func val[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
