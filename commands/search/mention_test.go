package search

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

func machine(id, name string, ips ...string) model.Instance {
	return model.Instance{Ref: model.Ref{Account: "main", Region: "ap-guangzhou", Instance: id}, Name: name, PrivateIPs: ips}
}

func partOf(is ...model.Instance) []model.FleetPart {
	return []model.FleetPart{{Account: "main", Region: "ap-guangzhou", Machines: is}}
}

func idsOf(is []model.Instance) string {
	var out []string
	for _, i := range is {
		out = append(out, i.Instance)
	}
	return strings.Join(out, " ")
}

func TestAMessageNamesMachinesByIDNameAndAddress(t *testing.T) {
	parts := partOf(
		machine("ins-aaaaaaaa", "web-01", "10.0.0.1"), machine("ins-bbbbbbbb", "web-01-canary", "10.0.0.2"),
		machine("ins-cccccccc", "cache", "10.0.0.3"), machine("ins-dddddddd", "cache", "10.0.0.4"),
		machine("ins-eeeeeeee", "数据库 主机", "10.0.0.5"), machine("ins-ffffffff", "db", "10.0.0.6"), machine("ins-gggggggg", "12345", "10.0.0.7"),
		machine("ins-hhhhhhhh", "api.shop", "10.0.0.8"), machine("ins-iiiiiiii", "api", "10.0.0.9"),
	)
	for said, want := range map[string]string{
		"ins-aaaaaaaa is down":                  "ins-aaaaaaaa",
		"INS-AAAAAAAA is down":                  "ins-aaaaaaaa",
		"web-01 is down":                        "ins-aaaaaaaa",
		"Web-01 is down":                        "ins-aaaaaaaa",
		"web-01.":                               "ins-aaaaaaaa",
		"_web-01_ *down*":                       "ins-aaaaaaaa",
		`instance="web-01:9100"`:                "ins-aaaaaaaa",
		"host=web-01.prod.example.com":          "ins-aaaaaaaa",
		"主机web-01宕机":                            "ins-aaaaaaaa",
		"web-01-canary is down":                 "ins-bbbbbbbb",
		"web-011 is down":                       "",
		"xweb-01 is down":                       "",
		"10.0.0.1:9100 down.":                   "ins-aaaaaaaa",
		"at 10.0.0.11":                          "",
		"version 10.0.0.1.4":                    "",
		"cache is full":                         "ins-cccccccc ins-dddddddd",
		"cache (ins-dddddddd) is full":          "ins-dddddddd",
		"cache 10.0.0.4, see ins-dddddddd":      "ins-dddddddd",
		"web-01 (10.0.0.1, ins-aaaaaaaa)":       "ins-aaaaaaaa",
		"web-01 and 10.0.0.2":                   "ins-bbbbbbbb ins-aaaaaaaa",
		"the 数据库 主机 is down":                    "ins-eeeeeeee",
		"db 12345 is a short name and a number": "",
		"api.shop.example.com":                  "ins-hhhhhhhh",
		"api.example.com":                       "ins-iiiiiiii",
		"":                                      "",
		"\u202eweb-01\u202c <!channel> " + "web-01\n\x00": "ins-aaaaaaaa",
	} {
		if got := idsOf(FindMentions(parts, []string{said}, nil).Named); got != want {
			t.Errorf("%q names %q, want %q", said, got, want)
		}
	}
}

func TestWhatStandsOnlyInALinkIsNeverTakenForTheMachine(t *testing.T) {
	parts := partOf(machine("ins-aaaaaaaa", "web-01", "10.0.0.1"), machine("ins-bbbbbbbb", "grafana", "10.0.0.2"))
	m := FindMentions(parts, []string{"payments are slow"}, []string{"https://grafana.example.com/d/7", "http://10.0.0.2:3000"})
	if len(m.Named) != 0 || idsOf(m.Linked) != "ins-bbbbbbbb" {
		t.Errorf("%+v", m)
	}
	m = FindMentions(parts, []string{"web-01 is slow"}, []string{"https://grafana.example.com/d/7", "https://web-01"})
	if idsOf(m.Named) != "ins-aaaaaaaa" || idsOf(m.Linked) != "ins-bbbbbbbb" {
		t.Errorf("%+v", m)
	}
	if m = FindMentions(parts, nil, []string{"https://console.example.com/detail?id=ins-aaaaaaaa"}); idsOf(m.Named) != "ins-aaaaaaaa" {
		t.Errorf("an id is sure wherever it stands: %+v", m)
	}
}

