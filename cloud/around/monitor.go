package around

import (
	"context"
	"errors"
	"strconv"
	"time"

	"twokey/cloud/api"
	"twokey/commands/reinstall/model"
)

const (
	monitorSpan   = 15 * time.Minute
	monitorPeriod = 60 // seconds; every metric below has it (document 248/6843)
	// An idle machine with its agents stays below quietMbps and quietCPU.
	quietMbps = 0.1
	quietCPU  = 10
)

// ErrNoValues means that Cloud Monitor answered without a value of the last quarter
// of an hour. The machine's agent does not run, or the machine is too new.
var ErrNoValues = errors.New("it has no values")

type monitorAnswer struct {
	DataPoints *[]struct {
		Dimensions []struct{ Name, Value *string }
		Values     []*float64
	}
}

// Metric is the mean of a metric of namespace QCE/CVM over the last minutes.
// GetMonitorData takes one metric a call.
func Metric(ctx context.Context, r *api.Region, name, instance string) (float64, error) {
	now := r.Client.Now().UTC()
	answer, err := api.ReadCommon[monitorAnswer](ctx, r, api.MonitorData, map[string]any{
		"Namespace": "QCE/CVM", "MetricName": name, "Period": monitorPeriod,
		"StartTime": now.Add(-monitorSpan).Format(time.RFC3339), "EndTime": now.Format(time.RFC3339),
		"Instances": []any{map[string]any{"Dimensions": []any{map[string]string{"Name": "InstanceId", "Value": instance}}}},
	})
	if err != nil {
		return 0, r.Account.Credentials.Redact(err)
	}
	if answer.DataPoints == nil {
		return 0, api.ErrNoAnswer
	}
	var sum float64
	n := 0
	for _, p := range *answer.DataPoints {
		if len(p.Dimensions) != 1 || api.Val(p.Dimensions[0].Value) != instance {
			continue
		}
		for _, v := range p.Values {
			if v != nil {
				sum, n = sum+*v, n+1
			}
		}
	}
	if n == 0 {
		return 0, ErrNoValues
	}
	return sum / float64(n), nil
}

// outgoingTraffic adds what leaves by the private and the public interface. A
// machine that is off sends nothing. One interface is enough to see traffic; to see
// none, both must answer.
func outgoingTraffic(ctx context.Context, r *api.Region, i model.Instance) (model.Nearby, error) {
	if i.State == "STOPPED" {
		return notSeen()
	}
	sum, failed := 0.0, error(nil)
	metrics := []string{"LanOuttraffic"}
	if len(i.PublicIPs) > 0 {
		metrics = append(metrics, "WanOuttraffic")
	}
	for _, name := range metrics {
		mbps, err := Metric(ctx, r, name, i.Instance)
		sum, failed = sum+mbps, errors.Join(failed, err)
	}
	switch {
	case sum > quietMbps:
		return seen("sends " + oneDecimal(sum) + " Mbps out (mean of 15 minutes)")
	case failed != nil:
		return model.Nearby{}, failed
	}
	return notSeen()
}

// cpuLoad asks the agent inside the machine, and its host if the agent is silent. A
// machine that needs a reinstall is often too broken to answer.
func cpuLoad(ctx context.Context, r *api.Region, i model.Instance) (model.Nearby, error) {
	if i.State == "STOPPED" {
		return notSeen()
	}
	percent, err := Metric(ctx, r, "CPUUsage", i.Instance)
	if errors.Is(err, ErrNoValues) {
		percent, err = Metric(ctx, r, "BaseCpuUsage", i.Instance)
	}
	switch {
	case err != nil:
		return model.Nearby{}, err
	case percent > quietCPU:
		return seen("has a CPU that is " + oneDecimal(percent) + " % busy (mean of 15 minutes)")
	}
	return notSeen()
}

func oneDecimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
