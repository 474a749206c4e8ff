package switchboard

// definitions lists all switches but the families error:ACTION, drop:ACTION,
// hold:ACTION and slow:ACTION.
var definitions = []definition{
	{
		name: "reset_drop_before", delivery: Drop,
		help: "ResetInstance: the connection is cut before anything is executed",
	},
	{
		name: "reset_drop_after", delivery: Drop,
		help: "ResetInstance: executed, then the connection is cut: the answer is lost",
	},
	{
		name: "reset_hang", delivery: Hang,
		help: "ResetInstance: executed, never answered until the client leaves (off lets go of those that hang)",
	},
	{
		name: "reset_slow_body", delivery: SlowBody,
		help: "ResetInstance: executed, headers and half of the body arrive, then the connection is cut",
	},
	{name: "reset_html_502", delivery: HTML, help: "ResetInstance: not executed, a gateway answers 502 in HTML"},
	{name: "reset_html_502_after", delivery: HTML, help: "ResetInstance: executed, but a gateway answers 502 in HTML"},
	{name: "reset_empty", delivery: Empty, help: "ResetInstance: executed, answered HTTP 200 {}"},
	{name: "reset_no_request_id", delivery: NoRequestID, help: `ResetInstance: executed, answered {"Response":{}}`},
	{
		name: "redirect_307", delivery: Redirect307,
		help: "ResetInstance: not executed, redirected to the same address (a client that follows sends it again)",
	},
	{
		name: "redirect_302", delivery: Redirect302,
		help: "ResetInstance: not executed, redirected to the same address (a client that follows turns it into GET)",
	},
	{
		name: "reset_late", delivery: Drop, takes: argDuration, byDefault: "10s",
		help: "ResetInstance: the connection is cut at once, the request is executed DURATION of virtual time later",
	},
	{name: "reset_error", takes: argCode, byDefault: "InternalServerError", help: "ResetInstance: refused with CODE"},
	{
		name: "reset_fail", takes: argText, byDefault: "The instance failed to be reinstalled.",
		help: "the accepted reset ends FAILED with TEXT; the instance is then reinstall-failed",
	},
	{name: "reset_stuck", help: "the accepted reset stays OPERATING forever (off releases those that are stuck)"},
	{name: "reset_other_request_id", help: "LatestOperationRequestId of the reset is not the RequestId that was " +
		"answered"},
	{
		name: "overwrite_after", takes: argAction, byDefault: "RebootInstances",
		help: "right after an accepted reset another actor's ACTION replaces LatestOperation",
	},
	{
		name: "throttle", takes: argCode, byDefault: "RequestLimitExceeded",
		help: "any call: refused with RequestLimitExceeded; a bare number N means next=N",
	},
	{name: "no_limits", level: true, help: "the real limits of requests per second are not enforced"},
	{
		name: "describe_error", takes: argCode, byDefault: "InternalServerError",
		help: "any Describe call: refused with CODE",
	},
	{name: "describe_drop", delivery: Drop, help: "any Describe call: the connection is cut"},
	{name: "describe_empty", delivery: Empty, help: "any Describe call: answered HTTP 200 {}"},
	{name: "describe_null_states", help: "DescribeInstances: LatestOperation, its state, request id and error " +
		"are null"},
	{
		name: "odd_record_state", level: true, takes: argText, byDefault: "PROCESSING",
		help: "DescribeInstances: LatestOperationState is TEXT where there is a record (unproven)",
	},
	{
		name: "odd_instance_state", level: true, takes: argText, byDefault: "REINSTALLING",
		help: "DescribeInstances: InstanceState is TEXT (unproven)",
	},
	{name: "legacy_reset", level: true, help: "a reset's LatestOperation is ResetInstances, as older resets " +
		"were called"},
	{
		name: "bare_image_times", level: true,
		help: "DescribeImages: CreatedTime is written without a zone, as CBS does (unproven)",
	},
	{name: "cbs_utc", level: true, help: "the times of CBS are UTC, without saying so (unproven)"},
	{
		name: "other_disk_id", level: true,
		help: "DescribeDisks: system disks bear other ids than their instances say (unproven)",
	},
	{name: "no_system_disk", help: "DescribeInstances: SystemDisk is null, as the API's page allows for any field " +
		"(never recorded)"},
	{
		name: "region_down", level: true, takes: argText, byDefault: "ap-hongkong",
		help: "any call in the region TEXT: InternalError (unproven: what an outage answers was never recorded)",
	},
	{
		name: "region_hangs", level: true, takes: argText, byDefault: "ap-hongkong", delivery: Hang,
		help: "any Describe call in the region TEXT: no answer until the client leaves",
	},
	{
		name: "visible_after", level: true, takes: argDuration, byDefault: "10s",
		help: "an operation is visible DURATION of virtual time after it was accepted (2s when off)",
	},
	{
		name: "state_lag", level: true, takes: argDuration, byDefault: "11s",
		help: "InstanceState shows the end of an operation DURATION after its record does (negative: before; " +
			"when off, " +
			"one operation in 16 either way by 11s)",
	},
	{
		name: "new_disk_id", level: true,
		help: "a change of platform gives the system disk another id, as pages up to 2024-01 say (cloud/doc.go 6.6)",
	},
	{
		name: "clock_skew", level: true, takes: argDuration, byDefault: "10m",
		help: "the cloud's wall clock is DURATION ahead (negative: behind)",
	},
	{
		name: "image_error", takes: argCode, byDefault: "ResourceInsufficient.CloudDiskUnavailable",
		help: "CreateImage: refused with CODE",
	},
	{
		name: "image_fail", takes: argText, byDefault: "The image failed to be created.",
		help: "the accepted CreateImage ends FAILED with TEXT, its image CREATEFAILED",
	},
	{name: "image_stuck", help: "the accepted CreateImage stays CREATING forever (off releases those that are stuck)"},
	{
		name: "image_drop_after", delivery: Drop,
		help: "CreateImage: executed, then the connection is cut: the answer is lost",
	},
	{
		name: "image_quota", level: true, takes: argNumber, byDefault: "0",
		help: "the limit of custom images is NUMBER (500 when off)",
	},
	{
		name: "snapshot_error", takes: argCode, byDefault: "InsufficientSnapshotQuota",
		help: "CreateSnapshot: refused with CODE",
	},
	{
		name: "snapshot_drop_after", delivery: Drop,
		help: "CreateSnapshot: executed, then the connection is cut: the answer is lost",
	},
	{name: "snapshot_expired", level: true, help: "the snapshots have passed their deadline and are gone"},
	{
		name: "snapshot_expiring", level: true, takes: argDuration, byDefault: "1h",
		help: "the snapshots are not permanent and end in DURATION",
	},
	{name: "price_factor", level: true, takes: argNumber, byDefault: "2", help: "prices are multiplied by NUMBER"},
	{
		name: "price_error", takes: argCode, byDefault: "FailedOperation.InquiryPriceFailed",
		help: "InquiryPriceResetInstance: refused with CODE",
	},
	{
		name: "price_old_page", level: true,
		help: "InquiryPriceResetInstance quotes only changes of platform in the mainland, as older versions of " +
			"its page " +
			"said",
	},
	{
		name: "strict_platform_disks", level: true,
		help: "a change of platform is refused on disks that the API page does not list (cloud/doc.go 2.7)",
	},
	{
		name: "intl_site", level: true,
		help: "the account is of the international site: under the other site's names it is " +
			"AuthFailure.SecretIdNotFound",
	},
	{
		name: "no_nulls", level: true,
		help: "lists that are empty are never null (for a third of all entries they are when off, cloud/doc.go 4.11)",
	},
	{
		name: "audit_delay", level: true, takes: argDuration, byDefault: "0s",
		help: "CloudAudit shows an event DURATION of virtual time after the call (7s to 10s when off)",
	},
	{
		name: "audit_refused", level: true, takes: argCode, byDefault: "UnauthorizedOperation",
		help: "DescribeEvents: refused with CODE, as where the account does not allow it",
	},
	{name: "audit_odd_times", level: true, help: "CloudAudit's times are milliseconds (unproven)"},
	{
		name: "audit_keys", level: true,
		help: "CloudAudit's events name the access key (unproven: the one recorded event's is empty, " +
			"cloud/doc.go 10.3)",
	},
	{
		name: "audit_api_calls", level: true,
		help: "CloudAudit's events say of every call that it came by the API, also of those at the console",
	},
	{
		name: "audit_reset_name", level: true, takes: argText, byDefault: "ConvertOperatingSystems",
		help: "CloudAudit calls a reset at the console TEXT (what it is really called is unknown, cloud/doc.go 10.4)",
	},
	{
		name: "cam_down", takes: argText, byDefault: "",
		help: "any call, or those named TEXT: refused because the cloud's own question to CAM fails (cloud/doc.go 3.6)",
	},
	{name: "monitor_empty", level: true, help: "GetMonitorData: answered without any values"},
	{name: "secret_revoked", level: true, help: "the credentials no longer exist: AuthFailure.SecretIdNotFound"},
}

// partialAnswers are the families of answers that say less than the truth. Late
// lists were recorded (cloud/doc.go 5.5). Null lists and other ids are unproven; the
// SDK would pass both on.
var partialAnswers = map[string]string{
	"empty": "its lists are empty, and their total 0",
	"null":  "its lists are null, and the total is not (unproven)",
	"other": "its entries bear other ids than those that were asked for (unproven)",
	"twice": "every entry comes twice (unproven)",
}
