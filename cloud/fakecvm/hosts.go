package fakecvm

import (
	"strings"

	"twokey/cloud/fakecvm/apierr"
)

// rootDomain is that of the real cloud's endpoints.
const rootDomain = "tencentcloudapi.com"

// checkHost judges a request to one of the cloud's own names. Each product has its
// own, finance regions answer only at theirs, and the international site has others
// (cloud/doc.go 8.8). Any other name is this double's address, which serves
// everything.
func (c *Cloud) checkHost(host, product, region string) *apierr.Error {
	label, domain, ok := strings.Cut(host, ".")
	where, ours := strings.CutSuffix(domain, rootDomain)
	if !ok || !ours {
		return nil
	}
	where = strings.TrimSuffix(where, ".")
	switch intl := c.account.Switches.On("intl_site", ""); {
	case label != product:
		return apierr.Errorf("InvalidAction", "The request action is not found at `%s`.", host)
	case (where == "intl") != intl:
		return apierr.Errorf("AuthFailure.SecretIdNotFound",
			"The SecretId is not found, please ensure that your SecretId is correct.")
	case where == "intl" || where == "":
		if isFinanceRegion(region) {
			return apierr.Errorf("UnsupportedRegion", "The region `%s` is not supported at `%s`.", region, host)
		}
	case where != region:
		return apierr.Errorf("UnsupportedRegion", "The region `%s` is not supported at `%s`.", region, host)
	}
	return nil
}

func isFinanceRegion(region string) bool { return strings.HasSuffix(region, "-fsi") }
