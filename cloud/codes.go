package cloud

import (
	"strings"

	"twokey/commands/port"
)

// class groups error codes by what they prove and what helps (facts/tencent.md
// section 1; Tencent documents no atomicity, so that the grouping is inferred).
type class int

const (
	ambiguous class = iota // it may have happened; the zero value, so that what is forgotten is ambiguous
	refused                // nothing happened; the request must change
	wait                   // nothing happened; it may be asked again later, after a new preflight
	capacity               // nothing happened; the cloud has none left
	denied                 // nothing happened; the account or the credentials do not allow it
)

// meaning is what an error code is to people: why is one sentence without its
// full stop, next another one.
type meaning struct {
	class     class
	why, next string
}

// Sentences that several codes share.
const (
	lookFirst   = "Do not send it again: look at the machine's last operation first"
	pickImage   = "Pick another image"
	pickMachine = "Check the instance id and the region"
	waitMinute  = "Wait a minute, then propose again"
	askOperator = "Ask whoever runs Twokey to check its credentials and its CAM policy"
	reportBug   = "Tell whoever runs Twokey: this is an error in the request, not in the machine"
	otherKey    = "Check the key pair's id and region, or use --login message-center"
	fixHostName = "Use letters, digits and single dots or dashes between them; on Windows 2 to 15 letters, digits and dashes"
	useConsole  = "Look at the machine in the console"
	waitOther   = "Wait until its present operation has ended, then propose again"
)

