package errcode

import (
	"errors"

	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
)

// Of is the code of the cloud or of the SDK, and empty for other errors. An outage
// that comes with the code of a denial has a code of its own (CAMOutage).
func Of(err error) string {
	var e *tcerr.TencentCloudSDKError
	switch {
	case !errors.As(err, &e):
		return ""
	case isCAMOutage(e):
		return CAMOutage
	}
	return e.Code
}

// Message is the text of an SDK's error, without any answer's body. For a denial it
// names the action, and nothing of the account.
func Message(e *tcerr.TencentCloudSDKError) string {
	if m := MissingPermission(e); m.Action != "" {
		return m.Action + " is not allowed"
	}
	switch e.Code {
	case "ClientError.ParseJsonError":
		return "the answer was cut off or no JSON"
	case "ClientError.HttpStatusCodeError":
		return "the answer's HTTP status was not 200"
	}
	return Shorten(e.Message, 200)
}

// Shorten shortens a text to n characters.
func Shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
