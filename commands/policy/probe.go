package policy

import (
	"time"

	"twokey/commands/reinstall"
)

const defaultProbe = 5 * time.Minute

// probe reads whether login services are looked for; nil is not.
func (r *reader) probe(path string, y *probeYAML) *reinstall.Probe {
	if y == nil {
		return nil
	}
	if y.SSH == nil && y.RDP == nil {
		r.wrong(path, "no port is named, so nothing would be looked for; name ssh or rdp, such as ssh: 22, or leave probe out")
	}
	r.port(path+".ssh", y.SSH)
	r.port(path+".rdp", y.RDP)
	if y.From != nil && *y.From != "private" && *y.From != "public" {
		r.wrong(path+".from", "%q is not known; use private or public: at which of the machine's addresses Twokey looks", *y.From)
	}
	return &reinstall.Probe{
		SSH: or(y.SSH, 0), RDP: or(y.RDP, 0), Public: or(y.From, "private") == "public",
		Within: or(r.duration(path+".within", y.Within, time.Second), defaultProbe),
	}
}

func (r *reader) port(path string, n *int) {
	if n != nil && (*n < 1 || *n > 65535) {
		r.wrong(path, "%d is not a port; ports are from 1 to 65535", *n)
	}
}
