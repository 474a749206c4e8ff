package cloud

import (
	"context"
	"sync"
	"time"

	"twokey/commands/reinstall"
)

// Whose call an event of CloudAudit tells of. The one recorded event names no
// access key (facts/tencent.md section 10), so that what is left is the account
// user, and whether the call came from the console.

// callerIdentity is asked once. Whether it needs a permission is not known: where
// it is denied, the account user stays unknown.
var callerIdentity = commonAction{"sts", "2018-08-13", "GetCallerIdentity"}

// identityAgain is how long after a failure the cloud is not asked again.
const identityAgain = 10 * time.Minute

// identity is the account user that signs the calls, once it was told.
type identity struct {
	mu    sync.Mutex
	user  string
	again time.Time
}

// ourUser is the number of the sub-account that the keys are of. It is empty
// where nothing can be told by it: for a role, for the main account, which
// people and other programs share, and where the cloud does not say.
func (s *site) ourUser(ctx context.Context) string {
	i := &s.identity
	i.mu.Lock()
	defer i.mu.Unlock()
	if now := s.cloud.now(); s.keys.role != "" || i.user != "" || now.Before(i.again) {
		return i.user
	}
	answer, err := askCommon[struct {
		AccountID *string `json:"AccountId"`
		UserID    *string `json:"UserId"`
	}](ctx, s, callerIdentity, map[string]any{})
	if err != nil {
		i.again = s.cloud.now().Add(identityAgain)
		s.cloud.log.WarnContext(ctx, "not told which account user the key is of, so that calls of ours are not known by it in CloudAudit",
			"account", s.Name, "err", s.keys.tidy(err))
		return ""
	}
	if user := val(answer.UserID); user != "" && user != val(answer.AccountID) {
		i.user = user
	} else {
		i.again = s.cloud.now().Add(identityAgain)
	}
	return i.user
}

// handOf says whose call an event tells of: by its access key, if it names one;
// else a call at the console is never ours, and one of our own account user is.
// Another account user proves nothing: the keys may have been of that one before.
func (s *site) handOf(key, user string, ours func() string, console bool) reinstall.Hand {
	switch {
	case key != "":
		return s.keys.handOf(key)
	case console:
		return reinstall.Foreign
	case user != "" && user == ours():
		return reinstall.OurHand
	}
	return reinstall.Unsure
}
