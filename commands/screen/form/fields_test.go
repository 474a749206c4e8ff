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

// What the form filled in for one machine is no choice of an image for another.
func TestAnotherMachineStartsWithItsOwnImage(t *testing.T) {
	at := model.Ref{Account: "main", Region: "ap-a"}
	one, two := model.Instance{Ref: at, ImageID: "img-1"}, model.Instance{Ref: at, ImageID: "img-2"}
	one.SystemDisk.SizeGB, two.SystemDisk.SizeGB = 50, 50
	one.Instance, two.Instance = "ins-00000001", "ins-00000002"
	dr := Draft{
		Origin: Origin{Target: one.Ref.String()},
		Parts:  []model.FleetPart{{Account: "main", Region: "ap-a", Machines: []model.Instance{one, two}}},
		Values: map[string]string{FieldTarget: two.Ref.String(), FieldImage: "img-1"},
		Images: []model.Image{
			{ID: "img-1", Type: model.ImagePublic, State: model.ImageNormal, Platform: "Ubuntu", OSName: "Ubuntu 20.04"},
			{ID: "img-2", Type: model.ImagePublic, State: model.ImageNormal, Platform: "Ubuntu", OSName: "Ubuntu 22.04"},
		},
	}
	image := func() string {
		for _, f := range Propose(dr, model.Policy{}).Fields {
			if f.ID == FieldImage {
				return f.Value
			}
		}
		return "no field"
	}
	if got := image(); got != "img-2" {
		t.Errorf("the image is %s", got)
	}
	dr.Target = two.Ref.String() // now it was picked for this very machine
	if got := image(); got != "img-1" {
		t.Errorf("the image that was picked became %s", got)
	}
}
