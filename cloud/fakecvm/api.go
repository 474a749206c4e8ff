package fakecvm

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/strictjson"
)

const (
	apiVersion = "2017-03-12" // of cvm and of cbs; the others have their own
	maxBody    = 10 << 20
)

// call is one action of the API.
type call struct {
	product    string
	perSecond  int // the documented limit, cloud/doc.go 3.8
	regionless bool
	version    string // "": apiVersion
	run        func(*account.Account, request) (any, *apierr.Error)
}

func callTable() map[string]call {
	table := map[string]call{
		"DescribeInstances":         {product: "cvm", perSecond: 40, run: describeInstances},
		"DescribeImages":            {product: "cvm", perSecond: 40, run: describeImages},
		"DescribeImageQuota":        {product: "cvm", perSecond: 10, run: describeImageQuota},
		"DescribeKeyPairs":          {product: "cvm", perSecond: 10, run: describeKeyPairs},
		"DescribeRegions":           {product: "cvm", perSecond: 20, run: describeRegions, regionless: true},
		"InquiryPriceResetInstance": {product: "cvm", perSecond: 10, run: inquiryPriceResetInstance},
		account.ActionReset:         {product: "cvm", perSecond: 10, run: resetInstance},
		account.ActionCreateImage:   {product: "cvm", perSecond: 10, run: createImage},
		"DescribeDisks":             {product: "cbs", perSecond: 20, run: describeDisks},
		"DescribeSnapshots":         {product: "cbs", perSecond: 20, run: describeSnapshots},
		"CreateSnapshot":            {product: "cbs", perSecond: 20, run: createSnapshot},
		"GetCallerIdentity":         {product: "sts", perSecond: 20, run: getCallerIdentity, version: stsVersion},
		"DescribeEvents":            {product: "cloudaudit", perSecond: 20, run: describeEvents, version: auditVersion},
	}
	maps.Copy(table, aroundCalls())
	return table
}

// products are those that a signature may name.
var products = map[string]bool{
	"cvm": true, "cbs": true, "cloudaudit": true, "clb": true, "monitor": true, "as": true,
	"tke": true, "sts": true,
}

// request is one API request as its call sees it.
type request struct {
	product  string // that the action is of
	action   string
	region   string
	id       string // the RequestId of its answer
	instance string // the one instance that it names, or ""
	body     []byte
}

// ServeHTTP is the API. It serves every product at one address.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		panic(http.ErrAbortHandler) // the client left in the middle of its request: it never arrived
	}
	var a answer
	c.update(func() { a = c.handle(r, body) })
	a.deliver(w, r)
}

// handle does all that happens inside the cloud for one request, and says how
// the answer is to travel. The caller holds c.mu.
func (c *Cloud) handle(r *http.Request, body []byte) answer {
	req := request{
		product: c.calls[r.Header.Get("X-TC-Action")].product, action: r.Header.Get("X-TC-Action"),
		region: r.Header.Get("X-TC-Region"),
		id:     c.account.NewRequestID(), instance: namedInstance(body), body: body,
	}
	entry := Request{
		Time: c.account.Clock.Wall(), Action: req.action, Region: req.region,
		Instance: req.instance, RequestID: req.id, Host: r.Host,
	}
	if req.action == account.ActionReset {
		c.arrived[req.instance]++
	}
	a := c.execute(r, req, &entry)
	entry.Fate = a.fate
	if len(c.requests) >= keepRequests {
		c.requests = slices.Delete(c.requests, 0, keepRequests/10)
	}
	c.requests = append(c.requests, entry)
	a.date, a.released = c.account.Clock.Wall(), c.releaseOf(a.fate)
	return a
}

// execute admits the request, runs its call and applies the misbehaviours that
// are switched on, in the order in which a real request would meet them.
func (c *Cloud) execute(r *http.Request, req request, entry *Request) answer {
	if fate := c.fateBefore(req); fate != "" {
		return answer{fate: fate, body: errorBody(apierr.Errorf("InternalError", "not executed"), req.id)}
	}
	call, e := c.admit(r, req)
	if e != nil {
		entry.Code = e.Code
		return answer{body: errorBody(e, req.id)}
	}
	if req.action == account.ActionReset {
		if delay, ok := c.account.Switches.Take("reset_late", req.instance); ok {
			c.executeLate(req, delay)
			return answer{fate: "reset_late"}
		}
	}
	entry.Executed = true
	result, e := call.run(c.account, req)
	c.auditCall(req, e)
	a := answer{fate: c.fateAfter(req), delay: c.answerDelay(req)}
	if e != nil {
		entry.Code = e.Code
		a.body = errorBody(e, req.id)
		return a
	}
	a.body = successBody(withSwitchedLists(c.account, req, result), req.id)
	return a
}

