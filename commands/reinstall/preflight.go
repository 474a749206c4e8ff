package reinstall

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Case is what one preflight looks at.
type Case struct {
	Wish  Wish
	Facts Facts
	Terms Terms
	Plan  Plan // made by MakePlan of the three above
	Now   time.Time
}

// checks are the preflight, in the order in which findings are shown. A check
// says nothing where it has nothing to say.
var checks = []func(Case) []Finding{
	checkForbidden, checkSpot, checkAccount, checkState, checkBusy, checkRecord,
	checkImage, checkFamilies, checkPlatformChange, checkWindowsMemory,
	checkSystemDisk, checkEncrypted, checkDisk, checkPrice, checkLogin, checkKeyPairs, checkHostName, checkWishedBackup,
	checkAround,
}

// MakePlan makes the plan that a wish comes to, given the facts and the terms.
// It decides nothing: Preflight says whether the plan may be proposed.
func MakePlan(w Wish, f Facts, t Terms) Plan {
	p := Plan{
		FromFamily: f.Family(), Image: f.Image, Family: f.Image.Family(), DiskGB: max(w.DiskGB, f.Image.SizeGB),
		Login: w.Login, HostName: w.HostName, Before: f.Before, After: f.After, Around: stableOf(f.Around), Terms: t,
	}
	return p.On(f.Instance)
}

