package api

import (
	"testing"
	"time"
)

// The limits that Tencent documents (cloud/doc.go 3.8), a second.
var perSecondOf = map[string]int{
	DescribeInstances: 40, DescribeImages: 40, DescribeSnapshots: 20, DescribeDisks: 20, DescribeKeyPairs: 10,
	InquiryPrice: 10, CreateImage: 10,
	DescribeImageQuota: 10, DescribeEvents: 20, DescribeTaskInfo: 20, LBListeners.Name: 20, MonitorData.Name: 20,
	ScalingNodes.Name: 20, TKENodes.Name: 20,

	CallerIdentity.Name: 20, // the same was taken
}

func TestNoSecondHoldsMoreRequestsThanTencentAllows(t *testing.T) {
	for action, b := range budgets {
		if most := b.atOnce + int(b.perSecond); most >= perSecondOf[action] {
			t.Errorf("%s: %d in some second, of %d", action, most, perSecondOf[action])
		}
	}
}

// Each of a hundred proposals asks these so often; the last has its card within
// 15 s, and some seconds are Slack's.
func TestAHundredProposalsDoNotWaitLongForTheCloudsLimits(t *testing.T) {
	for action, times := range map[string]int{
		DescribeInstances: 2, DescribeImages: 1, DescribeSnapshots: 1,
		DescribeKeyPairs: 1, InquiryPrice: 1,
	} {
		b := budgets[action]
		if last := time.Duration(float64(100*times-b.atOnce) / float64(b.perSecond) * float64(time.Second)); last > 13*time.Second {
			t.Errorf("%s: the last of a hundred waits %s", action, last)
		}
	}
}