// admit makes the checks that are the same for all calls.
func (c *Cloud) admit(r *http.Request, req request) (call, *apierr.Error) {
	if len(req.body) > maxBody {
		return call{}, apierr.Errorf("RequestSizeLimitExceeded", "The request is larger than 10 MB.")
	}
	service, e := c.authenticate(r, req.body)
	if e != nil {
		return call{}, e
	}
	if r.Method != http.MethodPost {
		return call{}, apierr.Errorf("UnsupportedProtocol", "Only POST is supported here.")
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return call{}, apierr.Errorf("InvalidParameter", "`Content-Type` has to be application/json.")
	}
	found, e := c.route(r, req, service)
	if e != nil {
		return call{}, e
	}
	if code, ok := c.account.Switches.Take("throttle", req.instance); ok {
		return call{}, throttledError(code, req.action)
	}
	if !c.account.Switches.On("no_limits", "") && !c.limits.allow(req.action, found.perSecond, wallNow()) {
		return call{}, throttledError("", req.action)
	}
	if e := c.switchedError(req); e != nil {
		c.auditCall(req, e)
		return call{}, e
	}
	return found, nil
}

// route finds the call by its action alone. The service that was signed for matters
// only if it names a product (cloud/doc.go 8.10).
func (c *Cloud) route(r *http.Request, req request, service string) (call, *apierr.Error) {
	if req.action == "" {
		return call{}, apierr.Errorf("MissingParameter", "The request is missing `X-TC-Action`.")
	}
	found, ok := c.calls[req.action]
	if !ok || products[service] && service != found.product {
		return call{}, apierr.Errorf("InvalidAction",
			"The request action `%s` is invalid or not found for service `%s`.",
			req.action, service)
	}
	switch version := r.Header.Get("X-TC-Version"); version {
	case cmp.Or(found.version, apiVersion):
	case "":
		return call{}, apierr.Errorf("MissingParameter", "The request is missing `X-TC-Version`.")
	default:
		return call{}, apierr.Errorf("NoSuchVersion", "The version `%s` does not exist.", version)
	}
	if e := c.checkHost(r.Host, found.product, req.region); e != nil {
		return call{}, e
	}
	if found.regionless {
		return found, nil
	}
	if req.region == "" {
		return call{}, apierr.Errorf("MissingParameter", "The request is missing `X-TC-Region`.")
	}
	if !account.IsRegion(req.region) {
		return call{}, apierr.Errorf("UnsupportedRegion", "The region `%s` is not supported.", req.region)
	}
	return found, nil
}

func throttledError(code, action string) *apierr.Error {
	if code == "" {
		code = "RequestLimitExceeded"
	}
	return apierr.Errorf(code, "Your request rate on `%s` exceeds the limit. Please retry later.", action)
}

// namedInstance finds the instance a body speaks of, as far as it can be read.
func namedInstance(body []byte) string {
	var named struct {
		InstanceID  string   `json:"InstanceId"`
		InstanceIDs []string `json:"InstanceIds"`
	}
	if json.Unmarshal(body, &named) != nil {
		return ""
	}
	if named.InstanceID == "" && len(named.InstanceIDs) == 1 {
		return named.InstanceIDs[0]
	}
	return named.InstanceID
}

// decode reads parameters strictly. It compares names by case, and refuses unknown
// and doubled ones, and values of another type.
func decode(body []byte, into any) *apierr.Error {
	err := strictjson.Unmarshal(body, into)
	if err == nil {
		return nil
	}
	member, ok := errors.AsType[*strictjson.MemberError](err)
	switch {
	case !ok:
		return apierr.Errorf("InvalidParameter", "The request is not valid JSON: %v.", err)
	case member.Unknown:
		return apierr.Errorf("UnknownParameter", "The parameter `%s` is not recognized.", member.Path)
	}
	return apierr.Errorf("InvalidParameter", "The value type of parameter `%s` is not valid.", member.Path)
}

func successBody(result any, id string) []byte {
	fields, err := json.Marshal(result)
	if err != nil {
		panic("fakecvm: " + err.Error()) // only plain structs get here
	}
	separator := ","
	if string(fields) == "{}" {
		separator = ""
	}
	return []byte(`{"Response":` + strings.TrimSuffix(string(fields), "}") + separator + `"RequestId":"` + id + `"}}`)
}

func errorBody(e *apierr.Error, id string) []byte {
	type body struct {
		Error     *apierr.Error
		RequestID string `json:"RequestId"`
	}
	text, err := json.Marshal(struct{ Response body }{body{e, id}})
	if err != nil {
		panic("fakecvm: " + err.Error())
	}
	return text
}
