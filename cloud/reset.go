package cloud

import (
	"context"
	"errors"
	"strings"
	"time"

	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/cloud/errcode"
	"twokey/cloud/oneshot"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

const resetTimeout = 20 * time.Second

// Reset makes one HTTP attempt of ResetInstance, never a second one. At most one
// request leaves for an order, whatever happens. An order that was armed more than
// five seconds away from now sends none. The verdict claims no more than the answer
// proves.
func (c *Cloud) Reset(ctx context.Context, o port.Order) port.Answer {
	r, err := c.oneRegion(api.NotSent, o.Plan.Account, o.Plan.Region)
	if err != nil {
		return neverSent(err.Error())
	}
	q, err := resetRequest(o)
	if err != nil {
		return neverSent(err.Error())
	}
	if err := r.Account.Credentials.Renew(ctx); err != nil {
		return neverSent(r.Account.Credentials.Hide(r.Fault(api.NotSent, api.ResetInstance, err).Error(), o.Password))
	}
	if !c.usedOrders.Take(o, c.client.Now()) {
		return port.Answer{
			Verdict: port.Ambiguous,
			Message: "this order has been used before, so that its call may be out already. " + errcode.LookFirst + ".",
		}
	}
	once := oneshot.New(o.T0, c.client.Now)
	defer once.Close()
	client, err := oneShotClient(r, once)
	if err != nil {
		return neverSent(err.Error())
	}
	answer, err := client.ResetInstanceWithContext(once.Watch(ctx), q)
	return judgeAnswer(r, answer, err, once.MayHaveLeft(), o.Password)
}

// neverSent is the answer if nothing of the request left.
func neverSent(why string) port.Answer {
	return port.Answer{Verdict: port.NeverSent, Message: "nothing was sent: " + why}
}

// judgeAnswer says what the one attempt proves (cloud/doc.go 3.2 to 3.4, and 8.5).
// left reports whether any of the request may have left.
func judgeAnswer(r *api.Region, answer *cvm.ResetInstanceResponse, err error, left bool, password string) port.Answer {
	hide := func(text string) string { return r.Account.Credentials.Hide(text, password) }
	if err == nil {
		if answer == nil || answer.Response == nil || api.Val(answer.Response.RequestId) == "" {
			return port.Answer{
				Verdict: port.Ambiguous,
				Message: "the cloud answered without a request id. " + errcode.LookFirst + ".",
			}
		}
		return port.Answer{Verdict: port.Accepted, RequestID: *answer.Response.RequestId}
	}
	var e *tcerr.TencentCloudSDKError
	if !errors.As(err, &e) {
		e = &tcerr.TencentCloudSDKError{Code: "ClientError.Unknown", Message: err.Error()}
	}
	words := errcode.Message(e)
	if cause := e.Unwrap(); cause != nil {
		words += ": " + errcode.Shorten(cause.Error(), 200)
	}
	code := errcode.Of(e)
	if !left {
		a := neverSent(hide(words))
		a.Code = hide(code)
		return a
	}
	why, next := errcode.ExplainError(e)
	if errcode.MayBeOurs(code) {
		why, next = why+", which may be our own reset", errcode.LookFirst
	}
	if m := errcode.MissingPermission(e); m.Action != "" {
		r.Client.Log.Error("reset: call denied by CAM", "account", r.Account.Name, "region", r.Name, "missing",
			hide(m.Full()), "code", code, "request", e.RequestId)
	}
	said := code + ": " + strings.TrimRight(words, ". \n")
	if e.RequestId != "" {
		said += ", request " + e.RequestId
	}
	return port.Answer{
		Verdict: errcode.Verdict(code), Code: hide(errcode.Shorten(code, 100)),
		Message: hide(why + ". " + next + ". (" + said + ")"),
	}
}

// resetRequest is the order as the cloud's request. It is always a new one, for a
// request of the SDK keeps its first endpoint (cloud/doc.go 8.6).
func resetRequest(o port.Order) (*cvm.ResetInstanceRequest, error) {
	p := o.Plan
	switch {
	case p.Instance == "" || p.Image.ID == "":
		return nil, errors.New("the plan names no instance or no image")
	case (p.Login.Kind == model.LoginPassword) != (o.Password != ""):
		return nil, errors.New("a password must be given for a password login, and for no other")
	}
	login, err := describe.LoginSettings(p.Login, o.Password)
	if err != nil {
		return nil, err
	}
	q := cvm.NewResetInstanceRequest()
	q.InstanceId, q.ImageId = new(p.Instance), new(p.Image.ID)
	q.SystemDisk = describe.GrownDisk(p.Disk, p.DiskGB)
	q.LoginSettings, q.EnhancedService = login, describe.EnhancedService(p.Image)
	if p.HostName != "" {
		q.HostName = new(p.HostName)
	}
	return q, nil
}

// oneShotClient is a client for one call of ResetInstance.
func oneShotClient(r *api.Region, once *oneshot.Transport) (*cvm.Client, error) {
	p := r.Profile("cvm", resetTimeout)
	if err := oneshot.CheckProfile(p); err != nil {
		return nil, err
	}
	client, err := cvm.NewClient(r.Account.Credentials, r.Name, p)
	if err != nil {
		return nil, err
	}
	client.WithHttpTransport(once)
	return client, nil
}
