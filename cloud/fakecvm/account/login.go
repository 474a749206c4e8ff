package account

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"twokey/cloud/fakecvm/apierr"
)

// checkLogin allows at most one of password, keys and keep-image, each with its
// rules (cloud/doc.go 2.3).
func (a *Account) checkLogin(p *ResetPlan) *apierr.Error {
	login := p.in.LoginSettings
	keep, ok := parseBool(login.KeepImageLogin)
	if !ok {
		return apierr.Errorf("InvalidParameterValue",
			"`LoginSettings.KeepImageLogin` is `%s`; it has to be true or false.",
			login.KeepImageLogin)
	}
	given := 0
	for _, one := range []bool{login.Password != "", len(login.KeyIDs) > 0, keep} {
		if one {
			given++
		}
	}
	switch {
	case given > 1:
		return apierr.Errorf("InvalidParameter.ParameterConflict",
			"Only one of `Password`, `KeyIds` and `KeepImageLogin` can be given.")
	case keep && p.Image.Type == PublicImage:
		return apierr.Errorf("InvalidParameterValue",
			"`KeepImageLogin` is only for custom, shared and imported images, and `%s` is a public one.", p.Image.ID)
	case login.Password != "" && !goodPassword(login.Password, p.Image.Windows()):
		return apierr.Errorf("InvalidParameterValue.InvalidPassword",
			"The password does not meet the complexity requirements.")
	case len(login.KeyIDs) > 0 && p.Image.Windows():
		return apierr.Errorf("UnsupportedOperation.KeyPairUnsupportedWindows",
			"Key-pair login is not available to Windows instances.")
	}
	return a.checkKeys(login.KeyIDs, p.Machine.Region)
}

func (a *Account) checkKeys(ids []string, region string) *apierr.Error {
	for _, id := range ids {
		if !KeyIDForm.MatchString(id) {
			return apierr.Errorf("InvalidKeyPairId.Malformed",
				"Invalid key pair ID `%s`: the format is `skey-xxxxxxxx`.", id)
		}
		if !slices.ContainsFunc(a.KeyPairsIn(region), func(k KeyPair) bool { return k.ID == id }) {
			return apierr.Errorf("InvalidParameterValue.KeyPairNotFound", "The key pair `%s` does not exist.", id)
		}
	}
	return nil
}

const passwordSymbols = "()`~!@#$%^&*-+=|{}[]:;',.?/"

// goodPassword asks for at least three classes, and no characters outside the
// classes. Linux takes 8 to 30 characters, the first of them not a `/`; Windows
// takes 12 to 30 (cloud/doc.go 2.4).
func goodPassword(password string, windows bool) bool {
	var lower, upper, digit, symbol int
	for _, r := range password {
		switch {
		case 'a' <= r && r <= 'z':
			lower = 1
		case 'A' <= r && r <= 'Z':
			upper = 1
		case '0' <= r && r <= '9':
			digit = 1
		case strings.ContainsRune(passwordSymbols, r):
			symbol = 1
		default:
			return false
		}
	}
	shortest := 8
	if windows {
		shortest = 12
	}
	return shortest <= len(password) && len(password) <= 30 && lower+upper+digit+symbol >= 3 &&
		(windows || password[0] != '/')
}

var (
	windowsHost = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`)
	linuxHost   = regexp.MustCompile(`^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$`)
	digitsOnly  = regexp.MustCompile(`^[0-9]+$`)
)

// checkHostName refuses `.` and `-` at the ends and doubled. Windows takes 2 to 15
// characters, without dots and not digits alone; Linux takes 2 to 60 (cloud/doc.go
// 2.5).
func (p *ResetPlan) checkHostName() *apierr.Error {
	name, n := p.in.HostName, len(p.in.HostName)
	good := linuxHost.MatchString(name) && n >= 2 && n <= 60
	if p.Image.Windows() {
		good = windowsHost.MatchString(name) && n >= 2 && n <= 15 && !digitsOnly.MatchString(name)
	}
	if name != "" && !good {
		return apierr.Errorf("InvalidParameterValue.IllegalHostName", "The value `%s` of `HostName` is invalid.", name)
	}
	return nil
}

const maxUserData = 16 << 10

func (p *ResetPlan) checkUserData() *apierr.Error {
	raw, err := base64.StdEncoding.DecodeString(p.in.UserData)
	if err != nil {
		return apierr.Errorf("InvalidParameterValue.InvalidUserDataFormat", "`UserData` is not Base64.")
	}
	if len(raw) > maxUserData {
		return apierr.Errorf("InvalidParameterValue.LimitExceeded", "`UserData` has %d bytes; the limit is 16 KB.",
			len(raw))
	}
	return nil
}
