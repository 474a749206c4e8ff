package policy

import (
	"time"

	"twokey/commands/reinstall/model"
)

const defaultProbe = 5 * time.Minute

// readProbe reads whether login services are looked for; nil is not.
func (r *reader) readProbe(path string, y *probeYAML) *model.Probe {
	if y == nil {
		return nil
	}
	if y.SSH == nil && y.RDP == nil {
		r.addMistake(path, "no port is named; name ssh or rdp, such as ssh: 22, or leave probe out")
	}
	r.checkPort(path+".ssh", y.SSH)
	r.checkPort(path+".rdp", y.RDP)
	if y.From != nil && *y.From != "private" && *y.From != "public" {
		r.addMistake(path+".from", "%q is not known; use private or public: at which of the machine's addresses "+
			"Twokey looks", *y.From)
	}
	return &model.Probe{
		SSH: valueOr(y.SSH, 0), RDP: valueOr(y.RDP, 0), Public: valueOr(y.From, "private") == "public",
		Within: valueOr(r.readDuration(path+".within", y.Within, time.Second), defaultProbe),
	}
}

func (r *reader) checkPort(path string, n *int) {
	if n != nil && (*n < 1 || *n > 65535) {
		r.addMistake(path, "%d is not a port; ports are from 1 to 65535", *n)
	}
}
