package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Codes of findings that say only that something was not shown.
const (
	CodeNotShown      = "unseen" // the machine
	CodeImageGone     = "image-gone"
	CodeImageNotFound = "image-not-found"
	CodeDiskUnsaid    = "system-disk"
)

// checkEncrypted warns of an encrypted disk: nobody documents what a reset does to one
// (cloud/doc.go 6.8).
func checkEncrypted(c Case) []Finding {
	d := c.Facts.Instance.SystemDisk
	if !d.Encrypted {
		return nil
	}
	key := ""
	if d.KmsKey != "" {
		key = " with key " + d.KmsKey
	}
	return warningFinding("disk-encrypted", "the system disk is encrypted"+key+
		", and Tencent does not document what a reset does to such a disk")
}

// checkSystemDisk blocks a plan without the disk that it wipes: any field of an answer
// may be null.
func checkSystemDisk(c Case) []Finding {
	if d := c.Facts.Instance.SystemDisk; d.Type != "" && d.SizeGB > 0 {
		return nil
	}
	return blockingFinding(CodeDiskUnsaid, "the cloud does not show its system disk just now",
		"Try again in a minute; look at the console if it stays so")
}

// A Case is what one preflight looks at.
type Case struct {
	Request Request
	Facts   Facts
	Terms   Terms
	Plan    Plan // made by MakePlan of the three above
	Now     time.Time
}

// checks are the preflight, in the order in which findings are shown. A check without
// a finding returns nothing.
var checks = []func(Case) []Finding{
	checkForbidden, CheckSpot, CheckAccount, CheckState, CheckBusy, checkRecord,
	checkImage, checkFamilies, checkPlatformChange, checkWindowsMemory,
	checkSystemDisk, checkEncrypted, checkDisk, checkPrice, checkLogin, checkKeyPairs, checkHostName,
	checkRequestedBackup,
	checkAround,
}

// MakePlan makes the plan that a request leads to, given the facts and the terms. It
// decides nothing: Preflight says whether the plan may be proposed.
func MakePlan(w Request, f Facts, t Terms) Plan {
	p := Plan{
		FromFamily: f.Family(), Image: f.Image, Family: f.Image.Family(), DiskGB: max(w.DiskGB, f.Image.SizeGB),
		Login: w.Login, HostName: w.HostName, Before: f.Before, After: f.After, Around: stableNearby(f.Around),
		Terms: t,
	}
	return p.OnInstance(f.Instance)
}

// Preflight runs every check and returns the findings, those that block first.
func Preflight(c Case) []Finding {
	var out []Finding
	for _, check := range checks {
		out = append(out, check(c)...)
	}
	// a missing price has a reason, and a finding gives it in better words
	if slices.ContainsFunc(Blocking(out), func(f Finding) bool { return !isUnpriced(f) }) {
		out = slices.DeleteFunc(out, isUnpriced)
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return strings.Compare(string(a.Severity), string(b.Severity)) // blocks < warns
	})
	return out
}

// Blocking returns the findings that block.
func Blocking(fs []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Severity != Blocks })
}

func blockingFinding(code, why, next string) []Finding {
	return []Finding{{Code: code, Severity: Blocks, Why: why, Next: next}}
}

func warningFinding(code, why string) []Finding {
	return []Finding{{Code: code, Severity: Warns, Why: why}}
}

func checkForbidden(c Case) []Finding {
	if c.Terms.Forbid == "" {
		return nil
	}
	return blockingFinding("forbidden", "the policy forbids it: "+c.Terms.Forbid,
		"Ask whoever keeps the policy file, or pick another machine")
}

// CheckSpot blocks spot instances: they cannot be reinstalled (cloud/doc.go 1.2).
func CheckSpot(c Case) []Finding {
	if c.Facts.Instance.ChargeType != "SPOTPAID" {
		return nil
	}
	return blockingFinding("spot", "it is a spot instance, and the cloud does not reinstall those",
		"Terminate it and launch a new one")
}

// CheckAccount blocks what the account's state rules out (cloud/doc.go 9.1).
func CheckAccount(c Case) []Finding {
	i := c.Facts.Instance
	switch {
	case i.RestrictState != "" && i.RestrictState != "NORMAL":
		return blockingFinding("restricted", "the cloud restricts it ("+i.RestrictState+")",
			"Renew or release it in the console first")
	case i.IsolatedSource != "" && i.IsolatedSource != "NOTISOLATED":
		return blockingFinding("isolated", "it is isolated ("+i.IsolatedSource+")", "Settle the bill or renew it first")
	case i.StopChargingMode == "STOP_CHARGING":
		return blockingFinding("stop-charging", "it is stopped without charge, and such machines cannot be reinstalled",
			"Start it first, then propose again")
	}
	return nil
}