func TestWhatIsNobodysIsSaid(t *testing.T) {
	m := FindMentions(partOf(machine("ins-aaaaaaaa", "web-01", "10.0.0.1")), []string{"web-01, ins-zzzzzzzz and 10.9.9.9"}, nil)
	if idsOf(m.Named) != "ins-aaaaaaaa" || strings.Join(m.Unknown, " ") != "ins-zzzzzzzz 10.9.9.9" {
		t.Errorf("%+v", m)
	}
}

// Whatever a message says, nothing is found that it does not name, each machine
// once, and nothing panics.
func TestNothingIsFoundThatAMessageDoesNotSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-c数. /_-]{1,6}`)
		var is []model.Instance
		for n := range rapid.IntRange(0, 6).Draw(t, "machines") {
			is = append(is, machine(fmt.Sprintf("ins-%08d", n), word.Draw(t, "name"), fmt.Sprintf("10.0.0.%d", n)))
		}
		said := rapid.SliceOf(rapid.OneOf(word, rapid.String(), rapid.Just("10.0.0.1"), rapid.Just("ins-00000002"))).Draw(t, "said")
		m := FindMentions(partOf(is...), said, nil)
		all := strings.ToLower(strings.Join(said, "\n"))
		seen := map[string]bool{}
		for _, i := range m.Named {
			if seen[i.Instance] {
				t.Fatalf("%s twice", i.Instance)
			}
			seen[i.Instance] = true
			if !strings.Contains(all, strings.ToLower(i.Name)) && !strings.Contains(all, i.Instance) && !strings.Contains(all, i.PrivateIPs[0]) {
				t.Fatalf("%q does not name %+v", said, i)
			}
		}
	})
}

func TestTheReasonIsTheAlertsFirstLine(t *testing.T) {
	for said, want := range map[string]string{
		"": "", " \n\t\n": "", "\n  HostDown   on web-01\nsecond": "Alert: HostDown on web-01",
		strings.Repeat("界", 4000): "Alert: " + strings.Repeat("界", maxReason-1) + "…",
	} {
		if got := ReasonOf([]string{said, ""}); got != want {
			t.Errorf("%.20q: %.40q", said, got)
		}
	}
}

// IPv6 is found however it is written, and what only looks like it names nothing.
func TestAMessageNamesMachinesByIPv6Address(t *testing.T) {
	a, b := machine("ins-aaaaaaaa", "web-01", "10.0.0.1"), machine("ins-bbbbbbbb", "web-02", "10.0.0.2")
	a.IPv6s, b.IPv6s = []string{"2402:4e00:1000:1234::5"}, []string{"2402:4e00:1000:1234::", "fd00::7"}
	for said, want := range map[string]string{
		"2402:4e00:1000:1234::5 is down":              "ins-aaaaaaaa",
		"2402:4E00:1000:1234:0:0:0:0005.":             "ins-aaaaaaaa",
		"[2402:4e00:1000:1234::5]:22 refused":         "ins-aaaaaaaa",
		"http://[2402:4e00:1000:1234::5]:8080/health": "ins-aaaaaaaa",
		"down: 2402:4e00:1000:1234::5: no route":      "ins-aaaaaaaa",
		"fd00::7, fd00::8":                            "ins-bbbbbbbb | fd00::8",
		"2402:4e00:1000:1234::":                       "ins-bbbbbbbb",
		"2402:4e00:1000:1234::5:22":                   " | 2402:4e00:1000:1234::5:22",
		"2402:4e00:1000:1234::55":                     " | 2402:4e00:1000:1234::55",
		"at 12:30:45, aa:bb:cc:dd:ee:ff":              "",
		"std::string A::B ::1 :: fe80::1%eth0":        "",
		"x2402:4e00:1000:1234::5":                     "",
		"ins-bbbbbbbb (2402:4E00:1000:1234::)":        "ins-bbbbbbbb",
	} {
		m := FindMentions(partOf(a, b), []string{said}, nil)
		got := idsOf(m.Named)
		if len(m.Unknown) > 0 {
			got += " | " + strings.Join(m.Unknown, " ")
		}
		if got != want {
			t.Errorf("%q names %q, want %q", said, got, want)
		}
	}
}
