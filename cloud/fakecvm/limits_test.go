package fakecvm

import (
	"testing"
	"time"
)

func TestTheLimiterAllowsSoManyASecondAndNoMore(t *testing.T) {
	l, now := limiter{}, time.Unix(0, 0)
	for n := range 25 {
		if got, want := l.allow("ResetInstance", 10, now.Add(time.Duration(n)*time.Millisecond)), n < 10; got != want {
			t.Errorf("request %d in one second: allowed %v, want %v", n+1, got, want)
		}
	}
	if !l.allow("DescribeInstances", 40, now) {
		t.Error("another action shares the limit")
	}
	if !l.allow("ResetInstance", 10, now.Add(time.Second)) {
		t.Error("the next second is refused too")
	}
}
