package fakecvm

import (
	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
)

func describeRegions(a *account.Account, r request) (any, *apierr.Error) {
	if e := decode(r.body, &struct{}{}); e != nil {
		return nil, e
	}
	type wireRegion struct{ Region, RegionName, RegionState string }
	set := []wireRegion{}
	for _, one := range account.Regions {
		set = append(set, wireRegion{one.Name, one.LocalName, "AVAILABLE"})
	}
	return struct {
		TotalCount int
		RegionSet  []wireRegion
	}{len(set), set}, nil
}
