package cloud

import (
	"testing"
	"time"
)

// The limits that Tencent documents (facts/tencent.md section 1), a second.
var perSecondOf = map[string]int{
	describeInstances: 40, describeImages: 40, describeSnapshots: 20, describeDisks: 20, describeKeyPairs: 10, inquiryPrice: 10, createImage: 10,
	describeImageQuota: 10, describeEvents: 20, describeTaskInfo: 20, lbListeners.name: 20, monitorData.name: 20, scalingNodes.name: 20, tkeNodes.name: 20,

	callerIdentity.name: 20, // the same was taken
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
	for action, times := range map[string]int{describeInstances: 2, describeImages: 1, describeSnapshots: 1, describeKeyPairs: 1, inquiryPrice: 1} {
		b := budgets[action]
		if last := time.Duration(float64(100*times-b.atOnce) / float64(b.perSecond) * float64(time.Second)); last > 13*time.Second {
			t.Errorf("%s: the last of a hundred waits %s", action, last)
		}
	}
}
