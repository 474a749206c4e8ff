package model_test

import (
	"errors"
	"fmt"
	"testing"

	"twokey/commands/reinstall/model"
)

// A machine was looked for, and two of three regions did not answer: what the
// third has is no answer yet.
func TestEveryRegionThatDidNotAnswerIsInTheError(t *testing.T) {
	denied, late := errors.New("main/ap-seoul: access denied"), errors.New("lab/ap-tokyo: deadline exceeded")
	seoul := model.AccountRegion{Account: "main", Region: "ap-seoul"}
	var err error = &model.UnaskedError{
		Asked: []model.AccountRegion{{Account: "main", Region: "ap-guangzhou"}},
		Missing: []model.UnaskedRegion{
			{AccountRegion: seoul, Why: "access denied", Err: denied},
			{AccountRegion: model.AccountRegion{Account: "lab", Region: "ap-tokyo"}, Why: "too slow", Err: late},
		},
	}
	if got, want := err.Error(), "main/ap-seoul: access denied; lab/ap-tokyo: deadline exceeded"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	wrapped := fmt.Errorf("look for web-01: %w", err)
	for _, cause := range []error{denied, late} {
		if !errors.Is(wrapped, cause) {
			t.Errorf("%v is not in it", cause)
		}
	}
	unasked, ok := errors.AsType[*model.UnaskedError](wrapped)
	if !ok {
		t.Fatal("it is not found behind another error")
	}
	if got := unasked.Missing[0].String(); got != "region ap-seoul of account main" {
		t.Errorf("it is called %q", got)
	}
}
