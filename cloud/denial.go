package cloud

import (
	"errors"
	"regexp"
	"strings"

	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
)

// CAM's denials bear one code for every permission. Which action on which
// resource is missing stands only in their words, behind some 190 characters
// (facts/tencent.md section 10).

var (
	deniedAction   = regexp.MustCompile(`not authorized to perform operation \(([A-Za-z0-9]+:[A-Za-z0-9*]+)\)`)
	deniedResource = regexp.MustCompile(`resource \(([^()\s]+)\)`)
)

// permission is the permission that a denial asks for.
type permission struct {
	action   string // cvm:ResetInstance
	resource string // qcs::cvm:ap-guangzhou:uin/..:instance/ins-..; it names the account
}

// permissionOf reads it out of a denial; the zero value where none is named.
func permissionOf(err error) permission {
	var e *tcerr.TencentCloudSDKError
	if !errors.As(err, &e) || !isAuth(codeOf(e)) {
		return permission{}
	}
	var m permission
	if found := deniedAction.FindStringSubmatch(e.Message); found != nil {
		m.action = found[1]
	}
	if found := deniedResource.FindStringSubmatch(e.Message); found != nil && m.action != "" {
		m.resource = found[1]
	}
	return m
}

// why is the denial in a few words for a channel: it names no account.
func (m permission) why() string { return "Twokey's CAM policy does not allow " + m.action }

// whole is the denial for operators.
func (m permission) whole() string {
	words := "no permission for " + m.action
	if m.resource != "" {
		words += " on " + m.resource
	}
	return words
}

// camOutage stands for the code of a denial that is none: the cloud could not
// ask CAM. It was recorded as an outage that passed. Nothing proves that the
// call was not done all the same: another part of the cloud may have asked
// before and been told.
const camOutage = "UnauthorizedOperation.PermissionDenied (send request err)"

func isCAMOutage(e *tcerr.TencentCloudSDKError) bool {
	return strings.HasPrefix(e.Code, "UnauthorizedOperation") && strings.Contains(e.Message, "send request err")
}

// explainError is Explain, with the permission that a denial names.
func explainError(err error) (why, next string) {
	why, next = Explain(codeOf(err))
	if m := permissionOf(err); m.action != "" {
		return m.why(), "Ask whoever runs Twokey to allow it in its CAM policy"
	}
	return why, next
}