// CheckState blocks a machine in a state in which the cloud refuses a reset.
func CheckState(c Case) []Finding {
	s := c.Facts.Instance.State
	switch s {
	case "RUNNING":
		return nil
	case "STOPPED":
		return warningFinding("stopped", "it is stopped now; the reinstall starts it")
	case "STARTING", "STOPPING", "REBOOTING", "PENDING":
		return blockingFinding("state", "it is "+strings.ToLower(s)+" right now", "Wait a minute, then propose again")
	case "":
		return blockingFinding("state", "the cloud did not say in which state it is",
			"Try again; look at the console if it stays so")
	}
	return blockingFinding("state", "its state is "+s+", in which the cloud refuses a reinstall",
		"Bring it back to running or stopped in the console, then propose again")
}

// CheckBusy blocks a machine on which another operation runs (cloud/doc.go 1.3).
func CheckBusy(c Case) []Finding {
	l := c.Facts.Instance.Latest
	switch {
	case l.State == "OPERATING":
		return blockingFinding("busy", "another operation is running on it ("+l.Operation+")",
			"Wait until it has ended, then propose again")
	case l.State == "" && l.Operation != "":
		return warningFinding("busy-unknown", "the cloud does not say whether its last operation ("+l.Operation+
			") has ended")
	}
	return nil
}

// checkImage blocks an image that is not the cloud's own, the account's, or shared
// with it, and one that is not usable (cloud/doc.go 1.5 and 5.1).
func checkImage(c Case) []Finding {
	img := c.Facts.Image
	if !c.Facts.ImageFound {
		what := c.Request.Image
		if what == "" && c.Facts.Instance.ImageID == "" {
			return blockingFinding(CodeImageGone, "the cloud does not say which image it runs, as of some old machines",
				"Name the image to install with --image")
		}
		if what == "" {
			return blockingFinding(CodeImageGone, "the cloud does not show the image that it runs ("+
				c.Facts.Instance.ImageID+") just now",
				"Try again in a minute; if it stays so, the image is gone: name another one with --image")
		}
		return blockingFinding(CodeImageNotFound, Quote(what)+" is not an image that this account may use in "+
			c.Facts.Instance.Region+", or it is hidden just now",
			"Images are regional: pick one from the form's list, or copy or share it first")
	}
	var out []Finding
	out = append(out, checkSource(c)...)
	if img.State != ImageNormal {
		out = append(out, blockingFinding("image-state", "the image is not ready ("+img.State+")",
			"Wait until it is NORMAL, or pick another")...)
	}
	if cur := c.Facts.Current; cur.Arch != "" && img.Arch != "" && cur.Arch != img.Arch {
		out = append(out, blockingFinding("image-arch", "the image is for "+img.Arch+", the machine runs "+cur.Arch,
			"Pick an image for "+cur.Arch)...)
	}
	if cur := c.Facts.Current; cur.License != "" && img.License != "" && cur.License != img.License {
		out = append(out, blockingFinding("image-licence", "the image's licence is of type "+img.License+
			", the machine's of type "+cur.License,
			"Pick an image with a licence of type "+cur.License)...)
	}
	if img.Deprecated {
		out = append(out, warningFinding("image-deprecated", "the cloud has deprecated this image")...)
	}
	return out
}

// checkSource judges where the image comes from. The product's page recommends
// Tencent's and custom images, and forbids other sources that are not authorised.
// ResetInstance's page lists marketplace images as well (cloud/doc.go 1.5).
func checkSource(c Case) []Finding {
	img := c.Facts.Image
	runs := img.ID == c.Facts.Instance.ImageID
	switch {
	case slices.Contains([]string{ImagePublic, ImagePrivate, ImageShared}, img.Type):
		return nil
	case img.Type != ImageMarket:
		return blockingFinding("image-source", "the image comes from a source that is not authorised ("+img.Type+")",
			"Use a public, custom or shared image")
	case runs:
		return warningFinding(codeImageMarket,
			"the image is from the marketplace, and the machine runs it already. Tencent recommends its own or "+
				"custom images")
	case c.Terms.Market:
		return warningFinding(codeImageMarket,
			"the image is from the marketplace, and the machine does not run it now. Tencent recommends its own or "+
				"custom images")
	}
	return blockingFinding(codeImageMarket,
		"the image is from the marketplace, and the policy allows only the one that the machine runs",
		"Use a public, custom or shared image, or ask whoever keeps the policy file")
}

