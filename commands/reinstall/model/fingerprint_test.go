package model_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

// apart are the facts that the fingerprint leaves out, each with its reason.
// Everything else, also what is added later, must change it.
var apart = map[string]string{
	"Instance.Zone":                "it cannot change",
	"Instance.CPU":                 "the instance type says it",
	"Instance.MemoryGB":            "the instance type says it",
	"Instance.State":               "the preflight judges it anew",
	"Instance.RestrictState":       "the preflight judges it anew",
	"Instance.IsolatedSource":      "the preflight judges it anew",
	"Instance.StopChargingMode":    "the preflight judges it anew",
	"Instance.ChargeType":          "the preflight judges it anew, and the price is compared",
	"Instance.KeyIDs":              "every reset unbinds them",
	"Instance.LoginUser":           "it is of the system that is wiped",
	"Instance.LoginPort":           "it is of the system that is wiped",
	"Instance.DataDisks.Encrypted": "it is told of the system disk only",
	"Instance.DataDisks.KmsKey":    "it is told of the system disk only",
	"Instance.Protected":           "it only warns",
	"Instance.VPC":                 "load balancers are looked up by it",
	"Instance.Role":                "a sight is made of it",
	"Instance.Latest":              "a reading compares it with the baseline",
	"Instance.Created":             "the id is of one machine only",
	"Image.Percent":                "of an image that is being made, which the preflight blocks",
	"ImageFound":                   "the preflight judges it anew",
	"Current":                      "it is wiped; its id is the instance's, and its platform is compared",
	"PriceNote":                    "the preflight judges it anew",
	"PriceRefusal":                 "the preflight judges it anew",
	"PricePasses":                  "the preflight judges it anew",
	"Around":                       "what is stable of it is the plan's, and has tests of its own",
	"Evidence":                     "the backup is looked for anew",
	"KeyPairs":                     "the preflight judges them anew",
	"ServerTime":                   "it passes",
	"Skew":                         "arming judges it",
	// of the terms
	"Terms.Rule":               "it only names where the others come from",
	"Terms.ExpiresAfter":       "the record has its own end",
	"Terms.Hold":               "nobody's key depends on who may stop the countdown",
	"Terms.Asking.RemindAfter": "nobody's key depends on how often the others are called",
	"Terms.Asking.Notify":      "nobody's key depends on the way in which people are told",
	"Terms.Asking.QuietHours":  "people are called later for it, and by nobody else",
}

func isApart(path string) bool {
	for p := path; p != ""; {
		if _, ok := apart[p]; ok {
			return true
		}
		i := strings.LastIndexByte(p, '.')
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return false
}

// A leaf is one value among the facts, or a list of them.
type leaf struct {
	path string
	v    reflect.Value
}

// leaves lists every value below v that can be changed.
func leaves(path string, v reflect.Value) []leaf {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		return append(leaves(path, v.Elem()), leaf{path, v})
	}
	if v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[time.Time]() {
		out := []leaf{{path, v}}
		if v.Kind() == reflect.Slice {
			for i := range v.Len() {
				out = append(out, leaves(path, v.Index(i))...)
			}
		}
		return out
	}
	var out []leaf
	for i := range v.NumField() {
		p := path
		if f := v.Type().Field(i); !f.Anonymous {
			p = strings.TrimPrefix(path+"."+f.Name, ".")
		}
		out = append(out, leaves(p, v.Field(i))...)
	}
	return out
}

// word is what names, ids and values of tags may be: also such as hold the
// signs with which lists are written.
var word = rapid.StringMatching(`[a-z0-9 ,="-]{1,8}`)

