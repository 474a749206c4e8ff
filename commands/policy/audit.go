package policy

import (
	"net"
	"net/url"
	"path"
	"strings"

	"twokey/commands/reinstall/model"
)

const auditForms = "write stdout, file:///var/log/twokey/audit.jsonl, https://host/path, syslog://host:601 (over " +
	"TCP) or syslog+udp://host:514"

// readAuditTarget reads where the audit goes.
func (r *reader) readAuditTarget(at string, y *string) model.AuditTo {
	if y == nil {
		return model.AuditTo{}
	}
	if *y == "stdout" {
		return model.AuditTo{Kind: "stdout"}
	}
	u, err := url.Parse(*y)
	if err != nil || u.Opaque != "" || u.Host == "" && u.Path == "" || *y != strings.TrimSpace(*y) {
		r.addMistake(at, "%q is not a place for the audit; %s", shortenText(*y), auditForms)
		return model.AuditTo{}
	}
	bare := u.Path == "" && u.RawQuery == "" && u.Fragment == ""
	_, port, _ := net.SplitHostPort(u.Host)
	switch {
	case u.User != nil: // and what stands there is not repeated
		r.addMistake(at, "the address has a name or password, and the policy file holds no secret; take it out. "+
			"What is sent is signed")
	case u.Scheme == "file" && (u.Host != "" || u.RawQuery != "" || u.Fragment != "" || path.Clean(u.Path) != u.Path ||
		u.Path == "/"):
		r.addMistake(at, "%q names no file; write its whole path behind three slashes, such as "+
			"file:///var/log/twokey/audit.jsonl", *y)
	case u.Scheme == "file":
		return model.AuditTo{Kind: "file", At: u.Path}
	case u.Scheme == "https" && (u.Hostname() == "" || u.Fragment != ""):
		r.addMistake(at, "%q names no host to send to; write https://host/path", *y)
	case u.Scheme == "https":
		return model.AuditTo{Kind: "https", At: u.String()}
	case u.Scheme == "http":
		r.addMistake(at, "over http anybody on the way reads who did what; use https")
	case (u.Scheme == "syslog" || u.Scheme == "syslog+udp") && (!bare || u.Hostname() == "" || port == "" ||
		port == "0"):
		r.addMistake(at, "%q names no host and port; write %s://host:%s", *y, u.Scheme,
			map[string]string{"syslog": "601", "syslog+udp": "514"}[u.Scheme])
	case u.Scheme == "syslog", u.Scheme == "syslog+udp":
		return model.AuditTo{Kind: u.Scheme, At: u.Host}
	default:
		r.addMistake(at, "%q is not a place for the audit; %s", shortenText(*y), auditForms)
	}
	return model.AuditTo{}
}

// shortenText is what a sentence can bear of a text that somebody wrote.
func shortenText(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

// auditLine says where the audit goes, for whoever keeps the policy file.
func auditLine(a model.AuditTo) string {
	switch a.Kind {
	case "":
		return "The audit stays in Redis alone; audit: names a place outside of it."
	case "stdout":
		return "Each entry of the audit is written to stdout as well, in order."
	case "file":
		return "Each entry of the audit is written to " + a.At + " as well, in order."
	case "https":
		return "Each entry of the audit is sent to " + a.At + " as well, signed, in order, until it is taken."
	case "syslog":
		return "Each entry of the audit is sent to the syslog at " + a.At +
			" (TCP) as well, in order. Syslog confirms nothing, and verify shows what it lost."
	}
	return "Each entry of the audit is sent to the syslog at " + a.At +
		" (UDP) as well, in order. Syslog confirms nothing, and verify shows what it lost."
}