const codeImageMarket = "image-marketplace"

// checkFamilies blocks an unknown platform (cloud/doc.go 5.3).
func checkFamilies(c Case) []Finding {
	if !c.Facts.ImageFound {
		return nil
	}
	var out []Finding
	if c.Plan.Family == FamilyUnknown {
		out = append(out, blockingFinding("image-family", "it is unclear whether the image is Linux or Windows ("+
			c.Facts.Image.OSName+")",
			"Pick an image whose system the cloud names")...)
	}
	if c.Plan.FromFamily == FamilyUnknown {
		out = append(out, blockingFinding("family", "it is unclear whether the machine runs Linux or Windows ("+
			c.Facts.Instance.OSName+")",
			"Reinstall it in the console")...)
	}
	return out
}

const codePlatformRegion = "platform-region"

// checkPlatformChange judges a change of platform (cloud/doc.go 1.1, 1.2, 2.7 and
// 6.6). The product's page says that it is for the mainland only; the API's page does
// not.
func checkPlatformChange(c Case) []Finding {
	p := c.Plan
	if !p.ChangesPlatform() || p.Family == FamilyUnknown || p.FromFamily == FamilyUnknown {
		return nil
	}
	change := string(p.FromFamily) + " to " + string(p.Family)
	lies := LocateRegion(p.Region)
	if lies == LocationAbroad {
		return blockingFinding(codePlatformRegion, "Tencent documents "+change+" for mainland China only, and "+
			p.Region+" is not there",
			"Pick a "+string(p.FromFamily)+" image, or launch a new instance")
	}
	if p.Disk.Local() && p.Disk.SizeGB <= 20 {
		return blockingFinding("platform-local-20", "older machines with a 20-GB local disk cannot change from "+change,
			"Submit a ticket to Tencent Cloud, or pick a "+string(p.FromFamily)+" image")
	}
	out := warningFinding("platform", "the system changes from "+change+
		". The system disk's snapshots may not fit the new one, so the backup must be an image")
	if lies == LocationUnknown {
		out = append(out, warningFinding(codePlatformRegion, "Tencent documents "+change+
			" for mainland China only. Twokey does not know whether "+p.Region+" is there, so the cloud may refuse it")...)
	}
	if p.Disk.Local() || p.Disk.Type == "CLOUD_HSSD" || p.Disk.Type == "CLOUD_TSSD" {
		out = append(out, warningFinding("platform-disk", "the cloud may refuse a change of platform on a "+p.Disk.Type+
			" disk")...)
	}
	return out
}

var newWindows = regexp.MustCompile(`(?i)windows.*\b(20\d\d)\b`)

// checkWindowsMemory blocks Windows 2016 and 2019 on 2 GB or less (cloud/doc.go 1.6).
func checkWindowsMemory(c Case) []Finding {
	if c.Plan.Family != Windows || c.Facts.Instance.MemoryGB > 2 {
		return nil
	}
	m := newWindows.FindStringSubmatch("windows " + c.Facts.Image.OSName + " " + c.Facts.Image.Name)
	if m == nil || m[1] < "2016" {
		return nil
	}
	return blockingFinding("windows-memory", fmt.Sprintf("Windows %s needs more than 2 GB of memory, and it has %d",
		m[1], c.Facts.Instance.MemoryGB),
		"Pick Windows 2012 R2 or a Linux image, or resize the machine first")
}

