package strictjson

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"
)

type strictInner struct{ Size int }

type strictBase struct{ Zone *string }

type strictSample struct {
	strictBase
	Name  string
	Disk  strictInner
	Disks []strictInner
	Tags  map[string]string `json:"tags"`
	At    time.Time
	Raw   json.RawMessage
	Big   uint8
	quiet string
}

func TestStrictJSONNamesTheFirstMisfit(t *testing.T) {
	for body, want := range map[string]MemberError{
		`{"name":"x"}`:                      {"name", true},
		`{"quiet":"x"}`:                     {"quiet", true},
		`{"Tags":{}}`:                       {"Tags", true},
		`{"Name":7}`:                        {"Name", false},
		`{"Disk":{"Size":"7"}}`:             {"Disk.Size", false},
		`{"Disk":[]}`:                       {"Disk", false},
		`{"Disks":{}}`:                      {"Disks", false},
		`{"Disks":[{"Size":1},{"Sise":2}]}`: {"Disks.1.Sise", true},
		`{"tags":{"a":1}}`:                  {"tags.a", false},
		`{"At":"noon"}`:                     {"At", false},
		`{"Big":256}`:                       {"Big", false},
		`{"Big":1.0}`:                       {"Big", false},
		`{"Zone":1,"nothing":2}`:            {"Zone", false},
		`[]`:                                {"", false},
	} {
		var in strictSample
		err := Unmarshal([]byte(body), &in)
		if got, ok := errors.AsType[*MemberError](err); !ok || *got != want {
			t.Errorf("%s: %v, not %v", body, err, &want)
		}
	}
}

func TestStrictJSONTakesNoTextThatIsNotJSON(t *testing.T) {
	for _, body := range []string{
		``, `{`, `{} {}`, `{"Name":"a","Name":"b"}`, `{"tags":{"a":"1","a":"1"}}`,
		"{\"Name\":\"\xff\"}",
	} {
		var in strictSample
		err := Unmarshal([]byte(body), &in)
		if _, member := errors.AsType[*MemberError](err); err == nil || member {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestStrictJSONChangesNothingElse(t *testing.T) {
	zone := "z"
	in := strictSample{
		Name: "old", Disk: strictInner{7}, Disks: []strictInner{{1}, {2}}, Tags: map[string]string{"a": "1"},
		quiet: "still",
		Big:   9,
	}
	body := `{"Zone":"z","Disks":[{}],"tags":{"b":"2"},"Raw":{"x":[1]},"At":"2026-11-29T00:00:00Z","Big":null}`
	if err := Unmarshal([]byte(body), &in); err != nil {
		t.Fatal(err)
	}
	want := strictSample{
		strictBase: strictBase{&zone}, Name: "old", Disk: strictInner{7}, Disks: []strictInner{{}},
		Tags: map[string]string{"a": "1", "b": "2"},
		Raw:  json.RawMessage(`{"x":[1]}`), At: time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC), quiet: "still",
	}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("%+v", in)
	}
}

func TestAnyCaseTakesNamesByTheirLettersAlone(t *testing.T) {
	var in strictSample
	if err := UnmarshalAnyCase([]byte(`{"nAME":"x","DISK":{"size":3}}`), &in); err != nil || in.Name != "x" ||
		in.Disk.Size != 3 {
		t.Errorf("%+v, %v", in, err)
	}
	if err := UnmarshalAnyCase([]byte(`{"namee":"x"}`), &in); err == nil {
		t.Error("an unknown name is taken")
	}
}
