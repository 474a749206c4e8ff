package api

// The actions that Twokey calls. deploy/cam-policy.json permits each.
const (
	DescribeInstances  = "DescribeInstances"
	DescribeImages     = "DescribeImages"
	DescribeImageQuota = "DescribeImageQuota"
	DescribeKeyPairs   = "DescribeKeyPairs"
	DescribeTaskInfo   = "DescribeTaskInfo"
	DescribeDisks      = "DescribeDisks"
	DescribeSnapshots  = "DescribeSnapshots"
	DescribeEvents     = "DescribeEvents"
	InquiryPrice       = "InquiryPriceResetInstance"
	CreateImage        = "CreateImage"
	ResetInstance      = "ResetInstance"
)

// Those of products whose SDK has no module of its own. Their parameters and
// answers are as in the SDK's sources
// (github.com/tencentcloud/tencentcloud-sdk-go, tencentcloud/<product>/<version>/models.go).
var (
	CallerIdentity = CommonAction{"sts", "2018-08-13", "GetCallerIdentity"}
	LBListeners    = CommonAction{"clb", "2018-03-17", "DescribeLBListeners"}
	MonitorData    = CommonAction{"monitor", "2018-07-24", "GetMonitorData"}
	ScalingNodes   = CommonAction{"as", "2018-04-19", "DescribeAutoScalingInstances"}
	TKENodes       = CommonAction{"tke", "2018-05-25", "DescribeExistedInstances"}
)