// checkDisk judges the size of the system disk: it only grows, and only if it is a
// cloud disk (cloud/doc.go 1.4 and 2.2).
func checkDisk(c Case) []Finding {
	d, want, img := c.Plan.Disk, c.Request.DiskGB, c.Facts.Image.SizeGB
	switch {
	case want > 0 && want < d.SizeGB:
		return blockingFinding("disk-shrinks",
			fmt.Sprintf("the system disk has %d GiB and can only grow, not become %d", d.SizeGB, want),
			fmt.Sprintf("Leave --disk out, or ask for %d or more", d.SizeGB))
	case want > 0 && want < img:
		return blockingFinding("disk-below-image", fmt.Sprintf("the image needs %d GiB, more than the %d asked for",
			img, want),
			fmt.Sprintf("Ask for --disk %d or more", img))
	case c.Plan.DiskGB > d.SizeGB && d.Local():
		return blockingFinding("disk-local",
			fmt.Sprintf("the system disk is local (%s) and cannot grow from %d to %d GiB", d.Type, d.SizeGB,
				c.Plan.DiskGB),
			fmt.Sprintf("Leave --disk out, and pick an image of at most %d GiB", d.SizeGB))
	case c.Plan.DiskGB > d.SizeGB && want > 0:
		return warningFinding("disk-grows",
			fmt.Sprintf("the system disk grows from %d to %d GiB, and can never shrink again", d.SizeGB, c.Plan.DiskGB))
	case c.Plan.DiskGB > d.SizeGB:
		return warningFinding("disk-image",
			fmt.Sprintf("the image needs %d GiB: the system disk grows from %d and is billed for it", img, d.SizeGB))
	}
	return nil
}

// checkLogin blocks ways to log in that the image does not take (cloud/doc.go 2.3 and
// 2.4).
func checkLogin(c Case) []Finding {
	l := c.Request.Login
	switch {
	case l.Kind == LoginKeys && c.Plan.Family == Windows:
		return blockingFinding("login-windows-keys", "Windows takes no key pairs",
			"Use --login password or message-center")
	case l.Kind == LoginKeys:
		var missing []string
		for _, k := range l.Keys {
			if !slices.Contains(c.Facts.KeyPairs, k) {
				missing = append(missing, k)
			}
		}
		if len(missing) > 0 {
			return blockingFinding("login-keys", "there is no key pair "+strings.Join(missing, ", ")+
				" in this account and region",
				"Check the id in the console, or use --login message-center")
		}
	case l.Kind == LoginKeepImage && c.Facts.Image.Type == ImagePublic:
		return blockingFinding("login-keep-image", "a public image has no login of its own to keep",
			"Use --login message-center, key:.. or password")
	}
	return nil
}

var (
	hostChars  = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)
	hostDouble = regexp.MustCompile(`[.-]{2}`)
	allDigits  = regexp.MustCompile(`^[0-9]+$`)
)

// checkHostName blocks what cannot be a host name (cloud/doc.go 2.5).
func checkHostName(c Case) []Finding {
	h := c.Request.HostName
	if h == "" {
		return nil
	}
	bad := func(why, next string) []Finding { return blockingFinding("host-name", Quote(h)+" "+why, next) }
	const next = "Use letters, digits and single dots or dashes between them"
	edge := strings.ContainsAny(h[:1]+h[len(h)-1:], ".-")
	switch {
	case !hostChars.MatchString(h) || hostDouble.MatchString(h) || edge:
		return bad("is not a host name", next)
	case c.Plan.Family == Windows && (len(h) < 2 || len(h) > 15 || strings.Contains(h, ".") ||
		allDigits.MatchString(h)):
		return bad("is not a host name for Windows",
			"Use 2 to 15 letters, digits and dashes, no dots, not digits alone")
	case len(h) < 2 || len(h) > 60:
		return bad("is too short or too long", "Use 2 to 60 characters")
	}
	return nil
}

func checkRequestedBackup(c Case) []Finding {
	kind, id, named := strings.Cut(c.Request.Backup, ":")
	if !named {
		return nil
	}
	for _, e := range c.Facts.Evidence {
		if e.ID == id && e.Kind == kind {
			if r := e.Usable(c.Plan, c.Now); r != nil {
				return blockingFinding("backup", "the backup that you named cannot serve: "+r.Why, r.Next)
			}
			return nil
		}
	}
	return blockingFinding("backup", "the cloud knows no "+kind+" "+Quote(id)+" of this machine's system disk",
		"Leave --backup out and pick from the list, or use --backup image to make one")
}

// checkRecord warns of a null record. It is normal if nobody ever operated on a
// machine (cloud/doc.go 4.6), and hides what is done to the machine.
func checkRecord(c Case) []Finding {
	if !c.Facts.Instance.Latest.Null() {
		return nil
	}
	return warningFinding("no-record", "the cloud shows no record of its last operation, so a reset from outside "+
		"could go unseen. Twokey asks CloudAudit before it sends the request, if it may")
}
