package api

import (
	"context"
	"sync"
	"time"
)

// Whose call an event of CloudAudit tells of. The one recorded event names no
// access key (cloud/doc.go 10.3), so that what is left is the account
// user, and whether the call came from the console.

// askAgainAfter is how long after a failure the cloud is not asked again.
const askAgainAfter = 10 * time.Minute

// callerUser is the account user that signs the calls, once it was told.
type callerUser struct {
	mu       sync.Mutex
	user     string
	askAfter time.Time
}

// User is the number of the sub-account that the keys are of. It is empty
// where nothing can be told by it: for a role, for the main account, which
// people and other programs share, and where the cloud does not say.
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
		r.Client.Log.WarnContext(ctx, "not told which account user the key is of, so that calls of ours are not known by it in CloudAudit",
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