// resetCodes are the 67 codes that ResetInstance documents, no more and no less
// (facts/tencent.md section 10).
var resetCodes = map[string]meaning{
	"InvalidAccount.InsufficientBalance":    {denied, "the account's balance does not cover it", "Top up the account, then propose again"},
	"InvalidAccount.UnpaidOrder":            {denied, "the account has unpaid orders", "Pay or cancel them in the console, then propose again"},
	"UnauthorizedOperation.InvalidToken":    {denied, "the credentials' token is not valid", askOperator},
	"UnauthorizedOperation.MFAExpired":      {denied, "the account asks for multi-factor authentication, and Twokey's has expired", askOperator},
	"UnauthorizedOperation.MFANotFound":     {denied, "the account asks for multi-factor authentication, which Twokey cannot give", askOperator},
	"InternalError.TradeUnknownError":       {ambiguous, "the cloud's billing failed in the middle, so that the order may stand or not", lookFirst + ", and at the account's orders"},
	"InternalServerError":                   {ambiguous, "the cloud failed inside, so that it may have happened or not", lookFirst},
	"ResourceInsufficient.CloudDiskSoldOut": {capacity, "cloud disks of this type are sold out in the zone", "Leave --disk out, or try again later"},
	"ResourcesSoldOut.SpecifiedInstanceType": {
		capacity, "the instance type is sold out in the zone", "Try again later, or change the instance type first",
	},

	"FailedOperation.InvalidInstanceApplicationRoleEmr": {refused, "the machine belongs to an EMR cluster, and those cannot be reinstalled", "Replace the node from the EMR console"},
	"InvalidImageId.Malformed":                          {refused, "the image id is not written as one", "Check the image id: img- and eight letters or digits"},
	"InvalidImageId.NotFound":                           {refused, "the image does not exist in this region for this account", "Images are regional: pick one from the form's list"},
	"InvalidInstance.NotSupported":                      {refused, "this machine does not support the operation", useConsole},
	"InvalidInstanceId.Malformed":                       {refused, "the instance id is not written as one", "Check the instance id: ins- and eight letters or digits"},
	"InvalidInstanceId.NotFound":                        {refused, "the machine does not exist in this region for this account", pickMachine},
	"InvalidInstanceType.Malformed":                     {refused, "the instance type is not written as one", reportBug},
	"InvalidKeyPairId.Malformed":                        {refused, "a key pair's id is not written as one", "Check the key pair's id: skey- and eight letters or digits"},
	"InvalidParameter.HostNameIllegal":                  {refused, "the host name is not allowed", fixHostName},
	"InvalidParameter.InstanceImageNotSupport":          {refused, "the image holds a whole machine with its data disks, and such images cannot be installed here", "Pick an image of a system disk alone"},
	"InvalidParameter.ParameterConflict":                {refused, "two of the choices exclude each other, such as a key pair and the image's own login", "Choose one way to log in, then propose again"},
	"InvalidParameterValue":                             {refused, "one of the values is not allowed", "Read the cloud's words for which one, and change it"},
	"InvalidParameterValue.IllegalHostName":             {refused, "the host name is not allowed", fixHostName},
	"InvalidParameterValue.InstanceIdMalformed":         {refused, "the instance id is not written as one", "Check the instance id: ins- and eight letters or digits"},
	"InvalidParameterValue.InstanceTypeNotFound":        {refused, "the cloud no longer knows this instance type", "Change the instance type in the console first"},
	"InvalidParameterValue.InvalidAppIdFormat":          {refused, "the cloud does not accept the account's AppID", askOperator},
	"InvalidParameterValue.InvalidImageForGivenInstanceType": {
		refused, "the image does not fit this instance type", "Pick an image from the form's list: it shows those that fit",
	},
	"InvalidParameterValue.InvalidImageFormat":              {refused, "the image is in RAW format, which cannot be installed", pickImage},
	"InvalidParameterValue.InvalidImageId":                  {refused, "the image does not support a reinstall", pickImage},
	"InvalidParameterValue.InvalidImageIdForRetsetInstance": {refused, "this image cannot be used to reinstall this machine", pickImage},
	"InvalidParameterValue.InvalidPassword":                 {refused, "the cloud does not accept the password", "Propose again: a new password is made"},
	"InvalidParameterValue.InvalidUserDataFormat":           {refused, "the user data is not base64", reportBug},
	"InvalidParameterValue.KeyPairNotFound":                 {refused, "a key pair does not exist in this account and region", otherKey},
	"InvalidParameterValue.LimitExceeded":                   {refused, "too many values were given, such as key pairs", "Give fewer"},
	"InvalidParameterValue.RequiredLocationImage":           {refused, "the image must be one of this region", "Copy the image into this region, or pick another"},
	"InvalidParameterValue.ZoneNotSupported":                {refused, "the machine's zone does not support it", useConsole},
	"MissingParameter":                                      {refused, "something was left out that the cloud needs", "Read the cloud's words for what, and add it"},
	"MissingParameter.MonitorService":                       {refused, "this instance type needs Cloud Monitor, which the image does not turn on", "Pick a public image, or turn monitoring on in the console"},
	"OperationDenied.ChcInstallCloudImageWithoutDeployNetwork": {
		refused, "the machine is a bare-metal CHC one without a deployment network", "Configure its deployment network in the console first",
	},
	"ResourceNotFound.KeyPairNotFound":              {refused, "a key pair does not exist in this account and region", otherKey},
	"UnsupportedOperation":                          {refused, "the cloud does not support this on this machine", "Read the cloud's words, and look at the machine in the console"},
	"UnsupportedOperation.InstanceChargeType":       {refused, "machines that are billed this way, such as spot ones, cannot be reinstalled", "Terminate it and launch a new one"},
	"UnsupportedOperation.InstanceStateCorrupted":   {refused, "the machine is permanently damaged", "Submit a ticket to Tencent Cloud, or launch a new one"},
	"UnsupportedOperation.InstanceStateFreezing":    {refused, "the machine is frozen", "Settle what froze it, such as an unpaid bill, then propose again"},
	"UnsupportedOperation.InstanceStateIsolating":   {refused, "the machine is being isolated", "Settle the bill or renew it first"},
	"UnsupportedOperation.InstanceStateRescueMode":  {refused, "the machine is in rescue mode", "Leave rescue mode in the console, then propose again"},
	"UnsupportedOperation.InstanceStateShutdown":    {refused, "the machine is isolated", "Settle the bill or renew it first"},
	"UnsupportedOperation.InstanceStateTerminated":  {refused, "the machine was terminated", "Launch a new one"},
	"UnsupportedOperation.InstanceStateTerminating": {refused, "the machine is being terminated", "Launch a new one"},
	"UnsupportedOperation.InstanceTypeNotSupportGridLicence": {
		refused, "this instance type cannot have the GRID driver service set", reportBug,
	},
	"UnsupportedOperation.InvalidImageLicenseTypeForReset": {refused, "the image's licence type differs from the machine's", "Pick an image of the same licence type (TencentCloud or BYOL)"},
	"UnsupportedOperation.KeyPairUnsupportedWindows":       {refused, "Windows takes no key pairs", "Use --login password or message-center"},
	"UnsupportedOperation.ModifyEncryptionNotSupported":    {refused, "the system disk's encryption cannot be changed", "Pick an image that is encrypted as the disk is"},
	"UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2": {refused, "an older machine on a local disk cannot take this image", "Submit a ticket to Tencent Cloud, or pick the image that it runs now"},
	"UnsupportedOperation.StoppedModeStopCharging":         {refused, "the machine is stopped without charge", "Start it first, then propose again"},

	"InvalidParameterValue.InvalidImageState":           {wait, "the image is still being worked on", "Wait until it is NORMAL, or pick another"},
	"MutexOperation.TaskRunning":                        {wait, "the same task already runs on the machine", waitOther},
	"OperationDenied.InstanceOperationInProgress":       {wait, "another operation runs on the machine", waitOther},
	"ResourceInUse":                                     {wait, "the machine or its disk is in use by another operation", waitOther},
	"UnsupportedOperation.InstanceStateEnterRescueMode": {wait, "the machine is entering rescue mode", "Leave rescue mode in the console, then propose again"},
	"UnsupportedOperation.InstanceStateEnterServiceLiveMigrate": {
		wait, "the cloud is about to move the machine to another host", "Wait until the move has ended, then propose again",
	},
	"UnsupportedOperation.InstanceStateExitRescueMode": {wait, "the machine is leaving rescue mode", waitMinute},
	"UnsupportedOperation.InstanceStateExitServiceLiveMigrate": {
		wait, "the cloud is ending the machine's move to another host", waitMinute,
	},
	"UnsupportedOperation.InstanceStatePending":            {wait, "the machine is still being created", waitMinute},
	"UnsupportedOperation.InstanceStateRebooting":          {wait, "the machine is rebooting", waitMinute},
	"UnsupportedOperation.InstanceStateServiceLiveMigrate": {wait, "the cloud is moving the machine to another host", "Wait until the move has ended, then propose again"},
	"UnsupportedOperation.InstanceStateStarting":           {wait, "the machine is starting", waitMinute},
	"UnsupportedOperation.InstanceStateStopping":           {wait, "the machine is stopping", waitMinute},
}

