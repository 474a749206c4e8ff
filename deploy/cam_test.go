package deploy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/cloud"
	"twokey/cloud/fakecvm"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/deploy"
)

type camPolicy struct {
	Version   string         `json:"version"`
	Statement []camStatement `json:"statement"`
}

type camStatement struct {
	Effect    string                         `json:"effect"`
	Action    []string                       `json:"action"`
	Resource  camResources                   `json:"resource"`
	Condition map[string]map[string][]string `json:"condition"`
}

// camResources are one or many.
type camResources []string

func (r *camResources) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*r = camResources{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(r))
}

func readCAMPolicy(t *testing.T) camPolicy {
	t.Helper()
	var p camPolicy
	d := json.NewDecoder(bytes.NewReader(deploy.CAMPolicy))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatal(err)
	}
	return p
}

// products are the prefixes of actions that are not CVM's.
var products = map[string]string{
	"DescribeEvents": "cloudaudit", "GetCallerIdentity": "sts", "DescribeLBListeners": "clb", "GetMonitorData": "monitor",
	"DescribeAutoScalingInstances": "as", "DescribeExistedInstances": "tke",
}

// openCloud is package cloud on its double.
func openCloud(t *testing.T) (*cloud.Cloud, *fakecvm.Cloud) {
	t.Helper()
	fake := fakecvm.New(fakecvm.Config{SecretID: fakecvm.SampleSecretID, SecretKey: fakecvm.SampleSecretKey})
	api := httptest.NewServer(fake)
	t.Cleanup(api.Close)
	c, err := cloud.Open(cloud.Config{Endpoint: api.URL, Accounts: []cloud.Account{{
		Name: "main", Regions: []string{fakecvm.Guangzhou}, SecretID: fakecvm.SampleSecretID,
		SecretKey: fakecvm.SampleSecretKey,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, fake
}

// cloudUses is everything that package cloud can do, but for reading events.
func cloudUses(ctx context.Context, c *cloud.Cloud, ref model.Ref) map[string]func() error {
	plan := model.Plan{
		Ref: ref, Image: model.Image{ID: fakecvm.ImageUbuntu22, Type: model.ImagePublic},
		Disk: model.Disk{Type: "CLOUD_PREMIUM", SizeGB: 50}, DiskGB: 50,
		Login: model.Login{Kind: model.LoginMessageCenter},
	}
	return map[string]func() error{
		"Ping": func() error { return c.Ping(ctx) },
		"Find": func() error { _, err := c.Find(ctx, "web-01", "", ""); return err },
		"Read": func() error {
			_, err := c.Read(ctx, ref, model.Request{
				Image: fakecvm.ImageUbuntu22, DiskGB: 100,
				Login: model.Login{Kind: model.LoginKeys, Keys: []string{"skey-00000000"}},
			}, "img-00000000")
			return err
		},
		"Look":        func() error { _, err := c.Look(ctx, ref.Account, ref.Region, []string{ref.Instance}); return err },
		"Fleet":       func() error { return c.Fleet(ctx)[0].Err },
		"Images":      func() error { _, err := c.Images(ctx, ref); return err },
		"ImageByName": func() error { _, _, err := c.ImageByName(ctx, ref, "twokey-7k3q"); return err },
		"Beliefs": func() error {
			for _, b := range c.Beliefs() {
				if b.Look != nil && b.Look(ctx).State == port.Differs {
					return fmt.Errorf("%s differs", b.Name)
				}
			}
			return nil
		},
		"ImageRoom": func() error { _, _, err := c.ImageRoom(ctx, ref); return err },
		"CreateImage": func() error {
			_, err := c.CreateImage(ctx, model.Ref{Account: "main", Region: fakecvm.Guangzhou, Instance: fakecvm.Web02},
				"twokey-7k3q", false)
			return err
		},
		"Reset": func() error {
			if a := c.Reset(ctx, port.Order{Plan: plan, T0: time.Now()}); a.Verdict != port.Accepted {
				return fmt.Errorf("%+v", a)
			}
			return nil
		},
	}
}

// calledActions drives everything that package cloud can do, and returns the actions
// that the double saw and let through.
func calledActions(t *testing.T) map[string]bool {
	t.Helper()
	c, fake := openCloud(t)
	ctx, ref := t.Context(), model.Ref{Account: "main", Region: fakecvm.Guangzhou, Instance: fakecvm.Web01}
	for what, do := range cloudUses(ctx, c, ref) {
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := fake.Switch("audit_delay", "0s"); err != nil {
		t.Fatal(err)
	}
	if es, err := c.Events(ctx, ref, time.Now().Add(-time.Hour)); err != nil || len(es) != 1 ||
		es[0].Caller != model.CallerOurs {
		t.Errorf("Events: %+v, %v", es, err)
	}
	actions := map[string]bool{}
	for _, r := range fake.Requests() {
		if r.Executed {
			product, ok := products[r.Action]
			if !ok {
				product = "cvm" // CBS' actions bear the same prefix
			}
			actions[product+":"+r.Action] = true
		}
	}
	return actions
}

func TestTheCAMPolicyAllowsExactlyTheActionsThatAreCalled(t *testing.T) {
	allowed := map[string]bool{}
	for _, s := range readCAMPolicy(t).Statement {
		for _, a := range s.Action {
			allowed[a] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(calledActions(t))), slices.Sorted(maps.Keys(allowed))); diff != "" {
		t.Errorf("-called +allowed\n%s", diff)
	}
}

func TestTheCAMPolicyLetsWritesReachTaggedMachinesOnly(t *testing.T) {
	p := readCAMPolicy(t)
	if p.Version != "2.0" {
		t.Errorf("version %q", p.Version)
	}
	tagged := map[string][]string{}
	for n, s := range p.Statement {
		if s.Effect != "allow" || len(s.Action) == 0 || len(s.Resource) == 0 {
			t.Errorf("statement %d: %+v", n, s)
		}
		if !slices.ContainsFunc(s.Action, changesMachines) {
			continue
		}
		condition := s.Condition["for_any_value:string_equal"]["qcs:resource_tag"]
		for _, r := range s.Resource {
			switch {
			case r == "*":
				t.Errorf("statement %d lets a write reach everything", n)
			case strings.HasSuffix(r, ":instance/*") && !slices.Equal(condition, []string{"twokey&allowed"}):
				t.Errorf("statement %d lets a write reach machines without the tag", n)
			}
			for _, a := range s.Action {
				tagged[a] = append(tagged[a], r)
			}
		}
	}
	for _, region := range shippedPolicy(t).Policy.Accounts[0].Regions {
		for _, a := range []string{"cvm:ResetInstance", "cvm:CreateImage"} {
			for _, kind := range []string{"instance", "image", "keypair", "systemdisk"} {
				if r := fmt.Sprintf("qcs::cvm:%s:uin/UIN:%s/*", region, kind); !slices.Contains(tagged[a], r) {
					t.Errorf("%s may not reach %s", a, r)
				}
			}
		}
	}
}

// changesMachines reports whether the action changes something.
func changesMachines(action string) bool {
	_, verb, _ := strings.Cut(action, ":")
	return !strings.HasPrefix(verb, "Describe") && !strings.HasPrefix(verb, "Inquiry") && !strings.HasPrefix(verb, "Get")
}
