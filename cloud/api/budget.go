package api

import (
	"context"
	"fmt"

	"golang.org/x/time/rate"
)

// budget is how many requests of one action may begin: so many a second, and so many
// at once. Both together stay below Tencent's default limits, which count by the
// second (cloud/doc.go 3.8). The steady rate counts for more if the limit is low and
// each proposal needs a request: a hundred proposals wait for it.
type budget struct {
	perSecond rate.Limit
	atOnce    int
}

var budgets = map[string]budget{
	DescribeInstances:  {20, 15}, // of 40
	DescribeImages:     {20, 15}, // of 40
	DescribeSnapshots:  {10, 7},  // of 20
	DescribeDisks:      {10, 7},  // of 20; only beliefs are looked at with it
	DescribeKeyPairs:   {8, 1},   // of 10
	InquiryPrice:       {8, 1},   // of 10
	CreateImage:        {5, 4},   // of 10
	DescribeImageQuota: {5, 4},   // of 10
	DescribeEvents:     {10, 7},  // of 20
	DescribeTaskInfo:   {10, 7},  // of 20, like the four below
	LBListeners.Name:   {10, 7},
	MonitorData.Name:   {15, 3}, // two or three for each machine
	ScalingNodes.Name:  {10, 7},
	TKENodes.Name:      {10, 7},

	CallerIdentity.Name: {1, 1}, // once for each account
}

// limits are the budgets of one set of credentials.
type limits struct{ byAction map[string]*rate.Limiter }

func newLimits() *limits {
	l := &limits{byAction: map[string]*rate.Limiter{}}
	for action, b := range budgets {
		l.byAction[action] = rate.NewLimiter(b.perSecond, b.atOnce)
	}
	return l
}

// wait returns when the action may be called, or why it may not.
func (l *limits) wait(ctx context.Context, action string) error {
	if r, ok := l.byAction[action]; ok {
		return r.Wait(ctx)
	}
	return fmt.Errorf("%s has no budget", action)
}
