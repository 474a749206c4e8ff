package api

import (
	"errors"
	"fmt"
	"strings"

	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

	"twokey/cloud/errcode"
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
		return &deniedError{
			&explainedError{fmt.Errorf("%w (%s. %s)", fault, why, next), why + " (" + code + ")", next},
			errcode.MissingPermission(err),
		}
	}
	if code != "" {
		explain := errcode.ExplainRead
		if what == NotMade {
			explain = errcode.Explain
		}
		why, _ := explain(code)
		return &explainedError{
			fault, why + " (" + code + ")",
			"Look at the console, and at the network between Twokey and the cloud",
		}
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

// deniedError is a fault that only a person can repair: wrong credentials, or a
// missing permission.
type deniedError struct {
	error
	missing errcode.Permission
}

// NewDeniedError makes such a fault of err.
func NewDeniedError(err error) error { return &deniedError{error: err} }

func (d *deniedError) Unwrap() error { return d.error }

// Denied is always true. Callers test for the method.
func (d *deniedError) Denied() bool { return true }

// Missing is the action that CAM does not allow, such as cvm:ResetInstance. It is
// empty if the cloud does not name it.
func (d *deniedError) Missing() string { return d.missing.Action }

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
