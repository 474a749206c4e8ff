package audit

import "testing"

// The fields vary from event to event in what is public of the API.
func TestEventsAreReadAsTheCloudWritesThem(t *testing.T) {
	for raw, want := range map[string]string{
		`{"apiErrorCode":0}`: "", `{"apiErrorCode":"0"}`: "", `{"apiErrorCode":""}`: "", `{}`: "",
		`{"apiErrorCode":"ResourceInUse"}`: "ResourceInUse", ``: "unreadable", `{"apiErrorCode":`: "unreadable",
	} {
		if got := detailOf(raw).Error; got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
	for text, want := range map[string]int64{
		"1629961140": 1629961140, "2021-08-26T06:59:00Z": 1629961140,
		"2021-08-26 14:59:00": 1629961140,
	} {
		if at, ok := EventTime(text); !ok || at.Unix() != want {
			t.Errorf("%s: %s", text, at)
		}
	}
	if _, ok := EventTime("soon"); ok {
		t.Error("read a time out of nothing")
	}
}
