package fakecvm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"twokey/cloud/fakecvm/apierr"
)

const (
	auditVersion  = "2019-03-19"
	mostEvents    = 50
	longestSearch = 30 * 24 * time.Hour
	oldestSearch  = 90 * 24 * time.Hour
)

// auditRegions are the six that answer for CloudAudit (cloud/doc.go 10.1);
// each tells of all regions here.
var auditRegions = []string{"ap-guangzhou", "ap-hongkong", "ap-seoul", "ap-singapore", "ap-tokyo", "eu-frankfurt"}

// writes are the calls of the API that CloudAudit keeps here.
var writes = map[string]bool{actionReset: true, actionImage: true, "CreateSnapshot": true}

// audit keeps a write of the API, whatever its answer was and whether or not
// the answer arrived.
func (c *Cloud) audit(r request, e *apierr.Error) {
	if !writes[r.action] {
		return
	}
	code := ""
	if e != nil {
		code = e.Code
	}
	c.account.keepEvent(event{name: r.action, requestID: r.id, region: r.region, instance: r.instance, code: code, user: CallerUser, key: c.cfg.SecretID})
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

// lookups read what an attribute compares. There are more in the documents;
// what the double does not know it refuses.
var lookups = map[string]func(event) string{
	"RequestId":    func(e event) string { return e.requestID },
	"EventName":    func(e event) string { return e.name },
	"ActionType":   func(event) string { return "Write" },
	"ResourceType": func(event) string { return "cvm" },
	"ResourceName": func(e event) string { return e.resource() },
	"AccessKeyId":  func(e event) string { return e.key },
	"ApiErrorCode": func(e event) string { return e.code },
	"Username":     func(e event) string { return e.user },
}

// describeEvents is CloudAudit's: newest first, in pages that NextToken leads
// on to. Attributes are joined by and, several EventName by or.
func describeEvents(a *account, r request) (any, *apierr.Error) {
	var in eventsParams
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if code, refused := a.switches.Level("audit_refused", ""); refused {
		return nil, refusal(code, "audit_refused", r)
	}
	if !slices.Contains(auditRegions, r.region) {
		return nil, apierr.Errorf("UnsupportedRegion", "CloudAudit does not serve the region `%s`.", r.region)
	}
	if e := in.check(a.clock.cloud()); e != nil {
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
	for _, e := range slices.Backward(a.events) {
		if !in.wants(e) || a.clock.virtual() < e.noted+a.switches.Duration("audit_delay", e.instance, e.shownAfter()) {
			continue
		}
		if len(out.Events) == most {
			out.ListOver = false
			break
		}
		if !a.switches.On("audit_keys", e.instance) {
			e.key = ""
		}
		if a.switches.On("audit_api_calls", e.instance) {
			e.console = false
		}
		next := e.seq
		out.Events, out.NextToken = append(out.Events, e.shown(a.switches.On("audit_odd_times", e.instance))), &next
	}
	return out, nil
}

// check: the codes are those of the API's list; a range that is too long or too
// old has none of its own there.
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
			return apierr.Errorf("InvalidParameterValue.attributeKey", "The attribute `%s` is not one to look up by.", l.AttributeKey)
		}
	}
	return nil
}

func (in eventsParams) wants(e event) bool {
	if in.NextToken != nil && e.seq >= *in.NextToken || uint64(e.at.Unix()) < *in.StartTime || uint64(e.at.Unix()) > *in.EndTime {
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

// shown is the event as the API answers it, with the access key and the
// request's parameters empty, as recorded (cloud/doc.go 10.3). What the
// call itself answered stands only in the text of CloudAuditEvent, where success
// is a number. millis has its time in milliseconds.
func (e event) shown(millis bool) any {
	var code any = 0
	if e.code != "" {
		code = e.code
	}
	seconds := e.at.Unix()
	kind := "ApiCall"
	if e.console {
		kind = "ConsoleCall"
	}
	text, err := json.Marshal(map[string]any{
		"userIdentity": map[string]string{"principalId": e.user, "accountId": accountUIN, "secretId": e.key, "type": "CAMUser", "userName": e.user, "sessionContext": ""},
		"eventRegion":  e.region, "eventVersion": 2, "errorCode": "0", "errorMessage": "permission verify", "requestID": e.requestID, "eventType": kind,
		"actionType": "Write", "apiErrorCode": code, "apiErrorMessage": "", "eventTime": seconds, "resourceType": "cvm", "eventName": e.name,
		"resources":    fmt.Sprintf("[%q]", "qcs::cvm:"+e.region+":uin/"+accountUIN+":"+e.resource()),
		"resourceName": e.resource(), "requestParameters": "",
	})
	if err != nil {
		panic("fakecvm: " + err.Error()) // only strings and numbers
	}
	account, err := strconv.ParseInt(accountUIN, 10, 64)
	if err != nil {
		panic("fakecvm: " + err.Error())
	}
	at := strconv.FormatInt(seconds, 10)
	if millis {
		at = strconv.FormatInt(e.at.UnixMilli(), 10)
	}
	return map[string]any{
		"EventId": e.requestID, "RequestID": e.requestID, "EventName": e.name, "EventTime": at,
		"Username": e.user, "SecretId": e.key, "ErrorCode": 0, "AccountID": account, "EventSource": "cvm.tencentcloudapi.com",
		"EventRegion": e.region, "ResourceRegion": e.region, "SourceIPAddress": "192.0.2.1", "CloudAuditEvent": string(text),
		"ResourceTypeCn": "云服务器", "EventNameCn": "", "Location": "",
		"Resources": map[string]string{"ResourceType": "cvm", "ResourceName": e.resource()},
	}
}