// ourOwn are codes that may tell of our own reset: after an attempt they prove
// nothing about it. The cloud's front door may have passed the same request on
// before (facts/tencent.md section 1: reconcile, never retry).
var ourOwn = map[string]bool{
	"MutexOperation.TaskRunning":                  true,
	"OperationDenied.InstanceOperationInProgress": true,
	"ResourceInUse":                               true,
	// A reset passes these states as well (facts/tencent.md section 10).
	"UnsupportedOperation.InstanceStatePending":   true,
	"UnsupportedOperation.InstanceStateRebooting": true,
	"UnsupportedOperation.InstanceStateStarting":  true,
	"UnsupportedOperation.InstanceStateStopping":  true,
}

// otherCodes are those of the other calls, and those with which the front door
// of every API turns a request away before anything is done.
var otherCodes = map[string]meaning{
	"AuthFailure.SignatureExpire":       {denied, "the request's time stamp is more than five minutes from the cloud's clock", "Set the clock of the machine that Twokey runs on"},
	"AuthFailure.SignatureFailure":      {denied, "the signature is wrong: the secret key does not fit the secret id", askOperator},
	"AuthFailure.SecretIdNotFound":      {denied, "the secret id does not exist, or was disabled or deleted", askOperator},
	"AuthFailure.TokenFailure":          {denied, "the credentials' token is wrong or has expired", askOperator},
	"AuthFailure.InvalidSecretId":       {denied, "the secret id is of a kind that the API does not take", askOperator},
	"AuthFailure.MFAFailure":            {denied, "multi-factor authentication failed", askOperator},
	"AuthFailure.UnauthorizedOperation": {denied, "Twokey's CAM policy does not allow it on this resource", "Ask whoever runs Twokey to allow it in its CAM policy"},
	"UnauthorizedOperation":             {denied, "Twokey's CAM policy does not allow it on this resource", "Ask whoever runs Twokey to allow it in its CAM policy"},
	"UnauthorizedOperation.PermissionDenied": {
		denied, "Twokey's CAM policy does not allow it on this resource", "Ask whoever runs Twokey to allow it in its CAM policy",
	},
	camOutage:                  {ambiguous, "the cloud could not ask its own CAM whether it is allowed, so that it may have happened or not", lookFirst},
	"ServiceUnavailable":       {ambiguous, "the cloud's service is not available just now, so that it may have happened or not", lookFirst},
	"IpInBlacklist":            {denied, "the cloud blocks the address that Twokey calls from", askOperator},
	"IpNotInWhitelist":         {denied, "the cloud does not admit the address that Twokey calls from", askOperator},
	"RequestLimitExceeded":     {wait, "too many requests were sent to the cloud at once", waitMinute},
	"InvalidAction":            {refused, "the cloud does not know the call", reportBug},
	"InvalidParameter":         {refused, "something in the request is not allowed", "Read the cloud's words for what, and change it"},
	"InvalidRequest":           {refused, "the cloud could not read the request", reportBug},
	"NoSuchProduct":            {refused, "the cloud does not know the product", reportBug},
	"NoSuchVersion":            {refused, "the cloud does not know the version of the call", reportBug},
	"RequestSizeLimitExceeded": {refused, "the request was too large", reportBug},
	"UnknownParameter":         {refused, "the cloud does not know one of the parameters", reportBug},
	"UnsupportedProtocol":      {refused, "the cloud does not take requests of this kind", reportBug},
	"UnsupportedRegion":        {refused, "the region does not exist for this product", "Ask whoever keeps the policy file to correct its regions"},
	"InvalidRegion.NotFound":   {refused, "the region does not exist for this product", "Ask whoever keeps the policy file to correct its regions"},

	"FailedOperation.InquiryPriceFailed":        {refused, "the cloud could not work out a price", "Check disk size and image, then propose again"},
	"InvalidParameterValue.InvalidImageOsName":  {refused, "this region does not offer the image's system", "Pick an image of the system that the machine runs now: outside mainland China it cannot change between Linux and Windows"},
	"ResourceInsufficient.CloudDiskUnavailable": {capacity, "cloud disks of this kind are not to be had in the zone right now", "Try again later"},
	"InvalidFilter":                                {refused, "the cloud does not take the search", reportBug},
	"InvalidFilterValue.LimitExceeded":             {refused, "the search holds too many values", reportBug},
	"InvalidParameterValue.InvalidVagueName":       {refused, "the cloud does not search for such a name", "Name the machine by its id (ins-..) or its IP"},
	"InvalidParameterValue.InvalidIpFormat":        {refused, "the IP is not written as one", "Name the machine by its id (ins-..) or its name"},
	"InvalidParameterValue.IPAddressMalformed":     {refused, "the IP is not written as one", "Name the machine by its id (ins-..) or its name"},
	"InvalidImageName.Duplicate":                   {refused, "an image of that name exists already", "Use that one, or make one under another name"},
	"ImageQuotaLimitExceeded":                      {refused, "the region's quota of custom images is used up", "Delete images that nobody needs, or pick a snapshot as the backup"},
	"ResourceUnavailable.SnapshotCreating":         {wait, "a snapshot of the disk is still being made", "Wait until it is ready, then try again"},
	"ResourceInUse.DiskRollbacking":                {wait, "the disk is being rolled back to a snapshot", "Wait until it has ended, then try again"},
	"UnsupportedOperation.InstanceReinstallFailed": {refused, "the machine's last reinstall failed, and until another one succeeds it takes no other operation", "Propose a reinstall with a backup that exists already"},
	"UnsupportedOperation.SpecialInstanceType":     {refused, "no image can be made of machines of this type", "Use a snapshot as the backup"},
	"UnsupportedOperation.NotSupportInstanceImage": {refused, "no image can be made of this machine", "Use a snapshot as the backup"},
	"UnsupportedOperation.EncryptedImagesNotSupported": {
		refused, "no image can be made of an encrypted disk", "Use a snapshot as the backup",
	},
	"UnsupportedOperation.InvalidDiskFastRollback": {wait, "the disk is still being filled from a snapshot", "Wait until it has ended, then try again"},
	"InvalidParameter.LocalDataDiskNotSupport":     {refused, "no image can be made of a machine with local data disks", "Ask Tencent Cloud by ticket, or save the data by hand"},
	"InvalidParameterValue.TooLarge":               {refused, "a text is longer than the cloud takes", reportBug},
	"InvalidParameter.ValueTooLarge":               {refused, "a text is longer than the cloud takes", reportBug},
	"InsufficientSnapshotQuota":                    {refused, "the quota of snapshots is used up", "Delete snapshots that nobody needs"},
}

