package errcode

import (
	"errors"
	"regexp"
	"strings"

	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
)

// CAM's denials have one code for every permission. Only their text names the missing
// action and resource, near its 190th character (cloud/doc.go 3.5).

var (
	deniedAction   = regexp.MustCompile(`not authorized to perform operation \(([A-Za-z0-9]+:[A-Za-z0-9*]+)\)`)
	deniedResource = regexp.MustCompile(`resource \(([^()\s]+)\)`)
)

// Permission is the permission that a denial asks for.
type Permission struct {
	Action   string // cvm:ResetInstance
	Resource string // qcs::cvm:ap-guangzhou:uin/..:instance/ins-..; it names the account
}

// MissingPermission reads the permission out of a denial. It is the zero value if
// the denial names none.
func MissingPermission(err error) Permission {
	var e *tcerr.TencentCloudSDKError
	if !errors.As(err, &e) || !IsAboutCredentials(Of(e)) {
		return Permission{}
	}
	var m Permission
	if found := deniedAction.FindStringSubmatch(e.Message); found != nil {
		m.Action = found[1]
	}
	if found := deniedResource.FindStringSubmatch(e.Message); found != nil && m.Action != "" {
		m.Resource = found[1]
	}
	return m
}

// Why is the denial in a few words for a channel: it names no account.
func (m Permission) Why() string { return "Twokey's CAM policy does not allow " + m.Action }

// Full is the denial for operators.
func (m Permission) Full() string {
	words := "no permission for " + m.Action
	if m.Resource != "" {
		words += " on " + m.Resource
	}
	return words
}

// CAMOutage stands for the code of a failure that looks like a denial: the cloud
// could not ask CAM. A recorded one passed (cloud/doc.go 3.6). It does not prove
// that nothing happened: another part of the cloud may have asked CAM before.
const CAMOutage = "UnauthorizedOperation.PermissionDenied (send request err)"

func isCAMOutage(e *tcerr.TencentCloudSDKError) bool {
	return strings.HasPrefix(e.Code, "UnauthorizedOperation") && strings.Contains(e.Message, "send request err")
}

// ExplainError is Explain, with the permission that a denial names.
func ExplainError(err error) (why, next string) {
	why, next = Explain(Of(err))
	if m := MissingPermission(err); m.Action != "" {
		return m.Why(), "Ask whoever runs Twokey to allow it in its CAM policy"
	}
	return why, next
}
