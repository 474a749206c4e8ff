package errcode

import (
	"maps"
	"slices"
	"strings"
	"testing"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/commands/port"
)

// documented are ResetInstance's codes as the SDK's own constants have them.
var documented = []string{
	cvm.FAILEDOPERATION_INVALIDINSTANCEAPPLICATIONROLEEMR,
	cvm.INTERNALERROR_TRADEUNKNOWNERROR,
	cvm.INTERNALSERVERERROR,
	cvm.INVALIDACCOUNT_INSUFFICIENTBALANCE,
	cvm.INVALIDACCOUNT_UNPAIDORDER,
	cvm.INVALIDIMAGEID_MALFORMED,
	cvm.INVALIDIMAGEID_NOTFOUND,
	cvm.INVALIDINSTANCE_NOTSUPPORTED,
	cvm.INVALIDINSTANCEID_MALFORMED,
	cvm.INVALIDINSTANCEID_NOTFOUND,
	cvm.INVALIDINSTANCETYPE_MALFORMED,
	cvm.INVALIDKEYPAIRID_MALFORMED,
	cvm.INVALIDPARAMETER_HOSTNAMEILLEGAL,
	cvm.INVALIDPARAMETER_INSTANCEIMAGENOTSUPPORT,
	cvm.INVALIDPARAMETER_PARAMETERCONFLICT,
	cvm.INVALIDPARAMETERVALUE,
	cvm.INVALIDPARAMETERVALUE_ILLEGALHOSTNAME,
	cvm.INVALIDPARAMETERVALUE_INSTANCEIDMALFORMED,
	cvm.INVALIDPARAMETERVALUE_INSTANCETYPENOTFOUND,
	cvm.INVALIDPARAMETERVALUE_INVALIDAPPIDFORMAT,
	cvm.INVALIDPARAMETERVALUE_INVALIDIMAGEFORGIVENINSTANCETYPE,
	cvm.INVALIDPARAMETERVALUE_INVALIDIMAGEFORMAT,
	cvm.INVALIDPARAMETERVALUE_INVALIDIMAGEID,
	cvm.INVALIDPARAMETERVALUE_INVALIDIMAGEIDFORRETSETINSTANCE,
	cvm.INVALIDPARAMETERVALUE_INVALIDIMAGESTATE,
	cvm.INVALIDPARAMETERVALUE_INVALIDPASSWORD,
	cvm.INVALIDPARAMETERVALUE_INVALIDUSERDATAFORMAT,
	cvm.INVALIDPARAMETERVALUE_KEYPAIRNOTFOUND,
	cvm.INVALIDPARAMETERVALUE_LIMITEXCEEDED,
	cvm.INVALIDPARAMETERVALUE_REQUIREDLOCATIONIMAGE,
	cvm.INVALIDPARAMETERVALUE_ZONENOTSUPPORTED,
	cvm.MISSINGPARAMETER,
	cvm.MISSINGPARAMETER_MONITORSERVICE,
	cvm.MUTEXOPERATION_TASKRUNNING,
	cvm.OPERATIONDENIED_CHCINSTALLCLOUDIMAGEWITHOUTDEPLOYNETWORK,
	cvm.OPERATIONDENIED_INSTANCEOPERATIONINPROGRESS,
	cvm.RESOURCEINUSE,
	cvm.RESOURCEINSUFFICIENT_CLOUDDISKSOLDOUT,
	cvm.RESOURCENOTFOUND_KEYPAIRNOTFOUND,
	cvm.RESOURCESSOLDOUT_SPECIFIEDINSTANCETYPE,
	cvm.UNAUTHORIZEDOPERATION_INVALIDTOKEN,
	cvm.UNAUTHORIZEDOPERATION_MFAEXPIRED,
	cvm.UNAUTHORIZEDOPERATION_MFANOTFOUND,
	cvm.UNSUPPORTEDOPERATION,
	cvm.UNSUPPORTEDOPERATION_INSTANCECHARGETYPE,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATECORRUPTED,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATEENTERRESCUEMODE,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATEENTERSERVICELIVEMIGRATE,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATEEXITRESCUEMODE,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATEEXITSERVICELIVEMIGRATE,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATEFREEZING,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATEISOLATING,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATEPENDING,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATEREBOOTING,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATERESCUEMODE,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATESERVICELIVEMIGRATE,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATESHUTDOWN,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATESTARTING,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATESTOPPING,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATETERMINATED,
	cvm.UNSUPPORTEDOPERATION_INSTANCESTATETERMINATING,
	cvm.UNSUPPORTEDOPERATION_INSTANCETYPENOTSUPPORTGRIDLICENCE,
	cvm.UNSUPPORTEDOPERATION_INVALIDIMAGELICENSETYPEFORRESET,
	cvm.UNSUPPORTEDOPERATION_KEYPAIRUNSUPPORTEDWINDOWS,
	cvm.UNSUPPORTEDOPERATION_MODIFYENCRYPTIONNOTSUPPORTED,
	cvm.UNSUPPORTEDOPERATION_RAWLOCALDISKINSREINSTALLTOQCOW2,
	cvm.UNSUPPORTEDOPERATION_STOPPEDMODESTOPCHARGING,
}

