package form

import (
	"fmt"
	"strings"
	"testing"

	"twokey/commands/reinstall/model"
	"twokey/commands/search"
)

func TestAFormThatRemembersManyMachinesFitsItsMemo(t *testing.T) {
	var is []model.Instance
	for n := range 200 {
		is = append(is, model.Instance{
			Ref:  model.Ref{Account: "main", Region: "ap-guangzhou", Instance: fmt.Sprintf("ins-%08d", n)},
			Name: strings.Repeat("界", 128),
		})
	}
	said := ""
	for _, i := range is {
		said += i.Instance + " "
	}
	parts := []model.FleetPart{{Account: "main", Region: "ap-guangzhou", Machines: is}}
	dr := Draft{Values: map[string]string{}}.WithMentions(search.FindMentions(parts, []string{said}, nil), parts)
	back := ReadOrigin(dr.Origin.String())
	if len(dr.Origin.String()) > 2000 || len(back.Picks)+back.More != 200 || len(back.Picks) == 0 {
		t.Errorf("%d characters, %d and %d more", len(dr.Origin.String()), len(back.Picks), back.More)
	}
	if dr.Values[FieldTarget] != "" {
		t.Errorf("one of many is filled in: %s", dr.Values[FieldTarget])
	}
}

func TestALineThatOnlySaysSomethingIsNoChoice(t *testing.T) {
	for value, field := range map[string]string{FieldTarget: "That line only says", FieldImage: "That line only says"} {
		v := map[string]string{FieldTarget: "main/ap-a/ins-00000001", value: search.NotAChoice}
		if _, errs := RequestOf(v); !strings.HasPrefix(errs[value], field) {
			t.Errorf("%s: %v", value, errs)
		}
	}
}
