package beliefs

import (
	"context"
	"fmt"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/around"
	"twokey/cloud/audit"
	"twokey/cloud/describe"
	"twokey/commands/port"
)

// requestIDs looks for the call of each record among the events. An event can be
// late or missing; that proves nothing as long as others agree.
func (v *survey) requestIDs(ctx context.Context) port.BeliefResult {
	return v.eachRegion(ctx, func(r *api.Region, one *surveyed) (port.BeliefState, string) {
		t := v.trail(ctx, r)
		if t.err != nil {
			return port.Inconclusive, around.WhyUnchecked(api.DescribeEvents, t.err)
		}
		same, other := 0, 0
		for _, i := range one.machines {
			switch compareRecord(r, i, t) {
			case port.Holds:
				same++
			case port.Differs:
				other++
			}
		}
		seen := fmt.Sprintf("records whose call CloudAudit shows under the same id %d, under other ids only %d", same,
			other)
		switch {
		case same > 0:
			return port.Holds, seen
		case other > 0:
			return port.Differs, seen
		}
		return port.Inconclusive, seen
	})
}

// compareRecord says whether the machine's record and an event of the same operation
// agree. Without such an event it says Untold.
func compareRecord(r *api.Region, i *describe.RawInstance, t *trail) port.BeliefState {
	if i == nil || api.Val(i.LatestOperation) == "" || api.Val(i.LatestOperationRequestId) == "" {
		return port.Inconclusive
	}
	found := port.Inconclusive
	for _, raw := range t.events {
		e, ok := audit.EventOf(r, raw, api.Val(i.InstanceId), noUser)
		switch {
		case !ok || e.Operation != *i.LatestOperation:
		case e.RequestID == *i.LatestOperationRequestId:
			return port.Holds
		default:
			found = port.Differs
		}
	}
	return found
}

// noUser stands for our account user if it does not matter whose calls they are.
func noUser() string { return "" }

// auditEvents looks at what the rules need of an event, once for each account and
// each region that answers for CloudAudit.
func (v *survey) auditEvents(ctx context.Context) port.BeliefResult {
	var g gathered
	seen := map[*trail]bool{}
	for _, r := range v.allRegions() {
		t := v.trail(ctx, r)
		if seen[t] {
			continue
		}
		seen[t] = true
		if t.err != nil {
			g.add(v.placeOf(r), port.Inconclusive, around.WhyUnchecked(api.DescribeEvents, t.err))
			continue
		}
		found, words := v.eventShapes(t)
		g.add(v.placeOf(r), found, words)
	}
	return g.result()
}

func (v *survey) eventShapes(t *trail) (port.BeliefState, string) {
	if len(t.events) == 0 {
		return port.Inconclusive, "no event of an operation that changes a machine"
	}
	timeless, nameless, keyless, order := 0, 0, 0, 0
	var newest, last time.Time
	for _, e := range t.events {
		if e == nil || api.Val(e.RequestID) == "" || api.Val(e.EventName) == "" {
			nameless++
			continue
		}
		if api.Val(e.SecretId) == "" {
			keyless++
		}
		at, ok := audit.EventTime(api.Val(e.EventTime))
		if !ok || at.After(v.client.Now().Add(time.Hour)) { // no clock is so far off
			timeless++
			continue
		}
		if !last.IsZero() && at.After(last) {
			order++
		}
		if last = at; at.After(newest) {
			newest = at
		}
	}
	words := fmt.Sprintf("events %d; without: request id or name %d, readable time %d, order %d, "+
		"access key %d", len(t.events), nameless, timeless, order, keyless)
	if !newest.IsZero() {
		words += ", the newest " + v.client.Now().Sub(newest).Round(time.Second).String() + " old"
	}
	if nameless+timeless+order > 0 {
		return port.Differs, words
	}
	return port.Holds, words
}
