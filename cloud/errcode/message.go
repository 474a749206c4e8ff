package errcode

import (
	"errors"

	tcerr "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
)

// Of is the cloud's or the SDK's error code, or empty for other errors. An
// outage that bears the code of a denial has one of its own.
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

// Message is what an error of the SDK says, without any answer's body. Of a
// denial that is what is not allowed, and nothing of the account.
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

// Shorten shortens a text to n runes.
func Shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
