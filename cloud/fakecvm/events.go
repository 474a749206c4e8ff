package fakecvm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
)

const (
	auditVersion  = "2019-03-19"
	mostEvents    = 50
	longestSearch = 30 * 24 * time.Hour
	oldestSearch  = 90 * 24 * time.Hour
)

// auditRegions are the six that answer for CloudAudit (cloud/doc.go 10.1). Each
// answers for all regions here.
var auditRegions = []string{"ap-guangzhou", "ap-hongkong", "ap-seoul", "ap-singapore", "ap-tokyo", "eu-frankfurt"}

// writes are the calls of the API that CloudAudit keeps here.
var writes = map[string]bool{account.ActionReset: true, account.ActionCreateImage: true, "CreateSnapshot": true}

// auditCall keeps a write of the API as an event, whatever its answer was and
// whether or not the answer arrived.
func (c *Cloud) auditCall(r request, e *apierr.Error) {
	if !writes[r.action] {
		return
	}
	code := ""
	if e != nil {
		code = e.Code
	}
	c.account.KeepEvent(account.Event{
		Name: r.action, RequestID: r.id, Region: r.region, Instance: r.instance, Code: code,
		User: account.CallerUser, Key: c.cfg.SecretID,
	})
}

// eventsParams are the parameters of DescribeEvents.
type eventsParams struct {
	StartTime, EndTime *uint64
	NextToken          *uint64
	MaxResults         *uint64
	LookupAttributes   []lookup
	IsReturnLocation   *uint64
}

type lookup struct{ AttributeKey, AttributeValue string }

// lookups read what an attribute compares. The documents have more; the double
// refuses what it does not know.
var lookups = map[string]func(account.Event) string{
	"RequestId":    func(e account.Event) string { return e.RequestID },
	"EventName":    func(e account.Event) string { return e.Name },
	"ActionType":   func(account.Event) string { return "Write" },
	"ResourceType": func(account.Event) string { return "cvm" },
	"ResourceName": func(e account.Event) string { return e.Resource() },
	"AccessKeyId":  func(e account.Event) string { return e.Key },
	"ApiErrorCode": func(e account.Event) string { return e.Code },
	"Username":     func(e account.Event) string { return e.User },
}

// describeEvents is CloudAudit's: newest first, in pages that NextToken leads
// on to. Attributes are joined by and, several EventName by or.
func describeEvents(a *account.Account, r request) (any, *apierr.Error) {
	var in eventsParams
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if code, refused := a.Switches.Level("audit_refused", ""); refused {
		return nil, switchedRefusal(code, "audit_refused", r)
	}
	if !slices.Contains(auditRegions, r.region) {
		return nil, apierr.Errorf("UnsupportedRegion", "CloudAudit does not serve the region `%s`.", r.region)
	}
	if e := in.check(a.Clock.Wall()); e != nil {
		return nil, e
	}
	type page struct {
		ListOver  bool
		NextToken *uint64
		Events    []any
	}
	out := page{ListOver: true, Events: []any{}}
	most := mostEvents
	if in.MaxResults != nil {
		most = int(*in.MaxResults)
	}
	for _, e := range slices.Backward(a.Events) {
		if !in.matches(e) || a.Clock.Virtual() < e.Noted+a.Switches.Duration("audit_delay", e.Instance,
			e.ShownAfter()) {
			continue
		}
		if len(out.Events) == most {
			out.ListOver = false
			break
		}
		if !a.Switches.On("audit_keys", e.Instance) {
			e.Key = ""
		}
		if a.Switches.On("audit_api_calls", e.Instance) {
			e.Console = false
		}
		next := e.Seq
		out.Events, out.NextToken = append(out.Events, eventJSON(e, a.Switches.On("audit_odd_times", e.Instance))),
			&next
	}
	return out, nil
}

