package fakecvm

import "twokey/cloud/fakecvm/apierr"

func describeRegions(a *account, r request) (any, *apierr.Error) {
	if e := decode(r.body, &struct{}{}); e != nil {
		return nil, e
	}
	type wireRegion struct{ Region, RegionName, RegionState string }
	set := []wireRegion{}
	for _, one := range regions {
		set = append(set, wireRegion{one.name, one.told, "AVAILABLE"})
	}
	return struct {
		TotalCount int
		RegionSet  []wireRegion
	}{len(set), set}, nil
}
