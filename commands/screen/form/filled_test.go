package form

import (
	"context"
	"errors"
	"testing"

	"twokey/commands/reinstall/model"
)

// A form is never filled in with a machine that the line does not surely name.
func TestALineFillsInTheOneMachineThatItSurelyNames(t *testing.T) {
	at := func(region, id, name string) model.Instance {
		return model.Instance{Ref: model.Ref{Account: "main", Region: region, Instance: id}, Name: name}
	}
	one := []model.FleetPart{
		{Account: "main", Region: "ap-a", Machines: []model.Instance{
			at("ap-a", "ins-1", "web-01"), at("ap-a", "ins-2", "db"),
		}},
		{Account: "main", Region: "ap-b", Machines: []model.Instance{at("ap-b", "ins-3", "db")}},
	}
	reading := []model.FleetPart{one[0], {Account: "main", Region: "ap-b", Err: context.DeadlineExceeded}}
	broken := []model.FleetPart{one[0], {Account: "main", Region: "ap-b", Err: errors.New("away")}}
	for name, c := range map[string]struct {
		parts []model.FleetPart
		w     model.Request
		want  string
	}{
		"a name":                       {one, model.Request{Target: "web-01"}, "main/ap-a/ins-1"},
		"an id":                        {one, model.Request{Target: "ins-3"}, "main/ap-b/ins-3"},
		"another letter case":          {one, model.Request{Target: "Web-01"}, ""},
		"a name of two":                {one, model.Request{Target: "db"}, ""},
		"a name of two in one region":  {one, model.Request{Target: "db", Region: "ap-b"}, "main/ap-b/ins-3"},
		"a name, a region is read yet": {reading, model.Request{Target: "web-01"}, ""},
		"a name, a region is away":     {broken, model.Request{Target: "web-01"}, ""},
		"a reference, a region is away": {
			broken,
			model.Request{Target: "main/ap-a/ins-1"},
			"main/ap-a/ins-1",
		},
		"nothing": {one, model.Request{}, ""},
	} {
		dr := FromRequest(c.w, c.parts)
		if got := dr.Values[FieldTarget]; got != c.want || (got == "") != (len(dr.Intro) > 0) && c.w.Target != "" {
			t.Errorf("%s: %q, said %v", name, got, dr.Intro)
		}
	}
}

func TestAnImageIsFilledInIfOneAloneHasItsName(t *testing.T) {
	images := []model.Image{{ID: "img-1", Name: "base"}, {ID: "img-2", Name: "twice"}, {ID: "img-3", Name: "twice"}}
	for named, want := range map[string]string{"": "", "img-1": "img-1", "base": "img-1", "twice": "", "none": ""} {
		dr := FromRequest(model.Request{Image: named}, nil)
		dr.Images = images
		dr = dr.WithImage(named)
		if got := dr.Values[FieldImage]; got != want || (want == "" && named != "") != (len(dr.Intro) > 0) {
			t.Errorf("%q: %q, said %v", named, got, dr.Intro)
		}
	}
}
