package model

import (
	"fmt"
	"slices"
	"strings"
)

// Detection is the result of a look for something around a machine.
type Detection string

// What was not looked for, or could not be read, is Unchecked. It is never taken for
// NotDetected.
const (
	Detected    Detection = "seen"
	NotDetected Detection = "not seen"
	Unchecked   Detection = "could not check"
)

// The codes of what is looked for around a machine. They are the keys of the policy's
// around.
const (
	NearCLB         = "clb"
	NearTraffic     = "traffic"
	NearCPU         = "cpu"
	NearGroup       = "as_group"
	NearTKE         = "tke"
	NearEMR         = "emr"
	NearPublicIP    = "public_ip"
	NearDataDisks   = "data_disks"
	NearGuard       = "guard"
	NearMaintenance = "maintenance"
	NearSiblings    = "siblings"
)

// A Nearby is one thing that was looked for around a machine, and what was seen.
type Nearby struct {
	Code      string    `json:"code"`
	Detection Detection `json:"seen"`
	// What follows “it” if it is seen: “is behind load balancer lb-1”. If it could not
	// be checked, What says why.
	What string `json:"what,omitempty"`
	// Of are the ids of what is seen, sorted. Only the stable codes have them.
	Of []string `json:"of,omitempty"`
}

// nearName is the name of a code, on the card and in a difference of plans.
type nearName struct{ code, name string }

// nearNames lists the codes in the order in which they are shown: what can hurt others
// first.
var nearNames = []nearName{
	{NearCLB, "load balancer"},
	{NearTraffic, "network out"},
	{NearCPU, "busy CPU"},
	{NearGroup, "auto-scaling group"},
	{NearTKE, "TKE cluster"},
	{NearEMR, "EMR role or tag"},
	{NearSiblings, "sibling being reinstalled"},
	{NearMaintenance, "pending maintenance"},
	{NearGuard, "termination protection"},
	{NearPublicIP, "public IP"},
	{NearDataDisks, "data disks"},
}

// NearCodes lists the codes, in the order in which they are shown.
func NearCodes() []string {
	var out []string
	for _, n := range nearNames {
		out = append(out, n.code)
	}
	return out
}

// NearName is the name of a code.
func NearName(code string) string {
	for _, n := range nearNames {
		if n.code == code {
			return n.name
		}
	}
	return code
}

// stable are the codes that belong to the plan: who approved a machine outside any
// load balancer did not approve one behind it. The others change by themselves all the
// time.
var stable = []string{NearCLB, NearGroup, NearTKE, NearEMR}

// harmless are the codes that warn only if the policy says so. The card shows them
// among what stays.
var harmless = []string{NearPublicIP, NearDataDisks}

// CompleteAround adds what the machine itself shows to what the cloud's readers saw.
// Every code comes once, in the order in which they are shown. What nobody looked for
// is Unchecked.
func CompleteAround(i Instance, read []Nearby) []Nearby {
	read = append(slices.Clone(read), nearOfIPs(i), nearOfDisks(i), nearOfGuard(i))
	var out []Nearby
	for _, code := range NearCodes() {
		out = append(out, nearbyByCode(read, code))
	}
	return out
}

// nearbyByCode returns the Nearby of that code. What nobody looked for is Unchecked.
func nearbyByCode(around []Nearby, code string) Nearby {
	for _, s := range around {
		if s.Code == code {
			return s
		}
	}
	return Nearby{Code: code, Detection: Unchecked, What: "it was not looked for"}
}

func nearOfIPs(i Instance) Nearby {
	if len(i.PublicIPs) == 0 {
		return Nearby{Code: NearPublicIP, Detection: NotDetected}
	}
	return Nearby{Code: NearPublicIP, Detection: Detected, What: "has public IP " + strings.Join(i.PublicIPs, ", ") +
		", which stays"}
}

// nearOfDisks is the data disks: the reset leaves them alone, but they must be mounted
// again (cloud/doc.go 1.3). Across platforms their file system is foreign.
func nearOfDisks(i Instance) Nearby {
	n := len(i.DataDisks)
	if n == 0 {
		return Nearby{Code: NearDataDisks, Detection: NotDetected}
	}
	word := "data disk"
	if n > 1 {
		word = fmt.Sprintf("%d data disks", n)
	}
	var each []string
	for _, d := range i.DataDisks {
		each = append(each, strings.TrimSpace(d.ID+" "+FormatGiB(d.SizeGB)))
	}
	return Nearby{Code: NearDataDisks, Detection: Detected, What: "has " + word + " (" + strings.Join(each, ", ") +
		"), to be mounted again afterwards"}
}

// nearOfGuard is the protection against termination: it does not stop a reset
// (cloud/doc.go 9.3).
func nearOfGuard(i Instance) Nearby {
	if !i.Protected {
		return Nearby{Code: NearGuard, Detection: NotDetected}
	}
	return Nearby{
		Code: NearGuard, Detection: Detected,
		What: "is protected against termination; that does not stop a reinstall, so somebody meant it to stay",
	}
}

// FailedCheck says which check failed in the re-check that it needs and that had not
// failed before. It is empty if there is none. Then everything is read again later: a
// moment's fault takes no keys back.
func FailedCheck(before, now []Nearby, t Terms) string {
	for _, s := range now {
		i := slices.IndexFunc(before, func(b Nearby) bool { return b.Code == s.Code })
		w := t.Weight(s.Code)
		needed := slices.Contains(stable, s.Code) || w == WeighsBlock || w == WeighsOneKey
		if s.Detection == Unchecked && needed && i >= 0 && before[i].Detection != Unchecked {
			return "it cannot be checked just now for “" + NearName(s.Code) + "”"
		}
	}
	return ""
}

// stableNearby picks what belongs to the plan.
func stableNearby(around []Nearby) []Nearby {
	var out []Nearby
	for _, s := range around {
		if slices.Contains(stable, s.Code) {
			out = append(out, s)
		}
	}
	return out
}

// WithApproved takes over what could not be checked in the approved plan. Who agreed
// to that agreed also to its not being there. If it is there after all, that is drift.
func (p Plan) WithApproved(before Plan) Plan {
	p.Around = slices.Clone(p.Around)
	for i, s := range p.Around {
		n := slices.IndexFunc(before.Around, func(b Nearby) bool { return b.Code == s.Code })
		if s.Detection == NotDetected && n >= 0 && before.Around[n].Detection == Unchecked {
			p.Around[i] = before.Around[n]
		}
	}
	return p.withApprovedPrice(before)
}

// aroundFields are the plan's lines about what is around the machine. What is not seen
// is empty, as in plans from before anybody looked.
func aroundFields(around []Nearby) []Field {
	var out []Field
	for _, code := range stable {
		value := ""
		for _, s := range around {
			switch {
			case s.Code != code || s.Detection == NotDetected:
			case s.Detection != Detected:
				value = "could not be checked"
			case len(s.Of) > 0:
				value = strings.Join(s.Of, ", ")
			default:
				value = "yes"
			}
		}
		out = append(out, Field{NearName(code), value})
	}
	return out
}

// aroundFields are the terms' lines about what is around the machine.
func (t Terms) aroundFields() []Field {
	var policy, more []string
	for _, code := range NearCodes() {
		if w, ok := t.Around[code]; ok {
			policy = append(policy, NearName(code)+" "+string(w))
		}
	}
	for _, code := range t.OneMoreFor {
		more = append(more, NearName(code))
	}
	return []Field{
		{"policy about what is around", strings.Join(policy, ", ")},
		{"one more approval each for", strings.Join(more, ", ")},
	}
}
