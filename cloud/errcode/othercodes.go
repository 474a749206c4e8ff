package errcode

// otherCodes are the codes of the other calls, and those with which every API
// refuses a request before it does anything.
var otherCodes = map[string]explanation{
	"AuthFailure.SignatureExpire": {
		denied,
		"the request's time stamp is more than five minutes from the cloud's clock",
		"Set the clock of the machine that Twokey runs on",
	},
	"AuthFailure.SignatureFailure": {
		denied, "the signature is wrong: the secret key does not fit the secret id",
		askOperator,
	},
	"AuthFailure.SecretIdNotFound": {denied, "the secret id does not exist, or was disabled or deleted", askOperator},
	"AuthFailure.TokenFailure":     {denied, "the credentials' token is wrong or has expired", askOperator},
	"AuthFailure.InvalidSecretId":  {denied, "the secret id is of a kind that the API does not take", askOperator},
	"AuthFailure.MFAFailure":       {denied, "multi-factor authentication failed", askOperator},
	"AuthFailure.UnauthorizedOperation": {
		denied, "Twokey's CAM policy does not allow it on this resource",
		"Ask whoever runs Twokey to allow it in its CAM policy",
	},
	"UnauthorizedOperation": {
		denied, "Twokey's CAM policy does not allow it on this resource",
		"Ask whoever runs Twokey to allow it in its CAM policy",
	},
	"UnauthorizedOperation.PermissionDenied": {
		denied, "Twokey's CAM policy does not allow it on this resource",
		"Ask whoever runs Twokey to allow it in its CAM policy",
	},
	CAMOutage: {
		ambiguous,
		"the cloud could not ask its own CAM whether it is allowed, so that it may have happened or not", LookFirst,
	},
	"ServiceUnavailable": {
		ambiguous,
		"the cloud's service is not available just now, so that it may have happened or not", LookFirst,
	},
	"IpInBlacklist":        {denied, "the cloud blocks the address that Twokey calls from", askOperator},
	"IpNotInWhitelist":     {denied, "the cloud does not admit the address that Twokey calls from", askOperator},
	"RequestLimitExceeded": {wait, "too many requests were sent to the cloud at once", waitMinute},
	"InvalidAction":        {refused, "the cloud does not know the action", reportBug},
	"InvalidParameter": {
		refused, "something in the request is not allowed",
		"Read the cloud's words for what, and change it",
	},
	"InvalidRequest":           {refused, "the cloud could not read the request", reportBug},
	"NoSuchProduct":            {refused, "the cloud does not know the product", reportBug},
	"NoSuchVersion":            {refused, "the cloud does not know the version of the action", reportBug},
	"RequestSizeLimitExceeded": {refused, "the request was too large", reportBug},
	"UnknownParameter":         {refused, "the cloud does not know one of the parameters", reportBug},
	"UnsupportedProtocol":      {refused, "the cloud does not take requests of this kind", reportBug},
	"UnsupportedRegion": {
		refused, "the region does not exist for this product",
		"Ask whoever keeps the policy file to correct its regions",
	},
	"InvalidRegion.NotFound": {
		refused, "the region does not exist for this product",
		"Ask whoever keeps the policy file to correct its regions",
	},

	"FailedOperation.InquiryPriceFailed": {
		refused, "the cloud could not work out a price",
		"Check disk size and image, then propose again",
	},
	"InvalidParameterValue.InvalidImageOsName": {
		refused, "this region does not offer the image's system",
		"Pick an image of the machine's own platform. Outside mainland China it cannot change between Linux and " +
			"Windows",
	},
	"ResourceInsufficient.CloudDiskUnavailable": {
		capacity,
		"cloud disks of this kind are not to be had in the zone right now", "Try again later",
	},
	"InvalidFilter":                    {refused, "the cloud does not take the search", reportBug},
	"InvalidFilterValue.LimitExceeded": {refused, "the search holds too many values", reportBug},
	"InvalidParameterValue.InvalidVagueName": {
		refused, "the cloud does not search for such a name",
		"Name the machine by its id (ins-..) or its IP",
	},
	"InvalidParameterValue.InvalidIpFormat": {
		refused, "the IP is not written as one",
		"Name the machine by its id (ins-..) or its name",
	},
	"InvalidParameterValue.IPAddressMalformed": {
		refused, "the IP is not written as one",
		"Name the machine by its id (ins-..) or its name",
	},
	"InvalidImageName.Duplicate": {
		refused, "an image of that name exists already",
		"Use that one, or make one under another name",
	},
	"ImageQuotaLimitExceeded": {
		refused, "the region's quota of custom images is used up",
		"Delete images that nobody needs, or pick a snapshot as the backup",
	},
	"ResourceUnavailable.SnapshotCreating": {
		wait, "a snapshot of the disk is still being made",
		"Wait until it is ready, then try again",
	},
	"ResourceInUse.DiskRollbacking": {
		wait, "the disk is being rolled back to a snapshot",
		"Wait until it has ended, then try again",
	},
	"UnsupportedOperation.InstanceReinstallFailed": {
		refused,
		"the machine's last reinstall failed, and until another one succeeds it takes no other operation",
		"Propose a reinstall with a backup that exists already",
	},
	"UnsupportedOperation.SpecialInstanceType": {
		refused, "no image can be made of machines of this type",
		"Use a snapshot as the backup",
	},
	"UnsupportedOperation.NotSupportInstanceImage": {
		refused, "no image can be made of this machine",
		"Use a snapshot as the backup",
	},
	"UnsupportedOperation.EncryptedImagesNotSupported": {
		refused, "no image can be made of an encrypted disk", "Use a snapshot as the backup",
	},
	"UnsupportedOperation.InvalidDiskFastRollback": {
		wait, "the disk is still being filled from a snapshot",
		"Wait until it has ended, then try again",
	},
	"InvalidParameter.LocalDataDiskNotSupport": {
		refused, "no image can be made of a machine with local data disks",
		"Ask Tencent Cloud by ticket, or save the data by hand",
	},
	"InvalidParameterValue.TooLarge": {refused, "a text is longer than the cloud takes", reportBug},
	"InvalidParameter.ValueTooLarge": {refused, "a text is longer than the cloud takes", reportBug},
	"InsufficientSnapshotQuota": {
		refused, "the quota of snapshots is used up",
		"Delete snapshots that nobody needs",
	},
}

// families explain codes that are in no table, by their beginning; the first that
// fits. A family has a class only if the class holds for all of it.
var families = []struct {
	prefix string
	explanation
}{
	{"AuthFailure", explanation{denied, "the cloud does not accept Twokey's credentials", askOperator}},
	{"UnauthorizedOperation", explanation{denied, "the account does not allow it to Twokey", askOperator}},
	{"RequestLimitExceeded", explanation{wait, "too many requests were sent to the cloud at once", waitMinute}},
	{"InternalError", explanation{
		ambiguous, "the cloud failed inside, so that it may have happened or not",
		LookFirst,
	}},
	{"ClientError", explanation{
		ambiguous,
		"the cloud's answer was lost or could not be read, so that it may have happened or not", LookFirst,
	}},
}
