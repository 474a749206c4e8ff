package model

// AuditTo is the place to which the audit's entries go as they are written, besides
// Redis. The zero value is nowhere.
type AuditTo struct {
	Kind string // stdout, file, https, syslog (over TCP) or syslog+udp
	At   string // the file's path, the URL, or host:port; of stdout nothing
}

// Set reports whether there is such a place.
func (a AuditTo) Set() bool { return a.Kind != "" }

// String is the place as the policy file names it.
func (a AuditTo) String() string {
	switch a.Kind {
	case "file", "syslog", "syslog+udp":
		return a.Kind + "://" + a.At
	case "https":
		return a.At
	}
	return a.Kind
}