func TestEveryDocumentedCodeOfTheResetHasAClassAndASentence(t *testing.T) {
	if len(documented) != 67 || len(resetCodes) != 67 {
		t.Errorf("%d documented, %d in the table; both should be 67", len(documented), len(resetCodes))
	}
	for _, code := range documented {
		if _, ok := resetCodes[code]; !ok {
			t.Errorf("%s is not in the table", code)
		}
	}
	for code := range resetCodes {
		if !slices.Contains(documented, code) {
			t.Errorf("%s is in the table and not documented", code)
		}
		if _, ok := otherCodes[code]; ok {
			t.Errorf("%s is in both tables", code)
		}
	}
}

func TestEverySentenceForACodeSaysWhyAndWhatToDo(t *testing.T) {
	codes := append(slices.Collect(maps.Keys(resetCodes)), slices.Collect(maps.Keys(otherCodes))...)
	codes = append(codes, "", "Never.Heard.Of", "ClientError.NetworkError", "InternalError.Something",
		"AuthFailure.New",
		"RequestLimitExceeded.Uin")
	for _, code := range codes {
		why, next := Explain(code)
		switch {
		case why == "" || next == "":
			t.Errorf("%q: why %q, next %q", code, why, next)
		case strings.HasSuffix(why, ".") || strings.HasSuffix(next, "."):
			t.Errorf("%q: a sentence has its full stop already", code)
		case strings.ToUpper(next[:1]) != next[:1]:
			t.Errorf("%q: %q does not begin a sentence", code, next)
		}
	}
}

func TestOnlyCodesThatProveItAreSaidToBeRefused(t *testing.T) {
	for _, code := range []string{
		"", "InternalError", "InternalServerError", "InternalError.TradeUnknownError", "InternalErrorOfANewKind",
		"ClientError.NetworkError", "ClientError.ParseJsonError", "ClientError.HttpStatusCodeError",
		"ClientError.IOError",
		"MutexOperation.TaskRunning", "OperationDenied.InstanceOperationInProgress", "ResourceInUse",
		"ServiceUnavailable",
		CAMOutage,
		"UnsupportedOperation.InstanceStateStarting", "UnsupportedOperation.InstanceStateStopping",
		"UnsupportedOperation.InstanceStateRebooting", "UnsupportedOperation.InstanceStatePending",
		"Never.Heard.Of", "InvalidParameterValue.OfANewKind", "UnsupportedOperation.OfANewKind",
		"AuthFailureOfANewKind",
	} {
		if v := Verdict(code); v != port.Ambiguous {
			t.Errorf("%q is %s", code, v)
		}
	}
	for _, code := range []string{
		"RequestLimitExceeded", "RequestLimitExceeded.IPLimitExceeded", "AuthFailure.SignatureExpire",
		"AuthFailure.OfANewKind",
		"UnauthorizedOperation", "UnauthorizedOperation.MFAExpired", "InvalidParameterValue",
		"UnsupportedOperation.InstanceStateRescueMode", "UnauthorizedOperation.PermissionDenied",
		"InvalidParameterValue.InvalidImageState", "ResourcesSoldOut.SpecifiedInstanceType",
		"InvalidAccount.UnpaidOrder",
	} {
		if v := Verdict(code); v != port.Declined {
			t.Errorf("%q is %s", code, v)
		}
	}
	classes := map[class]int{}
	for _, m := range resetCodes {
		classes[m.class]++
	}
	want := map[class]int{denied: 5, ambiguous: 2, capacity: 2, refused: 45, wait: 13}
	if !maps.Equal(classes, want) {
		t.Errorf("codes by class: %v, want %v (cloud/doc.go 3.2)", classes, want)
	}
}
