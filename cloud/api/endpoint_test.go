package api

import (
	"net/url"
	"strings"
	"testing"
)

func TestEveryRegionHasItsEndpoint(t *testing.T) {
	c := &Client{}
	for _, x := range []struct{ domain, product, region, endpoint, root string }{
		{"", "cvm", "ap-guangzhou", "", ""},
		{"", "cvm", "ap-shanghai-fsi", "cvm.ap-shanghai-fsi.tencentcloudapi.com", ""},
		{"", "cbs", "ap-shenzhen-fsi", "cbs.ap-shenzhen-fsi.tencentcloudapi.com", ""},
		{"intl", "cvm", "ap-singapore", "", "intl.tencentcloudapi.com"},
	} {
		p := c.profile(AccountConfig{Domain: x.domain}, x.product, x.region, callTimeout)
		if p.HttpProfile.Endpoint != x.endpoint || p.HttpProfile.RootDomain != x.root ||
			!strings.EqualFold(p.HttpProfile.Scheme, "https") {
			t.Errorf("%v: %+v", x, p.HttpProfile)
		}
		if p.Language != "en-US" || !p.DisableRegionBreaker || p.Debug || p.HttpProfile.ReqTimeout != 10 {
			t.Errorf("%v: %+v", x, p)
		}
	}
	doubled := &Client{endpoint: &url.URL{Scheme: "http", Host: "127.0.0.1:9"}}
	if p := doubled.profile(AccountConfig{Domain: "intl"}, "cvm", "ap-shanghai-fsi",
		callTimeout).HttpProfile; p.Endpoint != "127.0.0.1:9" || p.Scheme != "http" || p.RootDomain != "" {
		t.Errorf("%+v", p)
	}
}
