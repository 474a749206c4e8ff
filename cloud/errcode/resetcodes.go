package errcode

// resetCodes are the 67 codes that ResetInstance documents, no more and no less
// (cloud/doc.go 3.1).
var resetCodes = map[string]explanation{
	"InvalidAccount.InsufficientBalance": {
		denied, "the account's balance does not cover it",
		"Top up the account, then propose again",
	},
	"InvalidAccount.UnpaidOrder": {
		denied, "the account has unpaid orders",
		"Pay or cancel them in the console, then propose again",
	},
	"UnauthorizedOperation.InvalidToken": {denied, "the credentials' token is not valid", askOperator},
	"UnauthorizedOperation.MFAExpired": {
		denied,
		"the account asks for multi-factor authentication, and Twokey's has expired", askOperator,
	},
	"UnauthorizedOperation.MFANotFound": {
		denied,
		"the account asks for multi-factor authentication, which Twokey cannot give", askOperator,
	},
	"InternalError.TradeUnknownError": {
		ambiguous,
		"the cloud's billing failed in the middle, so that the order may stand or not",
		LookFirst + ", and at the account's orders",
	},
	"InternalServerError": {
		ambiguous, "the cloud failed inside, so that it may have happened or not",
		LookFirst,
	},
	"ResourceInsufficient.CloudDiskSoldOut": {
		capacity, "cloud disks of this type are sold out in the zone",
		"Leave --disk out, or try again later",
	},
	"ResourcesSoldOut.SpecifiedInstanceType": {
		capacity, "the instance type is sold out in the zone", "Try again later, or change the instance type first",
	},

	"FailedOperation.InvalidInstanceApplicationRoleEmr": {
		refused,
		"the machine belongs to an EMR cluster, and those cannot be reinstalled",
		"Replace the node from the EMR console",
	},
	"InvalidImageId.Malformed": {
		refused, "the image id is not written as one",
		"Check the image id: img- and eight letters or digits",
	},
	"InvalidImageId.NotFound": {
		refused,
		"the image does not exist in this region for this account",
		"Images are regional: pick one from the form's list",
	},
	"InvalidInstance.NotSupported": {
		refused, "this machine does not support the operation",
		useConsole,
	},
	"InvalidInstanceId.Malformed": {
		refused, "the instance id is not written as one",
		"Check the instance id: ins- and eight letters or digits",
	},
	"InvalidInstanceId.NotFound": {
		refused,
		"the machine does not exist in this region for this account", pickMachine,
	},
	"InvalidInstanceType.Malformed": {refused, "the instance type is not written as one", reportBug},
	"InvalidKeyPairId.Malformed": {
		refused, "a key pair's id is not written as one",
		"Check the key pair's id: skey- and eight letters or digits",
	},
	"InvalidParameter.HostNameIllegal": {refused, "the host name is not allowed", fixHostName},
	"InvalidParameter.InstanceImageNotSupport": {
		refused,
		"the image holds a whole machine with its data disks, and such images cannot be installed here",
		"Pick an image of a system disk alone",
	},
	"InvalidParameter.ParameterConflict": {
		refused,
		"two of the choices exclude each other, such as a key pair and the image's own login",
		"Choose one way to log in, then propose again",
	},
	"InvalidParameterValue": {
		refused, "one of the values is not allowed",
		"Read the cloud's words for which one, and change it",
	},
	"InvalidParameterValue.IllegalHostName": {refused, "the host name is not allowed", fixHostName},
	"InvalidParameterValue.InstanceIdMalformed": {
		refused, "the instance id is not written as one",
		"Check the instance id: ins- and eight letters or digits",
	},
	"InvalidParameterValue.InstanceTypeNotFound": {
		refused, "the cloud no longer knows this instance type",
		"Change the instance type in the console first",
	},
	"InvalidParameterValue.InvalidAppIdFormat": {
		refused, "the cloud does not accept the account's AppID",
		askOperator,
	},
	"InvalidParameterValue.InvalidImageForGivenInstanceType": {
		refused, "the image does not fit this instance type",
		"Pick an image from the form's list: it shows those that fit",
	},
	"InvalidParameterValue.InvalidImageFormat": {
		refused,
		"the image is in RAW format, which cannot be installed", pickImage,
	},
	"InvalidParameterValue.InvalidImageId": {
		refused, "the image does not support a reinstall",
		pickImage,
	},
	"InvalidParameterValue.InvalidImageIdForRetsetInstance": {
		refused,
		"this image cannot be used to reinstall this machine", pickImage,
	},
	"InvalidParameterValue.InvalidPassword": {
		refused, "the cloud does not accept the password",
		"Propose again: a new password is made",
	},
	"InvalidParameterValue.InvalidUserDataFormat": {refused, "the user data is not base64", reportBug},
	"InvalidParameterValue.KeyPairNotFound": {
		refused,
		"a key pair does not exist in this account and region", otherKey,
	},
	"InvalidParameterValue.LimitExceeded": {
		refused, "too many values were given, such as key pairs",
		"Give fewer",
	},
	"InvalidParameterValue.RequiredLocationImage": {
		refused, "the image must be one of this region",
		"Copy the image into this region, or pick another",
	},
	"InvalidParameterValue.ZoneNotSupported": {
		refused, "the machine's zone does not support it",
		useConsole,
	},
	"MissingParameter": {
		refused, "something was left out that the cloud needs",
		"Read the cloud's words for what, and add it",
	},
	"MissingParameter.MonitorService": {
		refused,
		"this instance type needs Cloud Monitor, which the image does not turn on",
		"Pick a public image, or turn monitoring on in the console",
	},
	"OperationDenied.ChcInstallCloudImageWithoutDeployNetwork": {
		refused, "the machine is a bare-metal CHC one without a deployment network",
		"Configure its deployment network in the console first",
	},
	"ResourceNotFound.KeyPairNotFound": {
		refused, "a key pair does not exist in this account and region",
		otherKey,
	},
	"UnsupportedOperation": {
		refused, "the cloud does not support this on this machine",
		"Read the cloud's words, and look at the machine in the console",
	},
	"UnsupportedOperation.InstanceChargeType": {
		refused,
		"machines that are billed this way, such as spot ones, cannot be reinstalled",
		"Terminate it and launch a new one",
	},
	"UnsupportedOperation.InstanceStateCorrupted": {
		refused, "the machine is permanently damaged",
		"Submit a ticket to Tencent Cloud, or launch a new one",
	},
	"UnsupportedOperation.InstanceStateFreezing": {
		refused, "the machine is frozen",
		"Settle what froze it, such as an unpaid bill, then propose again",
	},
	"UnsupportedOperation.InstanceStateIsolating": {
		refused, "the machine is being isolated",
		"Settle the bill or renew it first",
	},
	"UnsupportedOperation.InstanceStateRescueMode": {
		refused, "the machine is in rescue mode",
		"Leave rescue mode in the console, then propose again",
	},
	"UnsupportedOperation.InstanceStateShutdown": {
		refused, "the machine is isolated",
		"Settle the bill or renew it first",
	},
	"UnsupportedOperation.InstanceStateTerminated":  {refused, "the machine was terminated", "Launch a new one"},
	"UnsupportedOperation.InstanceStateTerminating": {refused, "the machine is being terminated", "Launch a new one"},
	"UnsupportedOperation.InstanceTypeNotSupportGridLicence": {
		refused, "this instance type cannot have the GRID driver service set", reportBug,
	},
	"UnsupportedOperation.InvalidImageLicenseTypeForReset": {
		refused,
		"the image's licence type differs from the machine's",
		"Pick an image of the same licence type (TencentCloud or BYOL)",
	},
	"UnsupportedOperation.KeyPairUnsupportedWindows": {
		refused, "Windows takes no key pairs",
		"Use --login password or message-center",
	},
	"UnsupportedOperation.ModifyEncryptionNotSupported": {
		refused, "the system disk's encryption cannot be changed",
		"Pick an image that is encrypted as the disk is",
	},
	"UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2": {
		refused,
		"an older machine on a local disk cannot take this image",
		"Submit a ticket to Tencent Cloud, or pick the image that it runs now",
	},
	"UnsupportedOperation.StoppedModeStopCharging": {
		refused, "the machine is stopped without charge",
		"Start it first, then propose again",
	},

	"InvalidParameterValue.InvalidImageState": {
		wait, "the image is still being worked on",
		"Wait until it is NORMAL, or pick another",
	},
	"MutexOperation.TaskRunning":                  {wait, "the same task already runs on the machine", waitOther},
	"OperationDenied.InstanceOperationInProgress": {wait, "another operation runs on the machine", waitOther},
	"ResourceInUse": {
		wait, "the machine or its disk is in use by another operation",
		waitOther,
	},
	"UnsupportedOperation.InstanceStateEnterRescueMode": {
		wait, "the machine is entering rescue mode",
		"Leave rescue mode in the console, then propose again",
	},
	"UnsupportedOperation.InstanceStateEnterServiceLiveMigrate": {
		wait, "the cloud is about to move the machine to another host",
		"Wait until the move has ended, then propose again",
	},
	"UnsupportedOperation.InstanceStateExitRescueMode": {wait, "the machine is leaving rescue mode", waitMinute},
	"UnsupportedOperation.InstanceStateExitServiceLiveMigrate": {
		wait, "the cloud is ending the machine's move to another host", waitMinute,
	},
	"UnsupportedOperation.InstanceStatePending":   {wait, "the machine is still being created", waitMinute},
	"UnsupportedOperation.InstanceStateRebooting": {wait, "the machine is rebooting", waitMinute},
	"UnsupportedOperation.InstanceStateServiceLiveMigrate": {
		wait, "the cloud is moving the machine to another host",
		"Wait until the move has ended, then propose again",
	},
	"UnsupportedOperation.InstanceStateStarting": {wait, "the machine is starting", waitMinute},
	"UnsupportedOperation.InstanceStateStopping": {wait, "the machine is stopping", waitMinute},
}

// ourOwn are codes that may be about our own reset. After an attempt they prove
// nothing about it: a front end of the cloud may have passed the same request on
// before (cloud/doc.go 3.4).
var ourOwn = map[string]bool{
	"MutexOperation.TaskRunning":                  true,
	"OperationDenied.InstanceOperationInProgress": true,
	"ResourceInUse":                               true,
	// A reset passes these states as well (cloud/doc.go 3.4).
	"UnsupportedOperation.InstanceStatePending":   true,
	"UnsupportedOperation.InstanceStateRebooting": true,
	"UnsupportedOperation.InstanceStateStarting":  true,
	"UnsupportedOperation.InstanceStateStopping":  true,
}
