package api

import (
	"errors"
	"fmt"
	"strings"

	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

	"twokey/cloud/errcode"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// Headings of refusals: what was not done.
const (
	NotRead  = "Not read"
	NotFound = "Not found"
	NotMade  = "No image made"
	NotSent  = "Not sent"
)

// Redact removes from the SDK's errors what must not be logged: whole bodies of
// answers, and secrets. The cause stays reachable. It leaves an error alone that is
// wrapped already.
func (k *Credentials) Redact(err error) error {
	e, ok := err.(*tcerr.TencentCloudSDKError) //nolint:errorlint // what wraps it is redacted already
	if !ok {
		return err
	}
	words := errcode.Message(e)
	if m := errcode.MissingPermission(e); m.Action != "" {
		words = m.Full()
	}
	return tcerr.NewTencentCloudSDKErrorWithCause(e.Code, k.Hide(words), e.RequestId, e.Unwrap())
}

// Fault explains the error of a call. If the cloud refused what was asked for, that
// is a *reinstall.Refusal with the heading what. Everything else, such as wrong
// credentials, a missing permission or the network, is a fault that names action,
// region and account.
func (r *Region) Fault(what, action string, err error) error {
	code := errcode.Of(err)
	if errcode.IsAboutRequest(code) {
		why, next := errcode.Explain(code)
		return model.Refuse(what, why+" ("+r.cloudMessage(err)+")", next)
	}
	fault := fmt.Errorf("%s in %s of account %s: %w", action, r.Name, r.Account.Name, r.Account.Credentials.Redact(err))
	if errcode.IsAboutCredentials(code) {
		why, next := errcode.ExplainError(err)
		return &port.AccessDeniedError{
			Action: errcode.MissingPermission(err).Action,
			Cause: &port.ExplainedError{
				Why: why + " (" + code + ")", Next: next,
				Cause: fmt.Errorf("%w (%s. %s)", fault, why, next),
			},
		}
	}
	if code != "" {
		explain := errcode.ExplainRead
		if what == NotMade {
			explain = errcode.Explain
		}
		why, _ := explain(code)
		return &port.ExplainedError{
			Why:  why + " (" + code + ")",
			Next: "Look at the console, and at the network between Twokey and the cloud", Cause: fault,
		}
	}
	return fault
}

// cloudMessage is the cloud's code and words.
func (r *Region) cloudMessage(err error) string {
	var e *tcerr.TencentCloudSDKError
	if !errors.As(err, &e) {
		return r.Account.Credentials.Hide(err.Error())
	}
	words := strings.TrimRight(r.Account.Credentials.Hide(errcode.Message(e)), ". \n")
	if words == "" {
		return e.Code
	}
	return e.Code + ": " + words
}
