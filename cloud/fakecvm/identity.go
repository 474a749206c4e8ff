package fakecvm

import (
	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
)

const stsVersion = "2018-08-13"

// getCallerIdentity is STS' call: it says whose key signed it.
func getCallerIdentity(a *account.Account, r request) (any, *apierr.Error) {
	if e := decode(r.body, &struct{}{}); e != nil {
		return nil, e
	}
	return struct {
		Arn         string
		AccountID   string `json:"AccountId"`
		UserID      string `json:"UserId"`
		PrincipalID string `json:"PrincipalId"`
		Type        string
	}{
		"qcs::cam:uin/" + account.UIN + ":uin/" + account.CallerUser, account.UIN, account.CallerUser,
		account.CallerUser,
		"CAMUser",
	}, nil
}