// alter changes a value to another one.
func alter(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(word.Filter(func(s string) bool { return s != v.String() }).Draw(t, "other"))
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + rapid.Int64Range(1, 500).Draw(t, "more"))
	case reflect.Float64:
		v.SetFloat(v.Float() + float64(rapid.IntRange(1, 1000).Draw(t, "more"))/1000)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Pointer:
		v.SetZero()
	case reflect.Array: // of days
		alter(t, v.Index(rapid.IntRange(0, v.Len()-1).Draw(t, "day")))
	case reflect.Map:
		if _, weights := v.Interface().(map[string]model.Weight); weights {
			v.Set(reflect.ValueOf(map[string]model.Weight{model.NearCLB: model.WeighsBlock}))
			return
		}
		m := maps.Clone(v.Interface().(map[string]string))
		key := rapid.SampledFrom(append(slices.Sorted(maps.Keys(m)), "new")).Draw(t, "key")
		if _, ok := m[key]; ok && rapid.Bool().Draw(t, "removed") {
			delete(m, key)
		} else {
			m[key] += word.Draw(t, "value")
		}
		v.Set(reflect.ValueOf(m))
	case reflect.Slice:
		if n := v.Len(); n > 0 && rapid.Bool().Draw(t, "shorter") {
			v.Set(v.Slice(0, n-1))
			return
		}
		one := reflect.New(v.Type().Elem()).Elem()
		for _, l := range leaves("", one) {
			if l.v.Kind() == reflect.String || l.v.Kind() == reflect.Int {
				alter(t, l.v)
			}
		}
		v.Set(reflect.Append(v.Slice3(0, v.Len(), v.Len()), one))
	case reflect.Struct:
		at := v.Interface().(time.Time)
		v.Set(reflect.ValueOf(at.Add(time.Duration(rapid.IntRange(1, 1e6).Draw(t, "later")) * time.Second)))
	default:
		t.Fatalf("no way to change a %s", v.Type())
	}
}

// anySubject is the plain machine's, with lists of any length.
func anySubject(t *rapid.T) subject {
	words := func(name string, least int) []string {
		return rapid.SliceOfNDistinct(word, least, 3, rapid.ID[string]).Draw(t, name)
	}
	f, tm := modeltest.Machine(), modeltest.Terms(2)
	f.Instance.Tags = rapid.MapOfN(word, word, 0, 3).Draw(t, "tags")
	f.Instance.PrivateIPs, f.Instance.PublicIPs, f.Instance.IPv6s = words("private", 0), words("public", 0),
		words("ipv6", 0)
	f.Instance.DataDisks = nil
	for _, id := range words("disks", 0) {
		f.Instance.DataDisks = append(f.Instance.DataDisks, model.Disk{
			ID:   "disk-" + fmt.Sprintf("%x", id),
			Type: "CLOUD_SSD", SizeGB: 100,
		})
	}
	before, after := *f.Before, *f.After
	f.Before, f.After = &before, &after
	tm.Approvers.Users = words("users", 0)
	tm.Calendar = model.Calendar{
		Zone: "UTC", Open: []model.Window{{Days: [7]bool{1: true}, From: 9 * 60, To: 17 * 60}},
		Closed: []model.Closure{{From: now, To: now.Add(time.Hour), Why: "holidays"}},
	}
	w := model.Request{Target: "web-01", HostName: "web", Login: model.Login{
		Kind: model.LoginKeys,
		Keys: words("keys", 1),
	}}
	return subject{f, tm, w}
}

// subject is what a plan is made of.
type subject struct {
	Facts model.Facts
	Terms model.Terms
	Wish  model.Request
}

func (s subject) print() string {
	return model.MakePlan(s.Wish, s.Facts, s.Terms).Fingerprint()
}

// parts are the leaves that must be in the fingerprint.
func (s *subject) parts() []leaf {
	all := leaves("", reflect.ValueOf(&s.Facts).Elem())
	all = append(all, leaves("Terms", reflect.ValueOf(&s.Terms).Elem())...)
	all = append(all, leaves("Wish.HostName", reflect.ValueOf(&s.Wish.HostName).Elem())...)
	all = append(all, leaves("Wish.Login.Keys", reflect.ValueOf(&s.Wish.Login.Keys).Elem())...)
	return slices.DeleteFunc(all, func(l leaf) bool { return isApart(l.path) })
}

