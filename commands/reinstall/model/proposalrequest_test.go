package model_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

func TestTheFlagOfALoginIsReadAsItIsWritten(t *testing.T) {
	for typed, want := range map[string]model.Login{
		"":                        {Kind: model.LoginMessageCenter},
		"message-center":          {Kind: model.LoginMessageCenter},
		"keep-image":              {Kind: model.LoginKeepImage},
		"password":                {Kind: model.LoginPassword},
		"key:skey-1":              {Kind: model.LoginKeys, Keys: []string{"skey-1"}},
		"key:skey-1,skey-2":       {Kind: model.LoginKeys, Keys: []string{"skey-1", "skey-2"}},
		"key: skey-1 , ,skey-2, ": {Kind: model.LoginKeys, Keys: []string{"skey-1", "skey-2"}},
	} {
		got, r := model.ParseLogin(typed)
		if r != nil {
			t.Errorf("%q: %v", typed, r)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, not %+v", typed, got, want)
		}
	}
}

// Above all none that reads as a login without a key.
func TestALoginThatNobodyKnowsIsRefusedWithTheOnesThereAre(t *testing.T) {
	for _, typed := range []string{"key", "key:", "key: , ", "keys:skey-1", "Password", "password ", "none", "passwort"} {
		got, r := model.ParseLogin(typed)
		if r == nil {
			t.Errorf("%q is %+v", typed, got)
			continue
		}
		if !strings.Contains(r.Why, model.Quote(typed)) || !strings.Contains(r.Next, "message-center, keep-image, key:") {
			t.Errorf("%q: %v", typed, r)
		}
		if got.Kind != "" {
			t.Errorf("%q is refused, and is %+v", typed, got)
		}
	}
}

func TestALoginIsTheSameAfterItWasWrittenAndRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := model.Login{Kind: rapid.SampledFrom([]string{
			model.LoginMessageCenter, model.LoginKeepImage, model.LoginKeys, model.LoginPassword,
		}).Draw(t, "kind")}
		if l.Kind == model.LoginKeys {
			l.Keys = rapid.SliceOfN(rapid.StringMatching(`skey-[a-z0-9]{1,8}`), 1, 4).Draw(t, "keys")
		}
		if got, r := model.ParseLogin(l.String()); r != nil || !reflect.DeepEqual(got, l) {
			t.Fatalf("%q is read as %+v, %v", l.String(), got, r)
		}
	})
}

func TestALoginOfNoKindIsTheCloudsDefault(t *testing.T) {
	if got := (model.Login{}).String(); got != model.LoginMessageCenter {
		t.Errorf("%q", got)
	}
}
