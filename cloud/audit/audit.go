// Package audit reads CloudAudit: who called what on a machine, and when. It says of
// each call whether it was ours.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	cloudaudit "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cloudaudit/v20190319"

	"twokey/cloud/api"
	"twokey/cloud/errcode"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

const (
	// PageSize is the most events that one answer holds.
	PageSize = 50
	maxPages = 20 // beyond it the account is too busy to be read through
	// Span is how far back a search goes: the API allows less than 30 days.
	Span = 29 * 24 * time.Hour
)

// changingActions are the operations whose events are read: a reset, and what can
// replace its record. The values of EventName are joined by or. The instance is
// picked out of the answers here, for nobody documents how the API compares
// resources.
var changingActions = []string{
	"ResetInstance", "RebootInstances", "StopInstances", "StartInstances", "ResetInstancesPassword", "CreateImage",
	"ModifyInstancesAttribute", "TerminateInstances", "EnterRescueMode", "ExitRescueMode",
	// Other names of a reset (cloud/doc.go 4.8). The console's is unknown (10.4).
	"ConvertOperatingSystems", "ResetInstances",
}

// Events lists what CloudAudit recorded of calls that change the instance, oldest
// first, from since on. An event appears 7 to 10 s after its call (cloud/doc.go
// 10.2): what is missing proves nothing. If the account or its key may not ask, the
// error is a *port.AccessDeniedError.
func Events(ctx context.Context, r *api.Region, instance string, since time.Time) ([]model.CloudEvent, error) {
	now := r.Client.Now()
	if oldest := now.Add(-Span); since.Before(oldest) {
		since = oldest
	}
	all, err := AllEvents(ctx, r, since, now.Add(time.Minute)) // our clock may be behind the cloud's
	switch code := errcode.Of(err); {
	case err == nil:
	case code == "FailedOperation.MemberNotAuditRole" || code == "FailedOperation.MemberNotInOrganization":
		return nil, &port.AccessDeniedError{
			Cause: fmt.Errorf("%s of account %s: %w (CloudAudit is not activated for it)",
				api.DescribeEvents, r.Account.Name, r.Account.Credentials.Redact(err)),
		}
	default:
		return nil, r.Fault(api.NotRead, api.DescribeEvents, err)
	}
	user := sync.OnceValue(func() string { return r.User(ctx) })
	var out []model.CloudEvent
	for _, e := range slices.Backward(all) { // times have whole seconds; the newest come first
		if e, ok := EventOf(r, e, instance, user); ok && !e.At.Before(since.Truncate(time.Second)) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b model.CloudEvent) int { return a.At.Compare(b.At) })
	return out, nil
}

// AllEvents reads all pages, or fails: half a list would hide somebody.
func AllEvents(ctx context.Context, r *api.Region, from, to time.Time) ([]*cloudaudit.Event, error) {
	var all []*cloudaudit.Event
	var next *uint64
	for range maxPages {
		answer, err := api.Read(ctx, r, api.DescribeEvents,
			func(ctx context.Context) (*cloudaudit.DescribeEventsResponseParams, *string, error) {
				q := cloudaudit.NewDescribeEventsRequest()
				q.StartTime, q.EndTime = new(uint64(from.Unix())), new(uint64(to.Unix()))
				q.MaxResults, q.NextToken = new(uint64(PageSize)), next
				for _, name := range changingActions {
					q.LookupAttributes = append(q.LookupAttributes,
						&cloudaudit.LookupAttribute{AttributeKey: new("EventName"), AttributeValue: new(name)})
				}
				resp, err := r.CloudAudit.DescribeEventsWithContext(ctx, q)
				if err != nil || resp.Response == nil {
					return nil, nil, err
				}
				return resp.Response, resp.Response.RequestId, nil
			})
		if err != nil {
			return nil, err
		}
		all = append(all, answer.Events...)
		if answer.ListOver == nil ||
			!*answer.ListOver && (answer.NextToken == nil || next != nil && *next == *answer.NextToken) {
			return nil, api.ErrNoAnswer // it does not say whether there is more, or leads nowhere
		}
		if *answer.ListOver {
			return all, nil
		}
		next = answer.NextToken
	}
	return nil, fmt.Errorf("more than %d events since %s: %w", maxPages*PageSize, from.UTC().Format(time.DateTime),
		api.ErrTooMany)
}

// EventOf reads one event if it is about the instance and has a time. ours returns
// our own account user, or nothing. The access key and the request's parameters can
// be empty: the one recorded event has neither (cloud/doc.go 10.3).
func EventOf(r *api.Region, e *cloudaudit.Event, instance string, ours func() string) (model.CloudEvent, bool) {
	if e == nil || instance == "" {
		return model.CloudEvent{}, false
	}
	detail := detailOf(api.Val(e.CloudAuditEvent))
	names := detail.Resources + detail.Parameters
	if e.Resources != nil {
		names += api.Val(e.Resources.ResourceName)
	}
	at, ok := EventTime(api.Val(e.EventTime))
	if !ok || !strings.Contains(names, instance) {
		return model.CloudEvent{}, false
	}
	out := model.CloudEvent{
		Operation: api.Val(e.EventName), RequestID: api.Val(e.RequestID), At: at,
		User: errcode.Shorten(api.Val(e.Username), 80),
		Key:  api.Fingerprint(api.Val(e.SecretId)), Error: detail.Error, Console: detail.Console,
		Caller: callerOf(r, api.Val(e.SecretId), detail.User, ours, detail.Console),
	}
	if code := api.Val(e.ErrorCode); out.Error == "" && code != 0 {
		out.Error = "CAM error " + strconv.FormatInt(code, 10)
	}
	return out, true
}

// detail is what only the event's own JSON has.
type detail struct {
	Error, Resources, Parameters string
	User                         string // the number of whoever called
	Console                      bool
}

// detailOf reads the JSON leniently: apiErrorCode is a number, a text, or empty; 0
// and empty are success. An unreadable event counts as an error, so that nobody
// takes it for a success.
func detailOf(raw string) detail {
	var d struct {
		Code         any `json:"apiErrorCode"`
		ResourceName any `json:"resourceName"`
		Resources    any `json:"resources"`
		Parameters   any `json:"requestParameters"`
		Type         any `json:"eventType"`
		Who          struct {
			Principal any `json:"principalId"`
		} `json:"userIdentity"`
	}
	if err := json.Unmarshal([]byte(raw), &d); err != nil {
		return detail{Error: "unreadable"}
	}
	out := detail{
		Resources: fmt.Sprint(d.ResourceName, d.Resources), Parameters: fmt.Sprint(d.Parameters),
		Console: d.Type == "ConsoleCall",
	}
	if user, ok := d.Who.Principal.(string); ok {
		out.User = user
	}
	if code := fmt.Sprint(d.Code); d.Code != nil && code != "0" && code != "" {
		out.Error = errcode.Shorten(code, 80)
	}
	return out
}

// EventTime reads seconds since 1970, or a date as CVM or CBS writes it.
func EventTime(s string) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
		return time.Unix(n, 0).UTC(), true
	}
	return api.Time(&s)
}

// callerOf says whose call an event is. The access key decides if there is one.
// Otherwise a call at the console is never ours, and a call of our own account user
// is. Another account user proves nothing: our key may have been of that one before.
func callerOf(r *api.Region, key, user string, ours func() string, console bool) model.Caller {
	switch {
	case key != "":
		return r.Account.Credentials.Caller(key)
	case console:
		return model.CallerForeign
	case user != "" && user == ours():
		return model.CallerOurs
	}
	return model.CallerUnsure
}