func (s subject) copy(t *rapid.T) (out subject) {
	b, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Any change of anything that the reset depends on takes the keys back.
func TestAnyChangeThatTheResetDependsOnChangesTheFingerprint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := anySubject(t)
		for n := range base.parts() {
			now := base.copy(t)
			one := now.parts()[n]
			alter(t, one.v)
			if now.print() == base.print() {
				t.Fatalf("a change of %s to %v leaves the fingerprint as it was", one.path, one.v)
			}
		}
		grown, other := base.copy(t), base.copy(t)
		grown.Wish.DiskGB, other.Wish.Login = 100, model.Login{Kind: model.LoginPassword}
		if grown.print() == base.print() || other.print() == base.print() {
			t.Fatal("a larger disk, or another login, leaves the fingerprint as it was")
		}
	})
}

// What the cloud, or the policy file, lists in another order is the same.
func TestTheOrderOfWhatHasNoneLeavesTheFingerprint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := anySubject(t)
		now := base.copy(t)
		i := &now.Facts.Instance
		i.PrivateIPs = rapid.Permutation(i.PrivateIPs).Draw(t, "private")
		i.PublicIPs = rapid.Permutation(i.PublicIPs).Draw(t, "public")
		i.IPv6s = rapid.Permutation(i.IPv6s).Draw(t, "ipv6")
		i.DataDisks = rapid.Permutation(i.DataDisks).Draw(t, "disks")
		now.Terms.Approvers.Users = rapid.Permutation(now.Terms.Approvers.Users).Draw(t, "users")
		base.Terms.Quorum = []model.Seat{{People: model.People{Users: base.Terms.Approvers.Users}, Approvals: 1}}
		now.Terms.Quorum = []model.Seat{{People: model.People{Users: now.Terms.Approvers.Users}, Approvals: 1}}
		now.Wish.Login.Keys = rapid.Permutation(now.Wish.Login.Keys).Draw(t, "keys")
		again := map[string]string{}
		for _, k := range rapid.Permutation(slices.Sorted(maps.Keys(i.Tags))).Draw(t, "tags") {
			again[k] = i.Tags[k]
		}
		i.Tags = again
		if now.print() != base.print() {
			t.Fatal("another order is another plan")
		}
	})
}

// A row that rapid found: a quorum of people whose ids no policy file would have.
func TestTheOrderOfAQuorumsPeopleLeavesTheFingerprint(t *testing.T) {
	of := func(users ...string) string {
		s := subject{Facts: modeltest.Machine(), Terms: modeltest.Terms(2)}
		s.Terms.Quorum = []model.Seat{{People: model.People{Users: users}, Approvals: 1}}
		return s.print()
	}
	if of(" ", `"`) != of(`"`, " ") {
		t.Error("another order is another plan")
	}
}

// Side by side: each thing that can differ has a name, and no two have the same.
func TestEachFieldOfAPlanHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range modeltest.Plan(1).Fields() {
		if f.Name == "" || seen[f.Name] {
			t.Errorf("%q", f.Name)
		}
		seen[f.Name] = true
	}
}

// What reads alike is not alike: a value that holds the signs with which lists
// are written is quoted.
func TestTwoListsThatReadAlikeHaveDifferentFingerprints(t *testing.T) {
	with := func(change func(i *model.Instance)) string {
		f := modeltest.Machine()
		change(&f.Instance)
		return subject{Facts: f, Terms: modeltest.Terms(1)}.print()
	}
	tags := func(pairs map[string]string) string {
		return with(func(i *model.Instance) { i.Tags = pairs })
	}
	ips := func(ips ...string) string {
		return with(func(i *model.Instance) { i.PrivateIPs = ips })
	}
	for what, alike := range map[string][2]string{
		"one tag and two": {
			tags(map[string]string{"a": "x, b=y"}),
			tags(map[string]string{"a": "x", "b": "y"}),
		},
		"a sign in the name":      {tags(map[string]string{"a=b": "c"}), tags(map[string]string{"a": "b=c"})},
		"quotation marks":         {tags(map[string]string{"a": `"x, y"`}), tags(map[string]string{"a": "x, y"})},
		"one address and two":     {ips("10.0.0.1, 10.0.0.2"), ips("10.0.0.1", "10.0.0.2")},
		"no address and an empty": {ips(), ips("")},
	} {
		if alike[0] == alike[1] {
			t.Errorf("%s: the same fingerprint", what)
		}
	}
}