// families explain codes that are not listed, by their beginning; the first
// that fits. They carry a class only where it holds for the whole family.
var families = []struct {
	prefix string
	meaning
}{
	{"AuthFailure", meaning{denied, "the cloud does not accept Twokey's credentials", askOperator}},
	{"UnauthorizedOperation", meaning{denied, "the account does not allow it to Twokey", askOperator}},
	{"RequestLimitExceeded", meaning{wait, "too many requests were sent to the cloud at once", waitMinute}},
	{"InternalError", meaning{ambiguous, "the cloud failed inside, so that it may have happened or not", lookFirst}},
	{"ClientError", meaning{ambiguous, "the cloud's answer was lost or could not be read, so that it may have happened or not", lookFirst}},
}

// meaningOf finds what is known of a code.
func meaningOf(code string) (meaning, bool) {
	for _, table := range []map[string]meaning{resetCodes, otherCodes} {
		if m, ok := table[code]; ok {
			return m, true
		}
	}
	for _, f := range families {
		if code == f.prefix || strings.HasPrefix(code, f.prefix+".") {
			return f.meaning, true
		}
	}
	return meaning{}, false
}

// Explain says for people what an error code means and what to do: two
// sentences without their full stops, for every code there is.
func Explain(code string) (why, next string) {
	m, ok := meaningOf(code)
	switch {
	case ok:
		return m.why, m.next
	case code == "":
		return "the cloud gave no reason", lookFirst
	}
	return "the cloud answered " + cut(code, 80) + ", which Twokey does not know", lookFirst + ", and look the code up in Tencent Cloud's documentation"
}

// verdictOf says what a code proves about the one call that wipes: that
// nothing happened, or nothing at all. What is not known proves nothing.
func verdictOf(code string) port.Verdict {
	m, ok := meaningOf(code)
	if !ok || m.class == ambiguous || ourOwn[code] {
		return port.Ambiguous
	}
	return port.Declined
}

// refusable reports whether a code is about what was asked for, and so a
// refusal for people, rather than about the bot's own credentials, about its
// pace, or about nothing that is known.
func refusable(code string) bool {
	m, ok := meaningOf(code)
	return ok && m.class != ambiguous && !isAuth(code) && !strings.HasPrefix(code, "RequestLimitExceeded")
}

// isAuth reports whether a code is about credentials or permissions: nobody who
// reads a card can do anything about it.
func isAuth(code string) bool {
	return code != camOutage && (strings.HasPrefix(code, "AuthFailure") || strings.HasPrefix(code, "UnauthorizedOperation")) ||
		code == "IpInBlacklist" || code == "IpNotInWhitelist"
}
