package api

import (
	"slices"
	"time"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"
	cloudaudit "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cloudaudit/v20190319"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
)

// Region is one region of one account. Every call goes to one.
type Region struct {
	Client     *Client
	Account    *Account
	Name       string
	CVM        *cvm.Client
	CBS        *cbs.Client
	CloudAudit *cloudaudit.Client
	common     map[string]*common.Client // by product, of those without a module
}

// Profile is a profile for a client of the region with a time-out of its own.
func (r *Region) Profile(product string, timeout time.Duration) *profile.ClientProfile {
	return r.Client.profile(r.Account.config, product, r.Name, timeout)
}

func (a *Account) openRegion(c *Client, region string) (*Region, error) {
	r := &Region{Client: c, Account: a, Name: region}
	var err error
	if r.CVM, err = cvm.NewClient(a.Credentials, region, c.profile(a.config, "cvm", region, callTimeout)); err != nil {
		return nil, err
	}
	if r.CBS, err = cbs.NewClient(a.Credentials, region, c.profile(a.config, "cbs", region, callTimeout)); err != nil {
		return nil, err
	}
	where := AuditRegion(region)
	if r.CloudAudit, err = cloudaudit.NewClient(a.Credentials, where,
		c.profile(a.config, "cloudaudit", where, callTimeout)); err != nil {
		return nil, err
	}
	r.openCommon()
	r.CloudAudit.WithHttpTransport(observer{next: c.transport, now: c.Now})
	r.CVM.WithHttpTransport(observer{next: c.transport, now: c.Now})
	r.CBS.WithHttpTransport(observer{next: c.transport, now: c.Now})
	return r, nil
}

// auditRegions are those that answer for CloudAudit (cloud/doc.go 10.1). For another
// region the first of them is asked.
var auditRegions = []string{"ap-guangzhou", "ap-hongkong", "ap-seoul", "ap-singapore", "ap-tokyo", "eu-frankfurt"}

// AuditRegion is the region that answers for CloudAudit in a region's place.
func AuditRegion(region string) string {
	if slices.Contains(auditRegions, region) {
		return region
	}
	return auditRegions[0]
}
