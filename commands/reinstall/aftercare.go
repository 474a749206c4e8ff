package reinstall

import (
	"fmt"
	"strings"
)

// Aftercare lists what to do next for the machine of this plan, in order
// (cloud/doc.go 1.7 and 9.5). l is how the cloud says to log in; nil where it
// does not say.
func Aftercare(p Plan, l *LogIn) []Text {
	var out []Text
	out = append(out, logIn(p, l))
	if p.Family == Linux {
		out = append(out, forgetKey(p))
	}
	out = append(out, mountAgain(p)...)
	if len(p.PublicIPs) > 0 {
		out = append(out, Say("Its public IP is still ", Mono(strings.Join(p.PublicIPs, ", ")), "."))
	}
	if p.Image.Type == ImagePublic {
		out = append(out, Say("Monitoring and security agents were installed with the image; your own agents, drivers and user data were not."))
	} else {
		out = append(out, Say("It has the agents that are inside the image, and no others."))
	}
	return out
}

func forgetKey(p Plan) Text {
	if len(p.KnownAs()) == 0 {
		return Say("The SSH host key is new. Before you connect, remove the old one from your known_hosts.")
	}
	t := Say("The SSH host key is new. Before you connect, remove the old one from your known_hosts, under each name that you use: ")
	for i, name := range p.KnownAs() {
		if i > 0 {
			t = append(t, Say(", ")...)
		}
		t = append(t, Say(Mono("ssh-keygen -R "+name))...)
	}
	return append(t, Say(".")...)
}

// mountAgain: data disks keep their content; across platforms their file
// system is foreign to the new system (cloud/doc.go 1.7). Which file
// system it is, and where it was mounted, the cloud does not tell.
func mountAgain(p Plan) []Text {
	if len(p.DataDisks) == 0 {
		return nil
	}
	disks := Mono(diskList(p.DataDisks))
	switch {
	case p.FromFamily == Linux && p.Family == Windows:
		return []Text{Say("Mount the data disks again: ", disks, ". They hold EXT file systems, which Windows does not read by itself: see ",
			Address("https://cloud.tencent.com/document/product/213/3856"),
			". When Windows offers to initialise or format a disk, say no: that would wipe it.")}
	case p.Family == Windows:
		return []Text{Say("Bring the data disks online again in Disk Management: ", disks, ". ", Mono("Get-Disk | Select Number, SerialNumber, Size"),
			" tells them apart by serial number or size. When Windows offers to initialise one, say no: that would wipe it.")}
	}
	out := []Text{Say("Find the data disks, which keep what they held:", devices(p))}
	if p.FromFamily == Windows {
		return append(out, Say("They hold NTFS, for which Linux needs ntfs-3g: see ", Address("https://cloud.tencent.com/document/product/213/3857"),
			". Mount one with ", Mono("mount -t ntfs-3g DEVICE /mnt"), "; do not format it."))
	}
	return append(out, Say("Mount them again by UUID: ", Mono("lsblk -o NAME,SIZE,SERIAL,FSTYPE,UUID"),
		" shows file system and UUID, which the cloud does not know; a line in /etc/fstab is ", Mono("UUID=.. /data ext4 defaults,nofail 0 2"),
		", and ", Mono("mount -a"), " tries it. Names such as /dev/vdb may change from boot to boot. Do not format them."))
}

// devices says of each data disk how Linux finds it.
func devices(p Plan) Text {
	var t Text
	for _, d := range p.DataDisks {
		what := strings.TrimSpace(d.ID + " (" + d.Type + ", " + gib(d.SizeGB) + ")")
		if !HostLike(d.ID) || d.Local() {
			t = append(t, Say("\n   • ", Mono(what), " is local and has no id in Linux: find it by its size with ", Mono("lsblk"))...)
			continue
		}
		t = append(t, Say("\n   • ", Mono(what), " is ", Mono(fmt.Sprintf("/dev/disk/by-id/virtio-%s", d.ID)), ", its partitions end in -part1 and so on")...)
	}
	return t
}

// onPort names the port where it is not the usual one of the platform, nor that
// of the other.
func onPort(l *LogIn) string {
	const ssh, rdp = 22, 3389
	if l == nil || l.Port == 0 || l.Port == ssh || l.Port == rdp {
		return ""
	}
	return fmt.Sprintf(" on port %d", l.Port)
}

// logIn says how to log in.
func logIn(p Plan, l *LogIn) Text {
	user, port := Mono(p.User(l)), onPort(l)
	switch p.Login.Kind {
	case LoginKeepImage:
		return Say("Log in as the image was set up", port, ".")
	case LoginKeys:
		return Say("Log in as ", user, port, " with key pair ", Mono(strings.Join(p.Login.Keys, ", ")), ".")
	case LoginPassword:
		return Say("Log in as ", user, port, " with the generated password: the proposer presses Show password, once.")
	}
	return Say("Log in as ", user, port, " with the password that the cloud sent to the account's Message Center.")
}
