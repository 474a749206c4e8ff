package cloud

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"twokey/cloud/fakecvm"
	"twokey/commands/reinstall/model"
	"twokey/commands/short"
)

// Any list of an answer may be null (cloud/doc.go 4.11). Below an entry
// that is as good as an empty list. A listing that is null beside its total was
// not read: what needs it fails, or says that it could not be checked. For each
// list: what fails, and which checks are unchecked.
var nullLists = map[string][]string{
	"DescribeAutoScalingInstances.AutoScalingInstanceSet":              nil, // nobody is in a group
	"DescribeEvents.Events":                                            nil, // what is missing proves nothing
	"DescribeExistedInstances.ExistedInstanceSet":                      {"tke"},
	"DescribeExistedInstances.ExistedInstanceSet[].PrivateIpAddresses": nil,
	"DescribeImages.ImageSet":                                          {"read"},
	"DescribeImages.ImageSet[].SnapshotSet":                            nil,
	"DescribeImages.ImageSet[].Tags":                                   nil,
	"DescribeInstances.InstanceSet":                                    {"find", "look", "read"},
	"DescribeInstances.InstanceSet[].DataDisks":                        nil,
	"DescribeInstances.InstanceSet[].LoginSettings.KeyIds":             nil,
	"DescribeInstances.InstanceSet[].PrivateIpAddresses":               {"clb"},
	"DescribeInstances.InstanceSet[].PublicIpAddresses":                nil,
	"DescribeInstances.InstanceSet[].IPv6Addresses":                    nil,
	"DescribeInstances.InstanceSet[].PublicIPv6Addresses":              nil,
	"DescribeInstances.InstanceSet[].SecurityGroupIds":                 nil,
	"DescribeInstances.InstanceSet[].DisasterRecoverGroupIds":          nil,
	"DescribeInstances.InstanceSet[].Metadata.Items":                   nil,
	"DescribeInstances.InstanceSet[].Tags":                             nil,
	"DescribeKeyPairs.KeyPairSet":                                      {"read"},
	"DescribeKeyPairs.KeyPairSet[].AssociatedInstanceIds":              nil,
	"DescribeKeyPairs.KeyPairSet[].Tags":                               nil,
	"DescribeLBListeners.LoadBalancers":                                {"clb"},
	"DescribeLBListeners.LoadBalancers[].Listeners":                    nil,
	"DescribeLBListeners.LoadBalancers[].Listeners[].Rules":            nil,
	"DescribeLBListeners.LoadBalancers[].Listeners[].Rules[].Targets":  nil,
	"DescribeLBListeners.LoadBalancers[].Listeners[].Targets":          nil,
	"DescribeSnapshots.SnapshotSet":                                    {"read"},
	"DescribeSnapshots.SnapshotSet[].CopyingToRegions":                 nil,
	"DescribeSnapshots.SnapshotSet[].Images":                           nil,
	"DescribeSnapshots.SnapshotSet[].Tags":                             nil,
	"DescribeTaskInfo.RepairTaskInfoSet":                               {"maintenance"},
	"GetMonitorData.DataPoints":                                        {"traffic", "cpu"},
	"GetMonitorData.DataPoints[].Dimensions":                           {"traffic", "cpu"},
	"GetMonitorData.DataPoints[].Timestamps":                           nil,
	"GetMonitorData.DataPoints[].Values":                               {"traffic", "cpu"},
}

// nuller puts null in the place of one list, and notes where lists are.
type nuller struct {
	mu   sync.Mutex
	seen map[string]bool
	null string
	next http.Handler
}

func (n *nuller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	n.next.ServeHTTP(rec, r)
	var answer map[string]map[string]any
	if json.Unmarshal(rec.Body.Bytes(), &answer) != nil {
		panic("no JSON: " + rec.Body.String())
	}
	n.mu.Lock()
	n.walk(r.Header.Get("X-TC-Action"), answer["Response"])
	n.mu.Unlock()
	maps.Copy(w.Header(), rec.Header())
	_ = json.NewEncoder(w).Encode(answer)
}

func (n *nuller) walk(path string, fields map[string]any) {
	for name, v := range fields {
		at := path + "." + name
		switch v := v.(type) {
		case map[string]any:
			n.walk(at, v)
		case []any:
			n.seen[at] = true
			for _, one := range v {
				if m, ok := one.(map[string]any); ok {
					n.walk(at+"[]", m)
				}
			}
			if at == n.null {
				fields[name] = nil
			}
		}
	}
}

func TestEveryListMayBeNull(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	l.misbehave(t, "no_nulls", "on")
	n := &nuller{seen: map[string]bool{}, next: l.fake}
	l.wire.next = n
	w := model.Request{
		Image: fakecvm.ImageGolden, Backup: "snapshot:" + fakecvm.SnapshotCopied,
		Login: model.Login{Kind: model.LoginKeys, Keys: []string{fakecvm.KeyAlice, fakecvm.KeyOnCall}},
	}
	everything := func() (fails []string, around []model.Nearby) {
		f, err := l.Read(ctx(t), guangzhou(fakecvm.Shop01), w, "")
		_, noFind := l.Find(ctx(t), "shop-01", "", "")
		_, noLook := l.Look(ctx(t), "main", fakecvm.Guangzhou, []string{fakecvm.Shop01, fakecvm.Web02})
		_, noEvents := l.Events(ctx(t), guangzhou(fakecvm.Shop01), l.client.Now().Add(-time.Hour))
		for _, one := range []struct {
			what string
			err  error
		}{{"find", noFind}, {"look", noLook}, {"read", err}, {"events", noEvents}} {
			if one.err != nil {
				fails = append(fails, one.what)
			}
		}
		return fails, f.Around
	}
	if fails, _ := everything(); fails != nil {
		t.Fatalf("with every list as it is: %v fail", fails)
	}
	for path := range nullLists {
		if !n.seen[path] {
			t.Errorf("no answer has the list %s", path)
		}
	}
	for _, path := range short.Of(slices.Sorted(maps.Keys(n.seen)), 12) {
		want, listed := nullLists[path]
		if !listed {
			t.Errorf("the list %s is not in the table", path)
		}
		n.null = path
		got, around := everything()
		for _, a := range around {
			if a.Detection == model.Unchecked {
				got = append(got, a.Code)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is null: %q fail or are unchecked, not %q", path, got, want)
		}
	}
}