// check uses the codes of the API's list. A range that is too long or too old has no
// code of its own there.
func (in eventsParams) check(now time.Time) *apierr.Error {
	if in.StartTime == nil || in.EndTime == nil {
		return apierr.Errorf("InvalidParameter.Time", "`StartTime` and `EndTime` are required, in seconds.")
	}
	from, to := time.Unix(int64(*in.StartTime), 0), time.Unix(int64(*in.EndTime), 0)
	switch {
	case from.After(to):
		return apierr.Errorf("InvalidParameterValue.Time", "`StartTime` is later than `EndTime`.")
	case to.Sub(from) >= longestSearch:
		return apierr.Errorf("InvalidParameterValue.Time", "The range is not less than 30 days.")
	case now.Sub(from) > oldestSearch:
		return apierr.Errorf("InvalidParameterValue.Time", "`StartTime` is more than 90 days ago.")
	case in.MaxResults != nil && (*in.MaxResults < 1 || *in.MaxResults > mostEvents):
		return apierr.Errorf("InvalidParameterValue.MaxResult", "`MaxResults` is 1 to 50.")
	}
	for _, l := range in.LookupAttributes {
		if lookups[l.AttributeKey] == nil {
			return apierr.Errorf("InvalidParameterValue.attributeKey", "The attribute `%s` is not one to look up by.",
				l.AttributeKey)
		}
	}
	return nil
}

func (in eventsParams) matches(e account.Event) bool {
	if in.NextToken != nil && e.Seq >= *in.NextToken || uint64(e.At.Unix()) < *in.StartTime ||
		uint64(e.At.Unix()) > *in.EndTime {
		return false
	}
	names, named := 0, false
	for _, l := range in.LookupAttributes {
		same := lookups[l.AttributeKey](e) == l.AttributeValue
		if l.AttributeKey == "EventName" {
			names, named = names+1, named || same
		} else if !same {
			return false
		}
	}
	return names == 0 || named
}

// eventJSON is the event as the API answers it. The access key and the request's
// parameters are empty, as recorded (cloud/doc.go 10.3). Only the text of
// CloudAuditEvent has what the call itself answered; there success is a number.
// millis has its time in milliseconds.
func eventJSON(e account.Event, millis bool) any {
	var code any = 0
	if e.Code != "" {
		code = e.Code
	}
	seconds := e.At.Unix()
	kind := "ApiCall"
	if e.Console {
		kind = "ConsoleCall"
	}
	text, err := json.Marshal(map[string]any{
		"userIdentity": map[string]string{
			"principalId": e.User, "accountId": account.UIN, "secretId": e.Key,
			"type": "CAMUser", "userName": e.User, "sessionContext": "",
		},
		"eventRegion": e.Region, "eventVersion": 2, "errorCode": "0", "errorMessage": "permission verify",
		"requestID": e.RequestID, "eventType": kind,
		"actionType": "Write", "apiErrorCode": code, "apiErrorMessage": "", "eventTime": seconds, "resourceType": "cvm",
		"eventName":    e.Name,
		"resources":    fmt.Sprintf("[%q]", "qcs::cvm:"+e.Region+":uin/"+account.UIN+":"+e.Resource()),
		"resourceName": e.Resource(), "requestParameters": "",
	})
	if err != nil {
		panic("fakecvm: " + err.Error()) // only strings and numbers
	}
	account, err := strconv.ParseInt(account.UIN, 10, 64)
	if err != nil {
		panic("fakecvm: " + err.Error())
	}
	at := strconv.FormatInt(seconds, 10)
	if millis {
		at = strconv.FormatInt(e.At.UnixMilli(), 10)
	}
	return map[string]any{
		"EventId": e.RequestID, "RequestID": e.RequestID, "EventName": e.Name, "EventTime": at,
		"Username": e.User, "SecretId": e.Key, "ErrorCode": 0, "AccountID": account,
		"EventSource": "cvm.tencentcloudapi.com",
		"EventRegion": e.Region, "ResourceRegion": e.Region, "SourceIPAddress": "192.0.2.1",
		"CloudAuditEvent": string(text),
		"ResourceTypeCn":  "云服务器", "EventNameCn": "", "Location": "",
		"Resources": map[string]string{"ResourceType": "cvm", "ResourceName": e.Resource()},
	}
}
