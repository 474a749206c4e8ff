// Package aftercare words what to do for a machine that was reinstalled. It is pure.
package aftercare

import (
	"fmt"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// Steps lists what to do next for the machine of this plan, in order
// (cloud/doc.go 1.7 and 9.5). l is how the cloud says to log in; nil where it
// does not say.
func Steps(p model.Plan, l *model.LogIn) []view.Text {
	var out []view.Text
	out = append(out, loginStep(p, l))
	if p.Family == model.Linux {
		out = append(out, forgetKey(p))
	}
	out = append(out, mountAgain(p)...)
	if len(p.PublicIPs) > 0 {
		out = append(out, view.Say("Its public IP is still ", view.Mono(strings.Join(p.PublicIPs, ", ")), "."))
	}
	if p.Image.Type == model.ImagePublic {
		out = append(out, view.Say("Monitoring and security agents were installed with the image; your own "+
			"agents, drivers and user data were not."))
	} else {
		out = append(out, view.Say("It has the agents that are inside the image, and no others."))
	}
	return out
}

func forgetKey(p model.Plan) view.Text {
	if len(p.KnownAs()) == 0 {
		return view.Say("The SSH host key is new. Before you connect, remove the old one from your known_hosts.")
	}
	t := view.Say("The SSH host key is new. Before you connect, remove the old one from your known_hosts, under " +
		"each name that you use: ")
	for i, name := range p.KnownAs() {
		if i > 0 {
			t = append(t, view.Say(", ")...)
		}
		t = append(t, view.Say(view.Mono("ssh-keygen -R "+name))...)
	}
	return append(t, view.Say(".")...)
}

// mountAgain: data disks keep their content; across platforms their file
// system is foreign to the new system (cloud/doc.go 1.7). Which file
// system it is, and where it was mounted, the cloud does not tell.
func mountAgain(p model.Plan) []view.Text {
	if len(p.DataDisks) == 0 {
		return nil
	}
	disks := view.Mono(model.DiskList(p.DataDisks))
	switch {
	case p.FromFamily == model.Linux && p.Family == model.Windows:
		return []view.Text{view.Say("Mount the data disks again: ", disks,
			". They hold EXT file systems, which Windows does not read by itself: see ",
			view.Address("https://cloud.tencent.com/document/product/213/3856"),
			". When Windows offers to initialise or format a disk, say no: that would wipe it.")}
	case p.Family == model.Windows:
		return []view.Text{view.Say("Bring the data disks online again in Disk Management: ", disks, ". ",
			view.Mono("Get-Disk | Select Number, SerialNumber, Size"),
			" shows the serial number and size of each. When Windows offers to initialise one, say no: that would "+
				"wipe it.")}
	}
	out := []view.Text{view.Say("Find the data disks, which keep what they held:", deviceLines(p))}
	if p.FromFamily == model.Windows {
		return append(out, view.Say("They hold NTFS, for which Linux needs ntfs-3g: see ",
			view.Address("https://cloud.tencent.com/document/product/213/3857"),
			". Mount one with ", view.Mono("mount -t ntfs-3g DEVICE /mnt"), "; do not format it."))
	}
	return append(out, view.Say("Mount them again by UUID: ", view.Mono("lsblk -o NAME,SIZE,SERIAL,FSTYPE,UUID"),
		" shows file system and UUID. Add ", view.Mono("UUID=.. /data ext4 defaults,nofail 0 2"),
		" to /etc/fstab, and try it with ", view.Mono("mount -a"),
		". Names such as /dev/vdb may change from boot to boot. Do not format them."))
}

// deviceLines says of each data disk how Linux finds it.
func deviceLines(p model.Plan) view.Text {
	var t view.Text
	for _, d := range p.DataDisks {
		what := strings.TrimSpace(d.ID + " (" + d.Type + ", " + model.FormatGiB(d.SizeGB) + ")")
		if !model.HostLike(d.ID) || d.Local() {
			t = append(t, view.Say("\n   • ", view.Mono(what),
				" is local and has no id in Linux: find it by its size with ", view.Mono("lsblk"))...)
			continue
		}
		t = append(t, view.Say("\n   • ", view.Mono(what), " is ", view.Mono(fmt.Sprintf("/dev/disk/by-id/virtio-%s",
			d.ID)), ", its partitions end in -part1 and so on")...)
	}
	return t
}

// portWords names the port where it is not the usual one of the platform, nor that
// of the other.
func portWords(l *model.LogIn) string {
	const ssh, rdp = 22, 3389
	if l == nil || l.Port == 0 || l.Port == ssh || l.Port == rdp {
		return ""
	}
	return fmt.Sprintf(" on port %d", l.Port)
}

// loginStep says how to log in.
func loginStep(p model.Plan, l *model.LogIn) view.Text {
	user, port := view.Mono(p.User(l)), portWords(l)
	switch p.Login.Kind {
	case model.LoginKeepImage:
		return view.Say("Log in as the image was set up", port, ".")
	case model.LoginKeys:
		return view.Say("Log in as ", user, port, " with key pair ", view.Mono(strings.Join(p.Login.Keys, ", ")), ".")
	case model.LoginPassword:
		return view.Say("Log in as ", user, port,
			" with the generated password: the proposer presses Show password, once.")
	}
	return view.Say("Log in as ", user, port,
		" with the password that the cloud sent to the account's Message Center.")
}
