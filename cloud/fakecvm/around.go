package fakecvm

import (
	"fmt"
	"slices"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/query"
)

// What stands around an instance: calls of CLB, Cloud Monitor, Auto Scaling, TKE, and
// CVM's repair tasks. Parameters and answers are those of the SDK's clb v20180317,
// monitor v20180724, as v20180419, tke v20180525 and cvm v20170312.

// Versions of these products' APIs.
const (
	clbVersion     = "2018-03-17"
	monitorVersion = "2018-07-24"
	asVersion      = "2018-04-19"
	tkeVersion     = "2018-05-25"
)

// aroundCalls are the entries of these calls in the table. The documents give 20
// requests a second for each; for DescribeAutoScalingInstances they give nothing,
// and 20 is taken.
func aroundCalls() map[string]call {
	return map[string]call{
		"DescribeLBListeners": {product: "clb", perSecond: 20, run: describeLBListeners, version: clbVersion},
		"GetMonitorData": {
			product: "monitor", perSecond: 20, run: getMonitorData,
			version: monitorVersion,
		},
		"DescribeAutoScalingInstances": {
			product: "as", perSecond: 20, run: describeAutoScalingInstances,
			version: asVersion,
		},
		"DescribeExistedInstances": {product: "tke", perSecond: 20, run: describeExistedInstances, version: tkeVersion},
		"DescribeTaskInfo":         {product: "cvm", perSecond: 20, run: describeTaskInfo, regionless: true},
	}
}

// backend is an LbRsItem: a private address within a network.
type backend struct {
	VpcID     *string `json:"VpcId"`
	PrivateIP *string `json:"PrivateIp"`
}

type (
	lbTarget struct {
		Type      string
		PrivateIP string `json:"PrivateIp"`
		Port      int
		Weight    int
	}
	lbRule struct {
		LocationID string `json:"LocationId"`
		Domain     string
		URL        string `json:"Url"`
		Targets    []lbTarget
	}
	lbListener struct {
		ListenerID string `json:"ListenerId"`
		Protocol   string
		Port       int
		Rules      []lbRule
		Targets    []lbTarget
	}
	lbItem struct {
		LoadBalancerID string `json:"LoadBalancerId"`
		Vip            string
		Listeners      []lbListener
		Region         string
	}
)

// describeLBListeners finds load balancers by the network and the private
// address of what stands behind them.
func describeLBListeners(a *account.Account, r request) (any, *apierr.Error) {
	var in struct{ Backends []backend }
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if len(in.Backends) == 0 {
		return nil, apierr.Missing("Backends")
	}
	all := []lbItem{}
	for _, b := range in.Backends {
		switch {
		case b.VpcID == nil:
			return nil, apierr.Missing("Backends.VpcId")
		case b.PrivateIP == nil:
			return nil, apierr.Missing("Backends.PrivateIp")
		}
		if *b.VpcID != vpcOf(r.region) {
			continue
		}
		for _, m := range a.Machines {
			if m.Region == r.region && slices.Contains(m.PrivateIPs, *b.PrivateIP) {
				all = addBalancers(all, m.Instance, *b.PrivateIP)
			}
		}
	}
	return struct{ LoadBalancers []lbItem }{all}, nil
}

func addBalancers(all []lbItem, i account.Instance, ip string) []lbItem {
	for _, lb := range i.Balancers {
		l := lbListener{
			ListenerID: "lbl-" + account.IDFrom(fmt.Sprint(lb.ID, lb.Port)), Protocol: lb.Protocol,
			Port: lb.Port,
		}
		targets := []lbTarget{{Type: "cvm", PrivateIP: ip, Port: 8080, Weight: lb.Weight}}
		if lb.Protocol == "HTTP" || lb.Protocol == "HTTPS" {
			l.Rules = []lbRule{{
				LocationID: "loc-" + account.IDFrom(l.ListenerID), Domain: "shop.example.com", URL: "/",
				Targets: targets,
			}}
		} else {
			l.Targets = targets
		}
		n := slices.IndexFunc(all, func(x lbItem) bool { return x.LoadBalancerID == lb.ID })
		if n < 0 {
			all, n = append(all, lbItem{LoadBalancerID: lb.ID, Vip: "203.0.113.7", Region: i.Region}), len(all)
		}
		all[n].Listeners = append(all[n].Listeners, l)
	}
	return all
}

// scaled is an instance of an auto-scaling group as the API answers it.
type scaled struct {
	InstanceID           string `json:"InstanceId"`
	AutoScalingGroupID   string `json:"AutoScalingGroupId"`
	AutoScalingGroupName string
	LifeCycleState       string
	HealthStatus         string
	ProtectedFromScaleIn bool
	Zone                 string
	CreationType         string
	InstanceType         string
}

