package model

import (
	"strings"
)

// A Request is what somebody asked for, before the cloud was read.
type Request struct {
	Target   string `json:"target"`            // instance id, name, private IP, or account/region/id
	Account  string `json:"account,omitempty"` // narrows the search
	Region   string `json:"region,omitempty"`  // narrows the search
	Image    string `json:"image,omitempty"`   // id or exact name; empty: the current image
	DiskGB   int    `json:"disk_gb,omitempty"` // 0: as it is
	Login    Login  `json:"login"`
	HostName string `json:"host_name,omitempty"` // empty: left to the image
	Backup   string `json:"backup,omitempty"`    // "", image, snapshot:ID, image:ID
	Reason   string `json:"reason,omitempty"`
}

// Login kinds (cloud/doc.go 2.3). Message Center is the cloud's
// default: it makes a password and sends it to the account's inbox.
const (
	LoginMessageCenter = "message-center"
	LoginKeepImage     = "keep-image"
	LoginKeys          = "key"
	LoginPassword      = "password"
)

// Login says how people get in afterwards. A password is never part of it: it
// is generated at arming and sealed.
type Login struct {
	Kind string   `json:"kind"`
	Keys []string `json:"keys,omitempty"` // key pair ids, for LoginKeys
}

// String is the flag's form: message-center, keep-image, key:a,b or password.
func (l Login) String() string {
	switch l.Kind {
	case "":
		return LoginMessageCenter
	case LoginKeys:
		return LoginKeys + ":" + strings.Join(l.Keys, ",")
	default:
		return l.Kind
	}
}

// ParseLogin reads the flag's form; the empty string is Message Center.
func ParseLogin(s string) (Login, *Refusal) {
	switch {
	case s == "" || s == LoginMessageCenter:
		return Login{Kind: LoginMessageCenter}, nil
	case s == LoginKeepImage, s == LoginPassword:
		return Login{Kind: s}, nil
	case strings.HasPrefix(s, LoginKeys+":"):
		var ids []string
		for id := range strings.SplitSeq(strings.TrimPrefix(s, LoginKeys+":"), ",") {
			if id = strings.TrimSpace(id); id != "" {
				ids = append(ids, id)
			}
		}
		if len(ids) > 0 {
			return Login{Kind: LoginKeys, Keys: ids}, nil
		}
	}
	return Login{}, Refuse(RefusalTitle(VerbPropose), "--login "+Quote(s)+" is not a way to log in",
		"Use message-center, keep-image, key:skey-.. (comma between several) or password")
}
