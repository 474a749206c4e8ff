package model

// MachineFindings is what blocks a reinstall whatever is installed, as far as the
// machine alone shows it. It may be asked of a remembered machine: the answer helps
// somebody to choose, and decides nothing.
func MachineFindings(i Instance, t Terms) []Finding {
	c := Case{Facts: Facts{Instance: i}, Terms: t}
	var out []Finding
	for _, check := range []func(Case) []Finding{checkForbidden, CheckSpot, CheckAccount, CheckState, CheckBusy} {
		out = append(out, Blocking(check(c))...)
	}
	return out
}

// WhyMisfit says why the image cannot be installed on the machine; empty: it fits. It
// asks those checks of the preflight that need nothing else. current is the image that
// the machine runs, if it is known.
func WhyMisfit(i Instance, current, img Image, p Policy) string {
	f := Facts{Instance: i, Current: current, Image: img, ImageFound: true}
	t := p.TermsFor(f.Subject())
	c := Case{Facts: f, Terms: t, Plan: MakePlan(Request{}, f, t)}
	for _, check := range []func(Case) []Finding{
		checkForbidden, checkImage, checkFamilies, checkPlatformChange,
		checkWindowsMemory, checkDisk,
	} {
		if b := Blocking(check(c)); len(b) > 0 {
			return b[0].Why
		}
	}
	return ""
}

// LoginKinds are the ways to log in after the image was installed. An image that is
// not known yet may be of any kind.
func LoginKinds(img Image, family OSFamily) []string {
	out := []string{LoginMessageCenter, LoginPassword}
	if img.Type != ImagePublic {
		out = append(out, LoginKeepImage)
	}
	if family != Windows {
		out = append(out, LoginKeys)
	}
	return out
}
