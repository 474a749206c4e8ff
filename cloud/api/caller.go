package api

import (
	"context"
	"sync"
	"time"
)

// askAgainAfter is the time after a failure until User asks the cloud again.
const askAgainAfter = 10 * time.Minute

// callerUser is the account user that signs the calls, once the cloud named it. The
// one recorded event of CloudAudit names no access key (cloud/doc.go 10.3); the
// account user is what is left.
type callerUser struct {
	mu       sync.Mutex
	user     string
	askAfter time.Time
}

// User is the number of the sub-account that the credentials are of. It is empty if
// a number proves nothing: for a role, and for the main account, which people and
// other programs share. It is also empty if the cloud does not answer.
func (r *Region) User(ctx context.Context) string {
	i := &r.Account.identity
	i.mu.Lock()
	defer i.mu.Unlock()
	if now := r.Client.Now(); r.Account.Credentials.role != "" || i.user != "" || now.Before(i.askAfter) {
		return i.user
	}
	answer, err := ReadCommon[struct {
		AccountID *string `json:"AccountId"`
		UserID    *string `json:"UserId"`
	}](ctx, r, CallerIdentity, map[string]any{})
	if err != nil {
		i.askAfter = r.Client.Now().Add(askAgainAfter)
		r.Client.Log.WarnContext(ctx,
			"cloud: account user of the key not read, so CloudAudit does not show which calls are ours",
			"account", r.Account.Name, "err", r.Account.Credentials.Redact(err))
		return ""
	}
	if user := Val(answer.UserID); user != "" && user != Val(answer.AccountID) {
		i.user = user
	} else {
		i.askAfter = r.Client.Now().Add(askAgainAfter)
	}
	return i.user
}