// describeAutoScalingInstances lists members of auto-scaling groups. The answer
// leaves out other instances.
func describeAutoScalingInstances(a *account.Account, r request) (any, *apierr.Error) {
	var in struct {
		InstanceIDs   []string `json:"InstanceIds"`
		Filters       []query.Filter
		Offset, Limit *int64
	}
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if len(in.InstanceIDs) > 0 && len(in.Filters) > 0 {
		return nil, apierr.Errorf("InvalidParameter.Conflict", "`InstanceIds` and `Filters` cannot be given together.")
	}
	if e := checkIDs(in.InstanceIDs, "InvalidParameterValue.InvalidInstanceId"); e != nil {
		return nil, e
	}
	members := slices.DeleteFunc(shownInstances(a, r.region, in.InstanceIDs),
		func(i account.Instance) bool { return i.ScalingGroup == "" })
	chosen, e := scalingFilters.Choose(members, in.Filters)
	if e != nil {
		return nil, e
	}
	list, e := query.Page(chosen, in.Offset, in.Limit, "InvalidParameterValue.LimitExceeded")
	if e != nil {
		return nil, e
	}
	out := []scaled{}
	for _, i := range list {
		out = append(out, scaled{
			InstanceID: i.ID, AutoScalingGroupID: i.ScalingGroup, AutoScalingGroupName: "of " + i.Name,
			LifeCycleState: "IN_SERVICE",
			HealthStatus:   "HEALTHY", Zone: i.Zone, CreationType: "AUTO_CREATION", InstanceType: i.Type,
		})
	}
	return struct {
		TotalCount             int
		AutoScalingInstanceSet []scaled
	}{len(chosen), out}, nil
}

var scalingFilters = query.Filterable[account.Instance]{
	Values: map[string]func(account.Instance) []string{
		"instance-id":           query.SingleValue(func(i account.Instance) string { return i.ID }),
		"auto-scaling-group-id": query.SingleValue(func(i account.Instance) string { return i.ScalingGroup }),
		"private-ip-address":    func(i account.Instance) []string { return i.PrivateIPs },
	},
}

func checkIDs(ids []string, code string) *apierr.Error {
	if len(ids) > query.MaxPage {
		return apierr.Errorf("InvalidParameterValue.LimitExceeded", "`InstanceIds` has %d elements; the limit is %d.",
			len(ids), query.MaxPage)
	}
	for _, id := range ids {
		if !account.InstanceIDForm.MatchString(id) {
			return apierr.Errorf(code, "The instance ID `%s` is not valid.", id)
		}
	}
	return nil
}

// existed is an instance as TKE answers it: whether it could join a cluster.
type existed struct {
	InstanceID         string `json:"InstanceId"`
	InstanceName       string
	Usable             bool
	UnusableReason     string
	AlreadyInCluster   string
	PrivateIPAddresses []string `json:"PrivateIpAddresses"`
	CPU                int
	Memory             int
	OSName             string `json:"OsName"`
	InstanceType       string
	AutoscalingGroupID string `json:"AutoscalingGroupId"`
	InstanceChargeType string
}

// describeExistedInstances lists instances with the cluster that they are in.
func describeExistedInstances(a *account.Account, r request) (any, *apierr.Error) {
	var in struct {
		ClusterID         *string  `json:"ClusterId"`
		InstanceIDs       []string `json:"InstanceIds"`
		Filters           []query.Filter
		VagueIPAddress    *string `json:"VagueIpAddress"`
		VagueInstanceName *string
		Offset, Limit     *int64
		IPAddresses       []string `json:"IpAddresses"`
	}
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if in.ClusterID != nil || in.VagueIPAddress != nil || in.VagueInstanceName != nil || len(in.IPAddresses) > 0 {
		return nil, apierr.Errorf("UnsupportedOperation", "The double looks up by `InstanceIds` and `Filters` only.")
	}
	if len(in.InstanceIDs) > 0 && len(in.Filters) > 0 {
		return nil, apierr.Errorf("InvalidParameter.Param", "`InstanceIds` and `Filters` cannot be given together.")
	}
	if e := checkIDs(in.InstanceIDs, "FailedOperation.Param"); e != nil {
		return nil, e
	}
	chosen, e := instanceFilters.Choose(shownInstances(a, r.region, in.InstanceIDs), in.Filters)
	if e != nil {
		return nil, e
	}
	list, e := query.Page(chosen, in.Offset, in.Limit, "InvalidParameterValue.LimitExceeded")
	if e != nil {
		return nil, e
	}
	out := []existed{}
	for _, i := range list {
		one := existed{
			InstanceID: i.ID, InstanceName: i.Name, Usable: i.Cluster == "", AlreadyInCluster: i.Cluster,
			PrivateIPAddresses: orEmpty(i.PrivateIPs),
			CPU:                i.CPU, Memory: i.MemoryGB, OSName: i.OSName,
			InstanceType: i.Type, AutoscalingGroupID: i.ScalingGroup, InstanceChargeType: i.ChargeType,
		}
		if !one.Usable {
			one.UnusableReason = "AlreadyInCluster"
		}
		out = append(out, one)
	}
	return struct {
		TotalCount         int
		ExistedInstanceSet []existed
	}{len(chosen), out}, nil
}
