package around

import (
	"slices"
	"testing"

	"twokey/commands/reinstall/model"
)

func TestAnEMRNodeIsKnownByItsRoleOrTag(t *testing.T) {
	for want, i := range map[string]model.Instance{
		"is a node of an EMR cluster (role EMR_QCSRole)":                {Role: "EMR_QCSRole"},
		"is a node of an EMR cluster (tag tencentcloud:emr:cluster=e1)": {Tags: map[string]string{"tencentcloud:emr:cluster": "e1"}},
		"": {Role: "webserver", Tags: map[string]string{"team": "emr"}},
	} {
		if got := emrCluster(i); got.What != want || (got.Detection == model.Detected) != (want != "") {
			t.Errorf("%+v", got)
		}
	}
}

// What is found is part of the plan. In another order it would be drift.
func TestAnEMRNodeWithSeveralTagsIsAlwaysToldTheSame(t *testing.T) {
	i := model.Instance{Tags: map[string]string{
		"tencentcloud:emr:cluster": "e1", "tencentcloud:emr:node": "core",
		"tencentcloud:emr:zone": "3",
	}}
	first := emrCluster(i)
	for range 100 {
		if again := emrCluster(i); !slices.Equal(again.Of, first.Of) {
			t.Fatalf("%v, and then %v", first.Of, again.Of)
		}
	}
}
