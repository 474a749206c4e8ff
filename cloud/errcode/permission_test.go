package errcode

import (
	"testing"

	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
)

// Denials as they were recorded (cloud/doc.go 3.5), and two that name
// nothing.
func TestADenialsPermissionIsFoundFarBehind(t *testing.T) {
	const preamble = "You are not authorized to perform this operation. Check your CAM policies, and ensure that you " +
		"are using the correct access keys. "
	for words, want := range map[string]Permission{
		preamble + "[[request id:5f1c]you are not authorized to perform operation (cvm:ResetInstance)\nresource " +
			"(qcs::cvm:ap-guangzhou:uin/1:instance/ins-1a2b3c4d) has no permission": {
			"cvm:ResetInstance",
			"qcs::cvm:ap-guangzhou:uin/1:instance/ins-1a2b3c4d",
		},
		"[request id:5f1c]you are not authorized to perform operation (cvm:StopInstances)\nresource " +
			"(qcs:id/0:cvm:ap-guangzhou:uin/1:instance/ins-1a2b3c4d) has no permission\n": {
			"cvm:StopInstances",
			"qcs:id/0:cvm:ap-guangzhou:uin/1:instance/ins-1a2b3c4d",
		},
		preamble + "[[request id:5f1c]you are not authorized to perform operation " +
			"(clb:DescribeLBListeners)\nresource (*) " +
			"has no permission": {"clb:DescribeLBListeners", "*"},
		preamble + "[[request id:5f1c]system policy not verify]": {},
		"CAM signature/authentication error.":                    {},
	} {
		if got := MissingPermission(tcerr.NewTencentCloudSDKError("UnauthorizedOperation", words,
			"5f1c")); got != want {
			t.Errorf("%s: %+v", words, got)
		}
		if got := MissingPermission(tcerr.NewTencentCloudSDKError("InvalidParameterValue", words,
			"5f1c")); got != (Permission{}) {
			t.Errorf("no denial, and %+v", got)
		}
	}
}
