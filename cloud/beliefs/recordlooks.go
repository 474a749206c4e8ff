package beliefs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"twokey/cloud/api"
	"twokey/cloud/around"
	"twokey/cloud/describe"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// resetOperation is a reset's name, as an action and in the records.
const resetOperation = "ResetInstance"

// What the documents list (cloud/doc.go 4.1 and 4.2).
var (
	recordStates  = []string{"OPERATING", "SUCCESS", "FAILED"}
	machineStates = []string{
		"PENDING", "LAUNCH_FAILED", "RUNNING", "STOPPED", "STARTING", "STOPPING", "REBOOTING", "SHUTDOWN", "TERMINATING",
		"RESCUE_MODE", "ENTER_RESCUE_MODE", "EXIT_RESCUE_MODE",
		"SERVICE_LIVE_MIGRATE", "ENTER_SERVICE_LIVE_MIGRATE", "EXIT_SERVICE_LIVE_MIGRATE",
	}
	restrictStates  = []string{"NORMAL", "EXPIRED", "PROTECTIVELY_ISOLATED"}
	isolatedSources = []string{"ARREAR", "EXPIRE", "MANMADE", "NOTISOLATED"}
	chargingModes   = []string{"KEEP_CHARGING", "STOP_CHARGING", "NOT_APPLICABLE"}
)

// unknown are the values that are not known ones; an empty value does not count.
func (c counted) unknown(known []string) (out []string) {
	for value := range c {
		if value != "" && !slices.Contains(known, value) {
			out = append(out, value)
		}
	}
	slices.Sort(out)
	return out
}

// showValue is a value of the API as strangers may see it. Values of the API are
// short words; it shows nothing else.
func showValue(value *string) string {
	word := api.Val(value)
	ok := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-", r)
	}
	if len(word) > 60 || strings.ContainsFunc(word, func(r rune) bool { return !ok(r) }) {
		return "(another text)"
	}
	return word
}

// recordStates also shows the share of machines without a record, which is normal
// (cloud/doc.go 4.6).
func (v *survey) recordStates(ctx context.Context) port.BeliefResult {
	return v.eachRegion(ctx, func(_ *api.Region, one *surveyed) (port.BeliefState, string) {
		states, none, partly := counted{}, 0, 0
		for _, i := range one.machines {
			switch {
			case i == nil:
			case api.Val(i.LatestOperation) == "" && api.Val(i.LatestOperationState) == "" &&
				api.Val(i.LatestOperationRequestId) == "":
				none++
			case api.Val(i.LatestOperation) == "" || api.Val(i.LatestOperationState) == "" ||
				api.Val(i.LatestOperationRequestId) == "":
				partly++
			}
			if i != nil && api.Val(i.LatestOperationState) != "" {
				states[showValue(i.LatestOperationState)]++
			}
		}
		seen := fmt.Sprintf("%d of %d machines without a record, %d with a part of one; states: %s", none, len(one.machines),
			partly, states)
		switch {
		case len(states.unknown(recordStates)) > 0:
			return port.Differs, seen
		case len(states) > 0:
			return port.Holds, seen
		}
		return port.Inconclusive, seen
	})
}

// isOtherNameOfReset reports whether a name is another word for a reset
// (cloud/doc.go 4.8).
func isOtherNameOfReset(name string) bool {
	lower := strings.ToLower(name)
	return name != resetOperation &&
		(lower == "resetinstance" || lower == "resetinstances" || lower == "convertoperatingsystems" ||
			strings.Contains(lower, "reinstall"))
}

func (v *survey) operationNames(ctx context.Context) port.BeliefResult {
	return v.eachRegion(ctx, func(_ *api.Region, one *surveyed) (port.BeliefState, string) {
		names, others := counted{}, 0
		for _, i := range one.machines {
			if i == nil || api.Val(i.LatestOperation) == "" {
				continue
			}
			names[showValue(i.LatestOperation)]++
			if isOtherNameOfReset(*i.LatestOperation) {
				others++
			}
		}
		switch seen := "last operations: " + names.String(); {
		case others > 0:
			return port.Differs, seen
		case names[resetOperation] > 0:
			return port.Holds, seen
		default:
			return port.Inconclusive, seen + ", and none of them is a reinstall"
		}
	})
}

func (v *survey) machineStates(ctx context.Context) port.BeliefResult {
	return v.eachRegion(ctx, func(_ *api.Region, one *surveyed) (port.BeliefState, string) {
		kinds := []struct {
			of    func(*describe.RawInstance) *string
			known []string
		}{
			{func(i *describe.RawInstance) *string { return i.InstanceState }, machineStates},
			{func(i *describe.RawInstance) *string { return i.RestrictState }, restrictStates},
			{func(i *describe.RawInstance) *string { return i.IsolatedSource }, isolatedSources},
			{func(i *describe.RawInstance) *string { return i.StopChargingMode }, chargingModes},
		}
		var words, strange []string
		for _, k := range kinds {
			values := counted{}
			for _, i := range one.machines {
				if i != nil && api.Val(k.of(i)) != "" {
					values[showValue(k.of(i))]++
				}
			}
			words = append(words, values.String())
			strange = append(strange, values.unknown(k.known)...)
		}
		seen := strings.Join(words, " | ")
		if len(strange) > 0 {
			return port.Differs, "not in the documents: " + strings.Join(strange, ", ") + "; seen: " + seen
		}
		return port.Holds, seen
	})
}

// wholeLists counts, for a missing or double entry would make a wrong choice.
func (v *survey) wholeLists(ctx context.Context) port.BeliefResult {
	return v.eachRegion(ctx, func(_ *api.Region, one *surveyed) (port.BeliefState, string) {
		ids, nameless := map[string]bool{}, 0
		for _, i := range one.machines {
			if i == nil || api.Val(i.InstanceId) == "" {
				nameless++
				continue
			}
			ids[*i.InstanceId] = true
		}
		seen := fmt.Sprintf("a total of %d, %d entries, %d ids, %d entries without an id", one.total, len(one.machines),
			len(ids), nameless)
		switch {
		case nameless > 0 || one.total < 0 || len(ids) != len(one.machines), one.whole &&
			one.total != int64(len(one.machines)):
			return port.Differs, seen
		case !one.whole:
			seen += "; the rest was not read"
		}
		return port.Holds, seen
	})
}

func (v *survey) cloudClock(ctx context.Context) port.BeliefResult {
	var g gathered
	for _, r := range v.allRegions() {
		one := v.region(ctx, r)
		if one.err != nil {
			g.add(v.placeOf(r), port.Inconclusive, around.WhyUnchecked(api.DescribeInstances, one.err))
			continue
		}
		switch _, skew, err := one.clock.Server(); {
		case err != nil:
			g.add(v.placeOf(r), port.Differs, err.Error())
		case skew.Abs() > model.MaxSkew:
			g.add(v.placeOf(r), port.Differs,
				fmt.Sprintf("%.0f s apart, of at most %.0f s", skew.Abs().Seconds(), model.MaxSkew.Seconds()))
		default:
			g.add(v.placeOf(r), port.Holds, fmt.Sprintf("%.0f s apart", skew.Abs().Seconds()))
		}
	}
	return g.result()
}
