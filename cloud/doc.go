// Package cloud is Tencent Cloud as Twokey needs it: it finds and reads machines,
// makes backup images, and sends the one call that wipes. It decides nothing. Only
// this package and those below it import Tencent's SDK.
//
// Two rules hold everywhere. A read that fails is an error, never an empty answer.
// ResetInstance has a client of its own (package oneshot): retries and kept
// connections help a read and could wipe twice.
//
// Where things are:
//
//	cloud     what the engine calls: Find, Read, Look, CreateImage, Reset, ..
//	api       one call: accounts, credentials, limits, retries, clock, faults
//	oneshot   the transport that sends one ResetInstance once
//	errcode   what each error code means and proves
//	describe  instances, images, snapshots, disks, key pairs and prices as read
//	around    what stands around a machine: load balancers, clusters, traffic
//	audit     CloudAudit: who called what
//	beliefs   the looks of `bot check beliefs`
//	fakecvm   a double of the cloud, for tests and practice
//
// The rest of this text is what is known about Tencent Cloud. Comments cite its
// numbers, such as cloud/doc.go 4.3. Each entry names its source:
//
//	doc       a page of the vendor, by its path under tencentcloud.com/document
//	SDK       github.com/tencentcloud/tencentcloud-sdk-go, cvm and cbs v1.1.0
//	recorded  an answer of the real cloud that somebody published, 2021 to 2022
//	measured  a program of ours against the SDK and a local server, 2026-11
//	belief    nobody has proven it; `bot check beliefs` looks at the one named
//
// Nothing was run against the live cloud. An entry without a proof says belief, and
// the code fails closed if it is wrong.
//
// # 1. Reinstalling
//
// 1.1 Every region reinstalls the system that runs. A change of platform (Linux to
// Windows or back) is for regions in mainland China. The API's page has not named
// that limit since 2024-10; the product's and the price's pages do. (doc: CVM,
// "Reinstalling system"; product/213/33242, product/213/33252)
//
// 1.2 Spot instances cannot be reinstalled. Some older instances with 20-GB local
// disks cannot change their system: the way out is a ticket. (doc: "Reinstalling
// system")
//
// 1.3 The system disk is wiped. Data disks stay as they are and must be mounted
// again. The public IP stays. No other operation may run meanwhile. (doc:
// "Reinstalling system", product/213/33242)
//
// 1.4 A larger system disk is billed; only cloud disks can grow. (doc: "Reinstalling
// system")
//
// 1.5 The page recommends images of Tencent Cloud and custom ones, and forbids other
// sources. The API takes public, custom, shared and marketplace images. (doc:
// "Reinstalling system", product/213/33242)
//
// 1.6 Windows 2016 and 2019 need more than 2 GB of memory. (doc: "Reinstalling
// system")
//
// 1.7 After a change of platform Windows cannot read EXT data disks (doc:
// product/213/3856), and Linux needs a driver for NTFS (doc: product/213/3857).
//
// 1.8 A reinstall takes 10 to 30 minutes. After that, or after a failure, the advice
// is a ticket. (doc: CVM, FAQ on system reinstall, 2026-11-28)
//
// # 2. ResetInstance
//
// 2.1 It takes neither a ClientToken nor DryRun: two accepted calls are two resets.
// CreateImage and CreateSnapshot take no ClientToken either. (SDK: cvm
// v20170312/models.go; doc: product/213/33242)
//
// 2.2 ImageId defaults to the present image; we always send it. DiskSize is for
// cloud disks, grows only, and the type cannot change. A disk smaller than the image
// grows, and is billed. (SDK; doc: product/213/33242)
//
// 2.3 LoginSettings holds one of Password, KeyIds and KeepImageLogin, a text that is
// TRUE or FALSE. Windows takes no keys. KeepImageLogin is for custom, shared and
// imported images. Without any, Message Center gets a random password. (SDK) A
// reset unbinds the key pairs that it does not name. (inferred)
//
// 2.4 Passwords: Linux 8 to 30 characters, Windows 12 to 30. Linux asked for two
// classes of characters and now asks for three, as Windows does; a slash cannot come
// first. (SDK: LoginSettings; doc: CVM, password rules, 2026-11-28)
//
// 2.5 Host names: dots and dashes neither first, last nor doubled. Windows takes 2
// to 15 characters, no dots, not digits alone; Linux 2 to 60. (SDK)
//
// 2.6 UserData is base64, at most 16 KB. Monitoring and security default to on for
// public images; other images keep what is inside them. (SDK: EnhancedService)
//
// 2.7 For a change of platform the API's page lists CLOUD_BASIC, CLOUD_PREMIUM,
// CLOUD_SSD and CLOUD_BSSD; the product's page is wider. Other disk types get a
// warning. (doc: product/213/33242)
//
// 2.8 A reset needs permission for instance, image, key pair and system disk;
// CreateImage for instance and image. (doc: CAM, CVM actions)
//
// # 3. Error codes
//
// 3.1 ResetInstance documents 67 codes, the same in v1.1.0 and in the newest SDK;
// package errcode has each. (SDK: cvm v20170312/errors.go)
//
// 3.2 Their classes are inferred from their words, for Tencent documents no
// atomicity. A documented refusal means that nothing happened (belief: refusals).
//
// 3.3 These prove nothing: InternalServerError, InternalError.*, ServiceUnavailable,
// every ClientError of the SDK, an answer without a request id, and any unknown
// code.
//
// 3.4 After an attempt TaskRunning, InstanceOperationInProgress, ResourceInUse and
// the states Pending, Starting, Stopping and Rebooting may be about our own reset.
// Then Twokey reads and never sends again. (inferred)
//
// 3.5 A denial of CAM names the action near its 190th character: "not authorized to
// perform operation (cvm:ResetInstance)", then the resource. (recorded)
//
// 3.6 PermissionDenied with "send request err" was an outage of CAM that passed. It
// proves neither a denial nor that nothing happened. (recorded)
//
// 3.7 InvalidParameterValue.InvalidImageOsName: the region does not offer the
// image's system. It is likely the code of a change of platform abroad. (inferred)
//
// 3.8 Default limits, in requests a second: DescribeInstances and DescribeImages 40;
// ResetInstance, InquiryPriceResetInstance, CreateImage, DescribeImageQuota and
// DescribeKeyPairs 10; DescribeSnapshots, DescribeDisks and DescribeEvents 20. (doc:
// the API pages)
//
// # 4. How a reset shows
//
// 4.1 Success is LatestOperationState SUCCESS in DescribeInstances. The states are
// OPERATING, SUCCESS and FAILED, or null (belief: record states). (doc:
// product/213/33242, api/213/15728)
//
// 4.2 InstanceState shows no reinstall: it passes STOPPING, STOPPED and STARTING.
// Its values, and those of RestrictState, IsolatedSource and StopChargingMode, are
// in the SDK (belief: machine states). (SDK: Instance)
//
// 4.3 The record changes late: 6 to 11 s after the call. (recorded) Twokey believes
// SUCCESS only of a ResetInstance with our request id, or with another one than
// before.
//
// 4.4 The answer's RequestId is the record's LatestOperationRequestId: so in three
// recorded cases, implied by the documents (belief: request ids).
//
// 4.5 Any later operation replaces the record. (SDK) A change of an attribute writes
// its name, such as ModifyInstancesAttribute.InstanceName. (recorded)
//
// 4.6 A machine without a record is normal: 4 of 12 recorded ones have none.
// RunInstances never stood there. (recorded)
//
// 4.7 InstanceState can differ from the record for some 11 s, early or late.
// (recorded)
//
// 4.8 The names ResetInstances and ConvertOperatingSystems exist beside
// ResetInstance (belief: operation names; console resets). (doc: product/213/64972)
//
// 4.9 After a FAILED reset the machine refuses start, stop, reboot, password and
// image with InstanceReinstallFailed. Another reset is the way out. (SDK)
//
// 4.10 DescribeTaskInfo lists repairs of the host, not resets. Offset and Limit are
// required. (SDK; measured with the vendor's Node client)
//
// 4.11 Any field may be absent or null, lists too: recorded answers have null in
// place of empty lists. ImageId may be absent on old machines. (recorded)
//
// 4.12 A reset that does not show 400 s after it was signed was not carried out
// (belief: dead calls). The signature lives 300 s (8.2); the rest is our margin.
//
// # 5. Images
//
// 5.1 ImageType is PUBLIC_IMAGE, PRIVATE_IMAGE, SHARED_IMAGE or of the marketplace.
// ImageState must be NORMAL. ImageDeprecated, Architecture, LicenseType and
// ImageSize can rule an image out. (SDK: Image)
//
// 5.2 The filters image-name and platform are fuzzy. A filter takes 5 values, a page
// 100 entries; ImageIds and Filters exclude each other. (SDK: DescribeImages)
//
// 5.3 One knows Windows by "windows" in Platform or OsName, in any case. Another
// platform is unknown, and fails closed. (inferred)
//
// 5.4 Images are regional; 500 custom ones fit in a region. DescribeImageQuota gives
// the limit alone. How many there are is the total of DescribeImages. (SDK; doc:
// product/213/16726)
//
// 5.5 Listings are late at times and leave out what is there. (recorded) So Twokey
// asks twice before it believes that something is absent (belief: lists).
//
// 5.6 CVM writes times as ISO 8601 with Z (belief: image times). (recorded)
//
// # 6. Backups
//
// 6.1 CreateImage: ImageName has at most 60 characters, the description 256.
// ForcePoweroff is a text. A running machine's image may be incomplete. (doc:
// product/213/16726)
//
// 6.2 InvalidImageName.Duplicate makes a name of our own the key against a second
// image: after a lost answer Twokey looks it up. (SDK: errors.go)
//
// 6.3 ResetInstance refuses images with data disks in them, so Twokey leaves
// DataDiskIds out. (SDK: InstanceImageNotSupport)
//
// 6.4 Images do not name their source. The way is over the snapshots of the system
// disk: Snapshot.Images lists the images built on each. Local disks have no
// snapshots. (SDK: cbs v20170312/models.go) A machine's disk is the one that CBS
// lists for it (belief: disk ids).
//
// 6.5 CBS writes times without a zone. They are China Standard Time, in Singapore
// as well: seven recorded disks match their machines to the second (belief: disk
// times). (recorded, 2022)
//
// 6.6 Pages up to 2024-01 say that a change of platform gives the system disk
// another id and cuts off its snapshots. Later pages do not, and a recorded change
// kept the id (belief: disk of another platform). (doc: product/213/33242; recorded)
// Twokey asks for an image then.
//
// 6.7 ApplySnapshot restores only onto its own disk, and only while the machine is
// off. Copied snapshots have no DiskId. (SDK; recorded)
//
// 6.8 SystemDisk carries Encrypt and KmsKeyId, which cvm v1.1.0 has no fields for.
// What a reset does to an encrypted disk is unknown (belief: encrypted disks).
// (recorded)
//
// 6.9 Packer waits 60 minutes for an image, Terraform 60 for a snapshot; so does
// Twokey. (their sources)
//
// # 7. Prices
//
// 7.1 InquiryPriceResetInstance takes ResetInstance's parameters without HostName.
// It seems to quote the resulting configuration, not a difference: Twokey asks
// before and after (belief: prices). (SDK; doc: product/213/33252)
//
// 7.2 It quotes less than ResetInstance does: a change of platform for three disk
// types only, and not abroad. So a refused quote proves nothing. (doc:
// product/213/33252)
//
// 7.3 An hourly price has UnitPrice and UnitPriceDiscount; a prepaid one
// OriginalPrice and DiscountPrice. No field names the currency. (SDK: ItemPrice)
//
// # 8. Calls and the SDK
//
// 8.1 A call is POST with JSON and a TC3-HMAC-SHA256 signature over the content type
// and the host. Errors come with HTTP 200 as well. (doc: API, "Signature v3")
//
// 8.2 The cloud refuses a time stamp that is more than five minutes off:
// AuthFailure.SignatureExpire. (doc: "Signature v3") Every answer carries the
// cloud's time in its Date header (belief: cloud clock).
//
// 8.3 The SDK sends twice with UnsafeRetryOnConnectionFailure on a reused
// connection, three times with RateLimitExceededMaxRetries=2, and again after HTTP
// 307 and 308. HTTP 302 turns POST into GET and can look like success. (measured)
//
// 8.4 A lost answer gives ClientError.NetworkError; one cut in its body, or in HTML,
// ClientError.ParseJsonError. HTTP 200 with {} gives neither error nor answer.
// (measured)
//
// 8.5 httptrace's WroteHeaders does not fire if the connection is refused, the name
// unknown or TLS fails. It fires for cuts and time-outs. (measured)
//
// 8.6 A literal ClientProfile turns the region breaker on, which sends signed calls
// to another host after 5 failures. Debug and ToJsonString print passwords. A
// request that is used again keeps its first endpoint. (measured)
//
// 8.7 The provider chain of the SDK asks a metadata service without a time-out. Its
// role provider renews while it signs, without a context. (SDK: common)
//
// 8.8 Finance regions answer only at PRODUCT.REGION.tencentcloudapi.com, which the
// SDK does not know. The international site is intl.tencentcloudapi.com. (measured;
// doc: product/213/33242)
//
// 8.9 No call says which regions are in mainland China. The table in package
// reinstall follows the vendor's lists of regions; a region in neither of its
// halves gets a warning. (doc: CVM, "Regions and zones"; inferred)
//
// 8.10 The Node client signs the host without its port, and takes the service from
// the endpoint's first label. (measured)
//
// # 9. Around a machine
//
// 9.1 What rules a reset out: SPOTPAID, RestrictState other than NORMAL, an isolated
// machine, STOP_CHARGING, rescue and migration states, an operation that runs. (SDK:
// errors.go)
//
// 9.2 Members of an auto-scaling group bear the tag
// tencentcloud:autoscaling:auto-scaling-group-id; DescribeAutoScalingInstances
// knows. DescribeExistedInstances names a node's TKE cluster. EMR has no such call;
// the cloud refuses to reset its nodes. (SDK: as, tke; doc: api/457/36706)
//
// 9.3 DisableApiTermination does not stop a reset. (doc: product/213/33242 has no
// such refusal)
//
// 9.4 GetMonitorData takes one metric a call, with a zone in its times; calls beyond
// a million a month cost money. (SDK: monitor; recorded)
//
// 9.5 DescribeInstances names the user and port of the first login. LoginSettings
// holds KeyIds only. (recorded; measured with the vendor's Node client)
//
// 9.6 CBS actions have the prefix cvm in CAM. clb:DescribeLBListeners and
// cvm:DescribeTaskInfo have no source as names (belief: actions).
//
// 9.7 That a write passes if one statement allows the machine by its tag, and
// another one the image, the key pair and the disk, is unproven (belief: tag
// condition).
//
// # 10. CloudAudit
//
// 10.1 Six regions answer: ap-guangzhou, ap-hongkong, ap-seoul, ap-singapore,
// ap-tokyo and eu-frankfurt. 20 calls a second, 50 events a page, less than 30 days
// a query, 90 days back. (doc: product/362/32163)
//
// 10.2 An event appears 7 to 10 s after its call: two recorded ones (belief: event
// lag).
//
// 10.3 The one recorded event has an empty secretId and empty requestParameters
// (belief: events). So the account user, and whether the call came from the
// console, say whose it is.
//
// 10.4 How the console's reinstall is called there is unknown (belief: console
// resets).
package cloud
