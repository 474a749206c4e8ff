// Package fakecvm is a double of Tencent Cloud's CVM, CBS and CloudAudit APIs
// (API 3.0), and of those for what is around an instance (CLB, Monitor, AS, TKE),
// for tests, practice and rehearsal. It is one account in memory. Clients speak the
// wire protocol, and it really checks their TC3-HMAC-SHA256 signatures. It is strict:
// it refuses what the cloud refuses, with the cloud's codes, and an unknown parameter
// is an error. What it follows is in cloud/doc.go, with the sources.
//
//	cloud := fakecvm.New(fakecvm.Config{SecretID: id, SecretKey: key, Speed: 60})
//	api := httptest.NewServer(cloud)               // what TENCENTCLOUD_ENDPOINT names
//	control := httptest.NewServer(cloud.Control()) // switches, clock, state
//
// It is not for: creating or paying for instances, networks, anything that lasts
// beyond the process, or learning what the real cloud does in a case that its
// documents leave open.
//
// Where things are:
//
//	fakecvm      the calls, a file each, and what a test can change and see
//	account      what the account owns, the rules of reset and image, the clock
//	switchboard  the misbehaviours, their values, and how they stand
//	query        filters, pages and orders of lists
//	tc3          signatures
//	strictjson   parameters
//	apierr       refusals
//
// # Calls
//
//	cvm  DescribeInstances DescribeImages DescribeImageQuota DescribeKeyPairs
//	     DescribeRegions DescribeTaskInfo InquiryPriceResetInstance
//	     ResetInstance CreateImage
//	cbs  DescribeDisks DescribeSnapshots CreateSnapshot
//	cloudaudit  DescribeEvents
//	sts  GetCallerIdentity
//	clb  DescribeLBListeners
//	monitor  GetMonitorData
//	as  DescribeAutoScalingInstances
//	tke  DescribeExistedInstances
//
// Everything is regional: an instance is seen only with its own X-TC-Region.
// The documented limits of requests per second hold, by real time.
//
// # Time
//
// Jobs run on a virtual clock: real elapsed time x speed, plus what Advance adds.
// A reset takes 90 s of it, an image 120 s, a snapshot 60 s. There are no timers
// and no goroutines: whoever looks sees what should have happened by now.
// Signatures, the Date header and the times of new resources follow the wall
// clock (Config.Now) plus the clock_skew switch.
//
// A ResetInstance, once accepted, occupies its instance. LatestOperation shows it
// (OPERATING) only after a delay of 2 s of virtual time (visible_after), and until
// then shows what was there before. The instance passes STOPPING, STOPPED and
// STARTING; at the end of the job image, system, disk size, host name and login
// change at once, and LatestOperationState turns SUCCESS or FAILED. One operation
// in 16 shows its state 11 s later than its record, and one in 16 that much
// earlier (state_lag); which, follows from the machine's id. A change of platform
// keeps the system disk's id (new_disk_id). CreateSnapshot leaves LatestOperation
// alone. A third or so of the sample fleet has no record of an operation at all,
// which is normal (cloud/doc.go 4.5 and 4.6). RunInstances never stands there, and a
// change of an attribute writes what it changed, such as
// ModifyInstancesAttribute.InstanceName.
//
// If the documents name no code for a refusal, the double has one of these: a change of
// platform abroad InvalidParameterValue.InvalidImageOsName, on a 20-GB local disk
// UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2, too little memory
// InvalidParameterValue.InvalidImageForGivenInstanceType, wrong disk sizes
// InvalidParameterValue, an expired or isolated instance
// UnsupportedOperation.InstanceStateShutdown.
//
// Lists that are empty inside an entry of a listing, such as tags and addresses,
// are null for a third of all entries, always the same ones.
//
// Under one of the cloud's own names (*.tencentcloudapi.com) a request is held
// against it: the product, the finance region, the international site.
//
// # CloudAudit
//
// Every ResetInstance, CreateImage and CreateSnapshot that reached its own rules,
// whatever it was answered, is an event with the caller's account user; whatever
// Operate does is one of another user, called at the console. An event has neither
// the access key (audit_keys) nor the request's parameters. DescribeEvents shows it
// 7 to 10 s of virtual time after the call (audit_delay), newest first. Its times
// are those of the wall clock.
//
// # Misbehaviour
//
// Switch, SwitchFor and the control port turn misbehaviours on: until "off", or
// for the next N requests ("next=N"). Switches that say level in the table hold
// while they are on and take no count. Those that take a value in brackets use the
// one given here if the value is only "on".
//
//	reset_drop_before            cut before anything is executed
//	reset_drop_after             executed, then cut: the answer is lost
//	reset_hang                   executed, no answer until the client leaves
//	reset_slow_body              executed, half of the body, then cut
//	reset_html_502               not executed, HTML 502 of a gateway
//	reset_html_502_after         executed, HTML 502 of a gateway
//	reset_empty                  executed, HTTP 200 {}
//	reset_no_request_id          executed, {"Response":{}}
//	redirect_307, redirect_302   not executed, redirected to the same address
//	reset_late                   [10s] cut at once, executed that much virtual time later
//	reset_error                  [InternalServerError] refused with that code
//	reset_fail                   [a message] the accepted reset ends FAILED
//	reset_stuck                  the accepted reset stays OPERATING
//	reset_other_request_id       LatestOperationRequestId is not the one answered
//	overwrite_after              [RebootInstances] another actor's operation
//	                             replaces LatestOperation right after the reset
//	throttle                     [RequestLimitExceeded] any call refused; "3" is next=3
//	no_limits                    level: limits per second are not enforced
//	describe_error               [InternalServerError] any Describe call refused
//	describe_drop                any Describe call cut
//	describe_empty               any Describe call answered HTTP 200 {}
//	describe_null_states         LatestOperation* null
//	visible_after                [10s] level: the delay of stale reads
//	state_lag                    [11s] level: InstanceState ends that much later than the record
//	new_disk_id                  level: a change of platform gives the system disk another id
//	clock_skew                   [10m] level: the cloud's clock is ahead
//	image_error                  [ResourceInsufficient.CloudDiskUnavailable] CreateImage refused
//	image_fail                   [a message] the accepted CreateImage ends FAILED
//	image_stuck                  the accepted CreateImage stays CREATING
//	image_drop_after             CreateImage executed, then cut
//	image_quota                  [0] level: how many custom images there can be
//	snapshot_error               [InsufficientSnapshotQuota] CreateSnapshot refused
//	snapshot_drop_after          CreateSnapshot executed, then cut
//	snapshot_expired             level: snapshots are past their deadline and gone
//	snapshot_expiring            [1h] level: snapshots end that soon
//	price_factor                 [2] level: prices are multiplied
//	price_error                  [FailedOperation.InquiryPriceFailed] price refused
//	price_old_page               level: only platform changes in the mainland are quoted
//	strict_platform_disks        level: platform changes only on the API page's disk types
//	odd_record_state             [PROCESSING] level: the state of every record of a last operation
//	odd_instance_state           [REINSTALLING] level: the state of every instance
//	legacy_reset                 level: a reset's LatestOperation is ResetInstances
//	bare_image_times             level: the times of images have no zone
//	cbs_utc                      level: the times of CBS are UTC, without saying so
//	other_disk_id                level: DescribeDisks has other ids than DescribeInstances
//	no_system_disk               on: DescribeInstances with a SystemDisk that is null
//	region_down                  [ap-hongkong] level: every call in the region is refused with InternalError
//	region_hangs                 [ap-hongkong] level: no Describe call in the region is answered
//	intl_site                    level: the account is of the international site
//	no_nulls                     level: empty lists are never null
//	audit_delay                  [0s] level: when CloudAudit shows an event
//	audit_refused                [UnauthorizedOperation] level: DescribeEvents refused
//	audit_odd_times              level: CloudAudit's times are milliseconds
//	audit_keys                   level: CloudAudit's events name the access key
//	audit_api_calls              level: CloudAudit calls every call one of the API
//	audit_reset_name             [ConvertOperatingSystems] level: its name for a reset at the console
//	cam_down                     [all] the calls named are refused, for CAM cannot be asked
//	monitor_empty                level: GetMonitorData has no values
//	secret_revoked               level: AuthFailure.SecretIdNotFound
//	error:ACTION                 [InternalServerError] that very call refused
//	drop:ACTION                  that very call executed, then cut
//	hold:ACTION                  that very call executed, its answer held until off
//	slow:ACTION                  [6s] that very call executed, its answer late by real time
//	empty:ACTION, null:ACTION    its lists are empty, or null
//	other:ACTION, twice:ACTION   its entries bear other ids, or come twice
//
// # The sample fleet
//
//	name         id            region        traits
//	web-01       ins-1a2b3c4d  ap-guangzhou  Ubuntu 20.04, 4 GB, CLOUD_PREMIUM 50, data 200, public IP,
//
// env=staging team=shop, snapshot 2 h old
//
//	web-02       ins-1a2b3c4e  ap-guangzhou  its look-alike, env=prod, snapshot 30 min old
//	db-01        ins-5d6e7f8g  ap-guangzhou  TencentOS, two data disks, twokey=protected, env=prod
//	win-01       ins-9h8j7k6l  ap-guangzhou  Windows 2019, 8 GB, CLOUD_SSD 100, NTFS data disk
//	win-small    ins-2s3m4l5n  ap-guangzhou  CentOS, 2 GB: too little for Windows 2016 and 2019
//	cache-01     ins-c4che0a1  ap-guangzhou  one of two of that very name
//	cache-01     ins-c4che0b2  ap-guangzhou  the other
//	nobackup-01  ins-n0bckp11  ap-guangzhou  no snapshot
//	oldsnap-01   ins-40daysol  ap-guangzhou  snapshot 40 days old
//	prepaid-01   ins-pr3pa1d1  ap-guangzhou  PREPAID
//	proof-01     ins-pr00f001  ap-guangzhou  DisableApiTermination
//	spot-01      ins-7sp0t4aa  ap-guangzhou  SPOTPAID
//	old-local    ins-0ldl0c20  ap-guangzhou  LOCAL_BASIC 20 GB
//	local-ssd    ins-4ssdl0c5  ap-guangzhou  LOCAL_SSD 50 GB
//	nocharge-01  ins-8st0pch9  ap-guangzhou  STOPPED, STOP_CHARGING
//	asg-01       ins-5asg6gr7  ap-guangzhou  in an auto-scaling group, with its tag
//	emr-01       ins-3mrn0de1  ap-guangzhou  EMR node: the API refuses resets
//	expired-01   ins-3xp1red1  ap-guangzhou  RestrictState EXPIRED
//	byol-01      ins-by0l2019  ap-guangzhou  Windows 2019 under the owner's licence
//	hk-01        ins-3hk4hk5h  ap-hongkong   Ubuntu 20.04, public IP
//	hk-win-01    ins-hkw1n001  ap-hongkong   Windows 2022
//	sg-01        ins-6sg7sg8s  ap-singapore  TencentOS, public IP
//	shop-01      ins-5h0pfr01  ap-guangzhou  behind a load balancer, 3.2 Mbps out, CPU 41 %, a booked repair
//	shop-api     ins-5h0pap01  ap-guangzhou  behind the same load balancer, drained and idle
//	node-01      ins-n0de7ke1  ap-guangzhou  node of a TKE cluster
//	market-01    ins-mark3t01  ap-guangzhou  runs a marketplace image
//	sealed-01    ins-5ea1ed01  ap-guangzhou  its system disk is encrypted
//	fin-01       ins-f1nance1  ap-shanghai-fsi  in a finance region
//	ancient-01   ins-anc1ent1  ap-guangzhou  without an image id
//
// Its images and key pairs are the constants of this package. Ids look like the
// cloud's; none is meant to be a real one.
package fakecvm