// Preflight runs every check and returns the findings, those that block first.
func Preflight(c Case) []Finding {
	var out []Finding
	for _, check := range checks {
		out = append(out, check(c)...)
	}
	if slices.ContainsFunc(Blocking(out), func(f Finding) bool { return !unpriced(f) }) { // no price has a reason that is told already, in better words
		out = slices.DeleteFunc(out, unpriced)
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

func block(code, why, next string) []Finding {
	return []Finding{{Code: code, Severity: Blocks, Why: why, Next: next}}
}

func warn(code, why string) []Finding {
	return []Finding{{Code: code, Severity: Warns, Why: why}}
}

func checkForbidden(c Case) []Finding {
	if c.Terms.Forbid == "" {
		return nil
	}
	return block("forbidden", "the policy forbids it: "+c.Terms.Forbid,
		"Ask whoever keeps the policy file, or pick another machine")
}

// cloud/doc.go 1.2: spot instances cannot be reinstalled.
func checkSpot(c Case) []Finding {
	if c.Facts.Instance.ChargeType != "SPOTPAID" {
		return nil
	}
	return block("spot", "it is a spot instance, and the cloud does not reinstall those",
		"Terminate it and launch a new one")
}

// cloud/doc.go 9.1: what the account's state rules out.
func checkAccount(c Case) []Finding {
	i := c.Facts.Instance
	switch {
	case i.RestrictState != "" && i.RestrictState != "NORMAL":
		return block("restricted", "the cloud restricts it ("+i.RestrictState+")", "Renew or release it in the console first")
	case i.IsolatedSource != "" && i.IsolatedSource != "NOTISOLATED":
		return block("isolated", "it is isolated ("+i.IsolatedSource+")", "Settle the bill or renew it first")
	case i.StopChargingMode == "STOP_CHARGING":
		return block("stop-charging", "it is stopped without charge, and such machines cannot be reinstalled",
			"Start it first, then propose again")
	}
	return nil
}

func checkState(c Case) []Finding {
	s := c.Facts.Instance.State
	switch s {
	case "RUNNING":
		return nil
	case "STOPPED":
		return warn("stopped", "it is stopped now; the reinstall starts it")
	case "STARTING", "STOPPING", "REBOOTING", "PENDING":
		return block("state", "it is "+strings.ToLower(s)+" right now", "Wait a minute, then propose again")
	case "":
		return block("state", "the cloud did not say in which state it is", "Try again; look at the console if it stays so")
	}
	return block("state", "its state is "+s+", in which the cloud refuses a reinstall",
		"Bring it back to running or stopped in the console, then propose again")
}

// cloud/doc.go 1.3: no other operation while it reinstalls.
func checkBusy(c Case) []Finding {
	l := c.Facts.Instance.Latest
	switch {
	case l.State == "OPERATING":
		return block("busy", "another operation is running on it ("+l.Operation+")", "Wait until it has ended, then propose again")
	case l.State == "" && l.Operation != "":
		return warn("busy-unknown", "the cloud does not say whether its last operation ("+l.Operation+") has ended")
	}
	return nil
}

// cloud/doc.go 1.5 and 5.1: the image must be one of the cloud's own,
// the account's, or shared with it, and usable.
func checkImage(c Case) []Finding {
	img := c.Facts.Image
	if !c.Facts.ImageFound {
		what := c.Wish.Image
		if what == "" && c.Facts.Instance.ImageID == "" {
			return block(codeImageGone, "the cloud does not say which image it runs, as of some old machines",
				"Name the image to install with --image")
		}
		if what == "" {
			return block(codeImageGone, "the cloud does not show the image that it runs ("+c.Facts.Instance.ImageID+") just now",
				"Try again in a minute; if it stays so, the image is gone: name another one with --image")
		}
		return block(codeImageUnfnd, Quote(what)+" is no image that this account may use in "+c.Facts.Instance.Region+", or the cloud does not show it just now",
			"Images are regional: pick one from the form's list, or copy or share it first")
	}
	var out []Finding
	out = append(out, checkSource(c)...)
	if img.State != ImageNormal {
		out = append(out, block("image-state", "the image is not ready ("+img.State+")", "Wait until it is NORMAL, or pick another")...)
	}
	if cur := c.Facts.Current; cur.Arch != "" && img.Arch != "" && cur.Arch != img.Arch {
		out = append(out, block("image-arch", "the image is for "+img.Arch+", the machine runs "+cur.Arch,
			"Pick an image for "+cur.Arch)...)
	}
	if cur := c.Facts.Current; cur.License != "" && img.License != "" && cur.License != img.License {
		out = append(out, block("image-licence", "the image's licence is of type "+img.License+", the machine's of type "+cur.License,
			"Pick an image with a licence of type "+cur.License)...)
	}
	if img.Deprecated {
		out = append(out, warn("image-deprecated", "the cloud has deprecated this image")...)
	}
	return out
}

// checkSource: the product's page recommends Tencent's and custom images, and
// forbids other sources that are not authorised; ResetInstance's page lists
// marketplace images as well (cloud/doc.go 1.5).
func checkSource(c Case) []Finding {
	img := c.Facts.Image
	runs := img.ID == c.Facts.Instance.ImageID
	switch {
	case slices.Contains([]string{ImagePublic, ImagePrivate, ImageShared}, img.Type):
		return nil
	case img.Type != ImageMarket:
		return block("image-source", "the image comes from a source that is not authorised ("+img.Type+")",
			"Use a public, custom or shared image")
	case runs:
		return warn(codeImageMarket, "the image is from the marketplace, and the machine runs it already; Tencent recommends its own or custom images")
	case c.Terms.Market:
		return warn(codeImageMarket, "the image is from the marketplace, and the machine does not run it now; Tencent recommends its own or custom images")
	}
	return block(codeImageMarket, "the image is from the marketplace, and the policy allows no other marketplace image than the one that the machine runs",
		"Use a public, custom or shared image, or ask whoever keeps the policy file")
}

const codeImageMarket = "image-marketplace"

// An unknown platform fails closed (cloud/doc.go 5.3).
func checkFamilies(c Case) []Finding {
	if !c.Facts.ImageFound {
		return nil
	}
	var out []Finding
	if c.Plan.Family == FamilyUnknown {
		out = append(out, block("image-family", "it is unclear whether the image is Linux or Windows ("+c.Facts.Image.OSName+")",
			"Pick an image whose system the cloud names")...)
	}
	if c.Plan.FromFamily == FamilyUnknown {
		out = append(out, block("family", "it is unclear whether the machine runs Linux or Windows ("+c.Facts.Instance.OSName+")",
			"Reinstall it in the console")...)
	}
	return out
}

const codePlatformRegion = "platform-region"

// cloud/doc.go 1.1, 1.2, 2.7 and 6.6: a change of platform. That it is for
// the mainland only is documented on the product's page, and not on the API's.
func checkPlatformChange(c Case) []Finding {
	p := c.Plan
	if !p.Changes() || p.Family == FamilyUnknown || p.FromFamily == FamilyUnknown {
		return nil
	}
	change := string(p.FromFamily) + " to " + string(p.Family)
	lies := WhereLies(p.Region)
	if lies == LiesAbroad {
		return block(codePlatformRegion, "Tencent documents "+change+" for mainland China only, and "+p.Region+" is not there",
			"Pick a "+string(p.FromFamily)+" image, or launch a new instance")
	}
	if p.Disk.Local() && p.Disk.SizeGB <= 20 {
		return block("platform-local-20", "older machines with a 20-GB local disk cannot change from "+change,
			"Submit a ticket to Tencent Cloud, or pick a "+string(p.FromFamily)+" image")
	}
	out := warn("platform", "the system changes from "+change+"; the system disk's snapshots may no longer be rolled back, so the backup must be an image")
	if lies == LiesUnknown {
		out = append(out, warn(codePlatformRegion, "Tencent documents "+change+" for mainland China only, and Twokey does not know whether "+
			p.Region+" is there: the cloud may refuse it")...)
	}
	if p.Disk.Local() || p.Disk.Type == "CLOUD_HSSD" || p.Disk.Type == "CLOUD_TSSD" {
		out = append(out, warn("platform-disk", "the cloud may refuse a change of platform on a "+p.Disk.Type+" disk")...)
	}
	return out
}

var newWindows = regexp.MustCompile(`(?i)windows.*\b(20\d\d)\b`)

// cloud/doc.go 1.6: Windows 2016 and 2019 need more than 2 GB.
func checkWindowsMemory(c Case) []Finding {
	if c.Plan.Family != Windows || c.Facts.Instance.MemoryGB > 2 {
		return nil
	}
	m := newWindows.FindStringSubmatch("windows " + c.Facts.Image.OSName + " " + c.Facts.Image.Name)
	if m == nil || m[1] < "2016" {
		return nil
	}
	return block("windows-memory", fmt.Sprintf("Windows %s needs more than 2 GB of memory, and it has %d", m[1], c.Facts.Instance.MemoryGB),
		"Pick Windows 2012 R2 or a Linux image, or resize the machine first")
}

// cloud/doc.go 1.4 and 2.2: the system disk grows only, and only
// cloud disks do.
func checkDisk(c Case) []Finding {
	d, want, img := c.Plan.Disk, c.Wish.DiskGB, c.Facts.Image.SizeGB
	switch {
	case want > 0 && want < d.SizeGB:
		return block("disk-shrinks", fmt.Sprintf("the system disk has %d GiB and can only grow, not become %d", d.SizeGB, want),
			fmt.Sprintf("Leave --disk out, or ask for %d or more", d.SizeGB))
	case want > 0 && want < img:
		return block("disk-below-image", fmt.Sprintf("the image needs %d GiB, more than the %d asked for", img, want),
			fmt.Sprintf("Ask for --disk %d or more", img))
	case c.Plan.DiskGB > d.SizeGB && d.Local():
		return block("disk-local", fmt.Sprintf("the system disk is local (%s) and cannot grow from %d to %d GiB", d.Type, d.SizeGB, c.Plan.DiskGB),
			fmt.Sprintf("Leave --disk out, and pick an image of at most %d GiB", d.SizeGB))
	case c.Plan.DiskGB > d.SizeGB && want > 0:
		return warn("disk-grows", fmt.Sprintf("the system disk grows from %d to %d GiB, and can never shrink again", d.SizeGB, c.Plan.DiskGB))
	case c.Plan.DiskGB > d.SizeGB:
		return warn("disk-image", fmt.Sprintf("the image needs %d GiB: the system disk grows from %d and is billed for it", img, d.SizeGB))
	}
	return nil
}

// cloud/doc.go 2.3 and 2.4: the ways to log in afterwards.
func checkLogin(c Case) []Finding {
	l := c.Wish.Login
	switch {
	case l.Kind == LoginKeys && c.Plan.Family == Windows:
		return block("login-windows-keys", "Windows takes no key pairs", "Use --login password or message-center")
	case l.Kind == LoginKeys:
		var missing []string
		for _, k := range l.Keys {
			if !slices.Contains(c.Facts.KeyPairs, k) {
				missing = append(missing, k)
			}
		}
		if len(missing) > 0 {
			return block("login-keys", "there is no key pair "+strings.Join(missing, ", ")+" in this account and region",
				"Check the id in the console, or use --login message-center")
		}
	case l.Kind == LoginKeepImage && c.Facts.Image.Type == ImagePublic:
		return block("login-keep-image", "a public image has no login of its own to keep",
			"Use --login message-center, key:.. or password")
	}
	return nil
}

var (
	hostChars  = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)
	hostDouble = regexp.MustCompile(`[.-]{2}`)
	allDigits  = regexp.MustCompile(`^[0-9]+$`)
)

// cloud/doc.go 2.5: what a host name may be.
func checkHostName(c Case) []Finding {
	h := c.Wish.HostName
	if h == "" {
		return nil
	}
	bad := func(why, next string) []Finding { return block("host-name", Quote(h)+" "+why, next) }
	const next = "Use letters, digits and single dots or dashes between them"
	edge := strings.ContainsAny(h[:1]+h[len(h)-1:], ".-")
	switch {
	case !hostChars.MatchString(h) || hostDouble.MatchString(h) || edge:
		return bad("is not a host name", next)
	case c.Plan.Family == Windows && (len(h) < 2 || len(h) > 15 || strings.Contains(h, ".") || allDigits.MatchString(h)):
		return bad("is not a host name for Windows", "Use 2 to 15 letters, digits and dashes, no dots, not digits alone")
	case len(h) < 2 || len(h) > 60:
		return bad("is too short or too long", "Use 2 to 60 characters")
	}
	return nil
}

func checkWishedBackup(c Case) []Finding {
	kind, id, named := strings.Cut(c.Wish.Backup, ":")
	if !named {
		return nil
	}
	for _, e := range c.Facts.Evidence {
		if e.ID == id && e.Kind == kind {
			if r := e.Usable(c.Plan, c.Now); r != nil {
				return block("backup", "the backup that you named cannot serve: "+r.Why, r.Next)
			}
			return nil
		}
	}
	return block("backup", "the cloud knows no "+kind+" "+Quote(id)+" of this machine's system disk",
		"Leave --backup out and pick from the list, or use --backup image to make one")
}
