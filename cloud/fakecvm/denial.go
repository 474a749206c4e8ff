package fakecvm

import (
	"strings"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
)

// How CAM refuses, word for word as recorded: what matters comes after some 190
// characters (cloud/doc.go 3.5).

// switchedRefusal is an error with the code that a switch asks for. A code of CAM's
// comes with CAM's words.
func switchedRefusal(code, by string, req request) *apierr.Error {
	if strings.HasPrefix(code, "UnauthorizedOperation") || code == "AuthFailure.UnauthorizedOperation" {
		return &apierr.Error{Code: code, Message: denialMessage(req)}
	}
	return apierr.Errorf(code, "The double was switched to refuse (%s).", by)
}

func denialMessage(req request) string {
	product := req.product
	if product == "cbs" {
		product = "cvm" // CBS actions have CVM's prefix
	}
	return "You are not authorized to perform this operation. Check your CAM policies, and ensure that you are using " +
		"the correct access keys. " +
		"[[request id:" + req.id + "]you are not authorized to perform operation (" + product + ":" + req.action +
		")\n" +
		"resource (qcs::" + product + ":" + req.region + ":uin/" + account.UIN + ":" + resourceOf(product, req) +
		") has no permission"
}

func resourceOf(product string, req request) string {
	switch {
	case product != "cvm":
		return "*"
	case req.instance == "":
		return "instance/*"
	}
	return "instance/" + req.instance
}

// camOutage is the answer to a call while the cloud cannot ask CAM. It has the code
// of a denial (cloud/doc.go 3.6).
func camOutage(a *account.Account, req request) *apierr.Error {
	actions, down := a.Switches.Level("cam_down", req.instance)
	if !down || actions != "" && !strings.Contains(" "+actions+" ", " "+req.action+" ") {
		return nil
	}
	a.Switches.Take("cam_down", req.instance)
	return apierr.Errorf("UnauthorizedOperation.PermissionDenied", "[request id:%s]send request err", req.id)
}
