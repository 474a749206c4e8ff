package commands

import (
	"twokey/commands/port"
)

// troubled logs a fault, once while it lasts and then ever more rarely.
func (d *Desk) troubled(say, doing string, err error, at ...any) {
	if silent, yes := d.hush.Tell(say+"|"+doing+"|"+port.SortOf(err), d.now()); yes {
		d.log.Error(say, append(at, "doing", doing, "silent", silent, "err", err)...)
	}
}

// warned logs what goes on in spite of it, once while it lasts and then ever more
// rarely.
func (d *Desk) warned(say, about string, err error, at ...any) {
	if silent, yes := d.hush.Tell(say+"|"+about+"|"+port.SortOf(err), d.now()); yes {
		d.log.Warn(say, append(at, "silent", silent, "err", err)...)
	}
}
