package model

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// OnInstance is the plan with all that it takes of the machine taken from i.
func (p Plan) OnInstance(i Instance) Plan {
	p.Ref, p.Name, p.Type, p.PrivateIPs, p.PublicIPs, p.IPv6s, p.Tags = i.Ref, i.Name, i.Type, i.PrivateIPs,
		i.PublicIPs, i.IPv6s, i.Tags
	p.DataDisks, p.FromOS, p.FromImage = i.DataDisks, i.OSName, i.ImageID
	p.Disk, p.DiskGB = i.SystemDisk, max(p.DiskGB, i.SystemDisk.SizeGB)
	return p
}

// A Plan is exactly what would happen: which machine, what it becomes, what is
// lost and what stays. Every key is bound to its fingerprint.
type Plan struct {
	Ref
	Name       string            `json:"name"` // the instance's
	Type       string            `json:"type"`
	PrivateIPs []string          `json:"private_ips"`
	PublicIPs  []string          `json:"public_ips"`
	IPv6s      []string          `json:"ipv6s,omitempty"`
	Tags       map[string]string `json:"tags"`
	DataDisks  []Disk            `json:"data_disks"`

	FromOS     string   `json:"from_os"`
	FromImage  string   `json:"from_image"`
	FromFamily OSFamily `json:"from_family"`

	Image  Image    `json:"image"`
	Family OSFamily `json:"family"`

	Disk   Disk `json:"disk"`    // the system disk now
	DiskGB int  `json:"disk_gb"` // after the reset

	Login    Login  `json:"login"`
	HostName string `json:"host_name"`

	Before *Price `json:"before"`
	After  *Price `json:"after"`

	Around []Nearby `json:"around,omitempty"` // those that are stable

	Terms Terms `json:"terms"`
}

// ChangesPlatform reports whether the reset changes the platform (Linux <-> Windows).
func (p Plan) ChangesPlatform() bool { return p.FromFamily != p.Family }

// FieldTags names the plan's line of tags. FieldOperation names the machine's last
// operation, which no plan has.
const (
	FieldTags      = "tags"
	FieldOperation = "last operation"
)

// A Field is one line of a plan, as people read it. The fingerprint covers the list of
// fields, and a difference is shown in them.
type Field struct {
	Name  string
	Value string
}

// Fields lists the plan line by line, in a fixed order.
func (p Plan) Fields() []Field {
	f := []Field{
		{"account", p.Account},
		{"region", p.Region},
		{"instance", p.Instance},
		{"name", p.Name},
		{"instance type", p.Type},
		{"private IP", sortedList(p.PrivateIPs)},
		{"public IP", sortedList(p.PublicIPs)},
		{fieldIPv6, sortedList(p.IPv6s)},
		{FieldTags, tagList(p.comparedTags())},
		{"data disks", DiskList(p.DataDisks)},
		{"system now", p.FromOS},
		{"image now", p.FromImage},
		{"platform now", string(p.FromFamily)},
		{"image", p.Image.ID},
		{"image name", p.Image.Name},
		{"image's system", p.Image.OSName},
		{"image type", p.Image.Type},
		{"image size", FormatGiB(p.Image.SizeGB)},
		{"image made", FormatTime(p.Image.Created)},
		{"image state", p.Image.State},
		{"image's platform", p.Image.Platform},
		{"image's processor", p.Image.Arch},
		{"image's licence", p.Image.License},
		{"image deprecated", yesNo(p.Image.Deprecated)},
		{"platform after", string(p.Family)},
		{"system disk", p.Disk.ID + " " + p.Disk.Type + " " + FormatGiB(p.Disk.SizeGB)},
		{fieldCrypt, wordIf(p.Disk.Encrypted || p.Disk.KmsKey != "", strings.TrimSpace("encrypted "+p.Disk.KmsKey))},
		{"disk size after", FormatGiB(p.DiskGB)},
		{"login", Login{p.Login.Kind, slices.Sorted(slices.Values(p.Login.Keys))}.String()},
		{"host name", p.HostName},
		{"price now", p.Before.String()},
		{"price after", p.After.String()},
	}
	return append(append(append(f, p.Terms.planFields()...), aroundFields(p.Around)...), p.Terms.aroundFields()...)
}

const (
	fieldIPv6  = "IPv6 address"
	fieldCrypt = "system disk's encryption"
)

// addedLater are fields that older records do not have. While they are empty, the
// fingerprint stays what it was.
var addedLater = func() map[string]bool {
	out := map[string]bool{
		fieldHours: true, fieldLater: true, fieldIgnored: true, fieldIPv6: true, fieldPrice: true,
		fieldCrypt: true, fieldMarket: true,
	}
	for _, f := range append(aroundFields(nil), Terms{}.aroundFields()...) {
		out[f.Name] = true
	}
	return out
}()

// Fingerprint is the SHA-256 of the plan's fields, in hex. Two plans with the same
// fingerprint do the same to the same machine under the same terms. The machine's
// latest operation is not in it, because a backup image of our own changes that. A
// re-check compares it with the baseline.
func (p Plan) Fingerprint() string {
	h := sha256.New()
	for _, f := range p.Fields() {
		if f.Value == "" && addedLater[f.Name] {
			continue
		}
		fmt.Fprintf(h, "%q=%q\n", f.Name, f.Value)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// A Change is one field that differs between two plans.
type Change struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Drift lists what differs between the plan that people approved and the plan
// as it would be now; empty when the fingerprints agree.
func Drift(approved, now Plan) []Change {
	a, b := approved.Fields(), now.Fields()
	var out []Change
	for i := range a {
		if a[i].Value != b[i].Value {
			out = append(out, Change{Name: a[i].Name, Old: a[i].Value, New: b[i].Value})
		}
	}
	return out
}

// String is the price as people read it, without a currency; "not quoted" for
// none.
func (p *Price) String() string {
	if p == nil {
		return "not quoted"
	}
	s := strconv.FormatFloat(p.Amount, 'f', -1, 64)
	switch p.Unit {
	case "HOUR":
		return s + "/h"
	case "":
		return s + " for its term"
	default:
		return s + " per " + strings.ToLower(p.Unit)
	}
}

func tagList(t map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(t)) {
		out = append(out, quoteItem(k)+"="+quoteItem(t[k]))
	}
	return strings.Join(out, ", ")
}

// DiskList is the disks in words, sorted.
func DiskList(ds []Disk) string {
	var out []string
	for _, d := range ds {
		out = append(out, strings.TrimSpace(d.ID+" "+d.Type+" "+FormatGiB(d.SizeGB)))
	}
	return strings.Join(slices.Sorted(slices.Values(out)), ", ")
}

// sortedList joins what has no order: the cloud may list it in any.
func sortedList(ss []string) string {
	var out []string
	for _, s := range ss {
		out = append(out, quoteItem(s))
	}
	return strings.Join(slices.Sorted(slices.Values(out)), ", ")
}

// quoteItem quotes what would read as two things beside others. Two different lists
// never have the same text.
func quoteItem(s string) string {
	if s == "" || strings.ContainsAny(s, `,="`) {
		return strconv.Quote(s)
	}
	return s
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// FormatGiB writes a size with its unit.
func FormatGiB(n int) string { return strconv.Itoa(n) + " GiB" }
