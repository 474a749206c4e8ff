package reinstall

import "strings"

// Aftercare lists what to do next for the machine of this plan, in order
// (facts/tencent.md section 8).
func Aftercare(p Plan) []Text {
	var out []Text
	out = append(out, p.logIn())
	if p.Family == Linux {
		host := p.Name
		if len(p.PublicIPs) > 0 {
			host = p.PublicIPs[0]
		} else if len(p.PrivateIPs) > 0 {
			host = p.PrivateIPs[0]
		}
		out = append(out, Say("The SSH host key is new: ", Mono("ssh-keygen -R "+host), " before you connect."))
	}
	out = append(out, p.mountAgain()...)
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

func (p Plan) logIn() Text {
	user := "root"
	switch {
	case p.Family == Windows:
		user = "Administrator"
	case strings.Contains(strings.ToLower(p.Image.OSName), "ubuntu"):
		user = "ubuntu"
	}
	switch p.Login.Kind {
	case LoginKeepImage:
		return Say("Log in as the image was set up.")
	case LoginKeys:
		return Say("Log in as ", Mono(user), " with key pair ", Mono(strings.Join(p.Login.Keys, ", ")), ".")
	case LoginPassword:
		return Say("Log in as ", Mono(user), " with the generated password: the proposer presses Show password, once.")
	}
	return Say("Log in as ", Mono(user), " with the password that the cloud sent to the account's Message Center.")
}

// mountAgain: data disks keep their content; across platforms their file
// system is foreign to the new system (facts/tencent.md section 0).
func (p Plan) mountAgain() []Text {
	if len(p.DataDisks) == 0 {
		return nil
	}
	disks := Mono(diskList(p.DataDisks))
	switch {
	case p.FromFamily == Linux && p.Family == Windows:
		return []Text{Say("Mount the data disks again: ", disks, ". They hold EXT file systems, which Windows does not read by itself: see ",
			Address("https://cloud.tencent.com/document/product/213/3856"))}
	case p.FromFamily == Windows && p.Family == Linux:
		return []Text{Say("Mount the data disks again: ", disks, ". They hold NTFS, for which Linux needs ntfs-3g: see ",
			Address("https://cloud.tencent.com/document/product/213/3857"))}
	case p.Family == Windows:
		return []Text{Say("Bring the data disks online again in Disk Management: ", disks, ".")}
	}
	return []Text{Say("Mount the data disks again: ", disks, ". ", Mono("lsblk -f"), " shows their UUIDs for /etc/fstab.")}
}
