package fakecvm

import (
	"slices"
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
)

const (
	monitorNamespace  = "QCE/CVM"
	maxMonitored      = 10   // instances a request (document 248/39917)
	maxMonitorPoints  = 1440 // values a request
	usualMonitorCycle = 300
)

// metrics are those of namespace QCE/CVM that the double knows (document
// 248/6843): traffic in Mbps, CPU in percent. CPUUsage comes from the agent
// inside the machine, BaseCpuUsage from its host.
var metrics = map[string]func(account.Instance) (float64, bool){
	"LanOuttraffic": func(i account.Instance) (float64, bool) { return i.OutMbps, true },
	"WanOuttraffic": func(i account.Instance) (float64, bool) { return i.WanOutMbps, len(i.PublicIPs) > 0 },
	"CPUUsage":      func(i account.Instance) (float64, bool) { return i.CPUPercent, !i.NoAgent },
	"BaseCpuUsage":  func(i account.Instance) (float64, bool) { return i.CPUPercent, true },
}

type (
	dimension struct{ Name, Value *string }
	monitored struct{ Dimensions []dimension }
	dataPoint struct {
		Dimensions []dimension
		Timestamps []float64
		Values     []float64
	}
	monitorParams struct {
		Namespace, MetricName *string
		Instances             []monitored
		Period                *uint64
		StartTime, EndTime    *string
		SpecifyStatistics     *int64
	}
)

// getMonitorData answers the same value for every period that has passed. A stopped
// machine has no values, nor has one whose agent does not run.
func getMonitorData(a *account.Account, r request) (any, *apierr.Error) {
	var in monitorParams
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	period, from, to, e := in.check(a.Clock.Wall())
	if e != nil {
		return nil, e
	}
	points := []dataPoint{}
	for _, one := range in.Instances {
		id, e := one.instance()
		if e != nil {
			return nil, e
		}
		p := dataPoint{Dimensions: one.Dimensions, Timestamps: []float64{}, Values: []float64{}}
		for _, i := range shownInstances(a, r.region, []string{id}) {
			value, has := metrics[*in.MetricName](i)
			if !has || i.State != account.StateRunning || a.Switches.On("monitor_empty", id) {
				continue
			}
			for at := from.Truncate(period); at.Before(to) && at.Before(a.Clock.Wall()); at = at.Add(period) {
				p.Timestamps, p.Values = append(p.Timestamps, float64(at.Unix())), append(p.Values, value)
			}
		}
		points = append(points, p)
	}
	return struct {
		Period             int
		MetricName         string
		DataPoints         []dataPoint
		StartTime, EndTime string
	}{int(period / time.Second), *in.MetricName, points, from.Format(time.RFC3339), to.Format(time.RFC3339)}, nil
}

// instance is the one whose dimension it is.
func (m monitored) instance() (string, *apierr.Error) {
	if len(m.Dimensions) != 1 || m.Dimensions[0].Name == nil || *m.Dimensions[0].Name != "InstanceId" ||
		m.Dimensions[0].Value == nil {
		return "", apierr.Errorf("InvalidParameterValue", "The dimension of `%s` is `InstanceId` alone.",
			monitorNamespace)
	}
	return *m.Dimensions[0].Value, nil
}

func (in monitorParams) check(now time.Time) (period time.Duration, from, to time.Time, e *apierr.Error) {
	no := func(e *apierr.Error) (time.Duration, time.Time, time.Time, *apierr.Error) { return 0, from, to, e }
	switch {
	case in.Namespace == nil:
		return no(apierr.Missing("Namespace"))
	case in.MetricName == nil:
		return no(apierr.Missing("MetricName"))
	case len(in.Instances) == 0:
		return no(apierr.Missing("Instances"))
	case *in.Namespace != monitorNamespace || metrics[*in.MetricName] == nil:
		return no(apierr.Errorf("InvalidParameterValue", "There is no metric `%s` in `%s`.", *in.MetricName,
			*in.Namespace))
	case len(in.Instances) > maxMonitored:
		return no(apierr.Errorf("InvalidParameterValue", "`Instances` has %d elements; the limit is %d.",
			len(in.Instances),
			maxMonitored))
	}
	seconds := uint64(usualMonitorCycle)
	if in.Period != nil {
		seconds = *in.Period
	}
	if !slices.Contains([]uint64{10, 60, 300, 3600, 86400}, seconds) {
		return no(apierr.Errorf("InvalidParameterValue", "The metric has no period of %d s.", seconds))
	}
	period = time.Duration(seconds) * time.Second
	read := func(text *string, usual time.Time) (time.Time, *apierr.Error) {
		return timeOr(usual, text, time.RFC3339, time.UTC, "`%s` is not a time of ISO 8601 with a zone.")
	}
	if from, e = read(in.StartTime, now.Truncate(24*time.Hour)); e != nil {
		return no(e)
	}
	if to, e = read(in.EndTime, now); e != nil {
		return no(e)
	}
	switch {
	case to.Before(from):
		return no(apierr.Errorf("InvalidParameterValue", "`EndTime` is before `StartTime`."))
	case int(to.Sub(from)/period)*len(in.Instances) > maxMonitorPoints:
		return no(apierr.Errorf("InvalidParameterValue", "More than %d values are asked for.", maxMonitorPoints))
	}
	return period, from, to, nil
}
