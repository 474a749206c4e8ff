package policy

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

const richPolicy = `accounts:
  - name: main
    regions: [ap-guangzhou, ap-hongkong]
quorum:
  - {groups: [S0ONCALL]}
  - {groups: [S0DBA], users: [U0AAA111], approvals: 2}
timezone: Asia/Shanghai
open: ["Mon-Fri 09:00-17:00"]
closed:
  - {from: 2026-12-24, to: 2026-12-26, why: holidays}
  - {from: 2026-12-31 18:00, to: 2027-01-01 09:00}
rules:
  - match: {name: "web-*", regions: [ap-hongkong], accounts: [main], platform_change: true, tags: {env: prod}}
    approvers: {groups: [S0WEB]}
    approvals: 3
    open: []
  - match: {platform_change: false}
    quorum: [{users: [U0BBB222]}]
    timezone: UTC
    closed: []
`

func rich(t *testing.T) model.Policy {
	t.Helper()
	f, err := Parse("twokey.yaml", []byte(richPolicy))
	if err != nil {
		t.Fatal(err)
	}
	return f.Policy
}

func TestARuleMatchesWhereAllThatItNamesHolds(t *testing.T) {
	p := rich(t)
	base := model.Subject{
		Account: "main", Region: "ap-hongkong", Name: "web-01",
		Tags: map[string]string{"env": "prod"}, PlatformChange: true,
	}
	if got := p.TermsFor(base); got.Rule != 1 || got.Approvals != 3 || len(got.Quorum) != 0 ||
		len(got.Calendar.Open) != 0 || len(got.Calendar.Closed) != 2 {
		t.Errorf("%+v", got)
	}
	for what, change := range map[string]func(*model.Subject){
		"another name":    func(s *model.Subject) { s.Name = "my-web-01" },
		"no name":         func(s *model.Subject) { s.Name = "" },
		"a slash":         func(s *model.Subject) { s.Name = "web-01/a" },
		"another region":  func(s *model.Subject) { s.Region = "ap-guangzhou" },
		"another account": func(s *model.Subject) { s.Account = "lab" },
		"another tag":     func(s *model.Subject) { s.Tags = map[string]string{"env": "dev"} },
	} {
		s := base
		change(&s)
		if got := p.TermsFor(s); got.Rule != 0 || got.Approvals != 3 || len(got.Quorum) != 2 {
			t.Errorf("%s: %+v", what, got)
		}
	}
	s := base
	s.PlatformChange = false
	got := p.TermsFor(s)
	if got.Rule != 2 || got.Approvals != 1 || !slices.Equal(got.Approvers.Users, []string{"U0BBB222"}) ||
		got.Calendar.Zone != "UTC" || len(got.Calendar.Open) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestACalendarOfTheFileIsInItsZoneAndADateMeansItsWholeDay(t *testing.T) {
	c := rich(t).Calendar
	utc := func(s string) time.Time { at, _ := time.Parse(time.RFC3339, s); return at }
	want := []model.Closure{
		{From: utc("2026-12-23T16:00:00Z"), To: utc("2026-12-26T16:00:00Z"), Why: "holidays"},
		{From: utc("2026-12-31T10:00:00Z"), To: utc("2027-01-01T01:00:00Z")},
	}
	if !reflect.DeepEqual(c.Closed, want) {
		t.Errorf("%+v", c.Closed)
	}
	if p := c.PauseAt(utc("2026-12-25T02:00:00Z")); p == nil || p.Why != "reinstalls are not allowed now: holidays" ||
		!p.Next.Equal(utc("2026-12-28T01:00:00Z")) {
		t.Errorf("%+v", p)
	}
}

func TestAMistakeInARuleAQuorumOrACalendarSaysWhatWasMeant(t *testing.T) {
	for what, c := range map[string]slip{
		"a bad pattern": {
			`"web-*"`, `"web-["`,
			`line 13, column 19: rules[0].match.name: "web-[" is not a pattern of names`,
		},
		"an empty pattern": {`"web-*"`, `""`, `rules[0].match.name: "" is not a pattern of names`},
		"an unknown region": {
			"[ap-hongkong], acc", "[ap-hongkng], acc",
			`rules[0].match.regions[0]: no account of this file has the region "ap-hongkng"`,
		},
		"an unknown account": {
			"[main], plat", "[lab], plat",
			`rules[0].match.accounts[0]: no account of this file has the account "lab"`,
		},
		"no regions": {"[ap-hongkong], acc", "[], acc", "rules[0].match.regions: no region is named"},
		"perhaps": {
			"platform_change: false", "platform_change: perhaps",
			"line 17, column 30: true or false is expected here, not “perhaps”",
		},
		"a rule for nothing": {
			"{platform_change: false}", "{}",
			"rules[1].match: a rule that names nothing would match nothing",
		},
		"a typo in a quorum": {
			"[S0DBA], users", "[S0DBA], user",
			"line 6, column 23: unknown key “user”; did you mean “users”?",
		},
		"nobody in a quorum": {
			"{groups: [S0ONCALL]}", "{groups: []}",
			"line 5, column 5: quorum[0]: nobody is named",
		},
		"six": {
			"approvals: 2}", "approvals: 5}",
			"quorum: it asks for 6 approvals in all; at most 5",
		},
		"nought": {
			"approvals: 2}", "approvals: 0}",
			"line 6, column 53: quorum[1].approvals: 0 is not a number from 1 to 5",
		},
		"an empty quorum": {
			"[{users: [U0BBB222]}]", "[]",
			"rules[1].quorum: nobody is named, so nothing could ever be approved",
		},
		"a quorum and approvers": {
			"timezone: UTC", "approvers: {users: [U0BBB222]}",
			"rules[1].quorum: a quorum says who approves and how many",
		},
		"approvals of a quorum": {
			"    approvers: {groups: [S0WEB]}\n", "",
			"rules[0]: the head asks for a quorum; name a quorum here as well, or both",
		},
		"no zone": {
			"Asia/Shanghai", "Asia/Shangai",
			`line 7, column 11: timezone: "Asia/Shangai" is not a time zone`,
		},
		"the machine's own zone": {"Asia/Shanghai", "Local", `timezone: "Local" is not a time zone`},
		"no day":                 {"Mon-Fri", "Mon-Fry", `line 8, column 8: open[0]: "Mon-Fry" names no days`},
		"no hours":               {"09:00-17:00", "9-17", `open[0]: "9-17" is not a time of day`},
		"a word for a date": {
			"2026-12-24, to", "Christmas, to",
			`line 10, column 12: closed[0].from: "Christmas" is not a date`,
		},
		"a day that does not come": {"to: 2026-12-26", "to: 2026-02-30", `closed[0].to: "2026-02-30" is not a date`},
		"backwards": {
			"to: 2026-12-26", "to: 2026-12-22",
			"closed[0].to: it ends at 2026-12-22, before it begins",
		},
		"no end":            {", to: 2026-12-26", "", "closed[0]: a closure has from and to"},
		"a second document": {"rules:\n", "---\nrules:\n", "line 13, column 1: a second document begins here"},
	} {
		if ms, _ := errors.AsType[Mistakes](c.in(t, richPolicy, what)); len(ms) != 1 ||
			!strings.Contains(ms[0].String(), c.says) {
			t.Errorf("%s: %+v", what, ms)
		}
	}
}

func TestEveryMistakeOfAFileIsTold(t *testing.T) {
	src := `accounts:
  - name: main
    regoins: [ap-guangzhou]
    currency: [CNY]
aprovers: {groups: [S0ONCALL]}
approvals: nine
approvals: 3
countdown: soon
rules:
  - match: {tags: {env: prod}}
    backup: maybe
  - just words
  - match: {tags: [env]}
limits: {at_once: -1}
`
	_, err := Parse("twokey.yaml", []byte(src))
	ms, ok := errors.AsType[Mistakes](err)
	if !ok {
		t.Fatal(err)
	}
	want := []string{
		"line 3, column 5: unknown key “regoins”; did you mean “regions”?",
		"line 4, column 15: a word or text in quotation marks is expected here, not a list",
		"line 5, column 1: unknown key “aprovers”; did you mean “approvers”?",
		"line 6, column 12: a whole number is expected here, not “nine”",
		"line 7, column 1: “approvals” stands here twice, first in line 6; keep one",
		"line 8, column 12: countdown: \"soon\" is not a duration; write it like 30s, 15m or 24h",
		"line 11, column 13: rules[0].backup: \"maybe\" is not known; use required or optional",
		"line 12, column 5: a list of name: value pairs is expected here, not “just words”",
		"line 13, column 19: a list of name: value pairs is expected here, not a list",
		"line 14, column 9: limits: a limit is a number from 0 (none) up",
	}
	var got []string
	for _, m := range ms {
		got = append(got, strings.TrimPrefix(m.String(), "twokey.yaml, "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s := err.Error(); !strings.HasPrefix(s, "twokey.yaml, line 3: unknown key") ||
		!strings.Contains(s, "and 9 more mistakes") {
		t.Error(s)
	}
}

// holdsMistakes fails where a policy file that is wrong is not told as such.
func holdsMistakes(t interface{ Fatalf(string, ...any) }, src string) {
	f, err := Parse("twokey.yaml", []byte(src))
	if err == nil {
		if len(f.Policy.Accounts) == 0 || f.Policy.Approvals < 1 || f.Policy.Approvers.Empty() {
			t.Fatalf("a file that says nothing was taken:\n%s", src)
		}
		if len(Summarize(f)) < 5 {
			t.Fatalf("it means nothing:\n%s", src)
		}
		return
	}
	ms, ok := errors.AsType[Mistakes](err)
	if !ok || len(ms) == 0 {
		t.Fatalf("%v:\n%s", err, src)
	}
	for _, m := range ms {
		if lines := strings.Count(src, "\n") + 1; m.Line < 1 || m.Line > lines || m.Column < 1 ||
			strings.TrimSpace(m.Words) == "" {
			t.Fatalf("%+v of %d lines:\n%s", m, lines, src)
		}
	}
}

func TestWhateverBecomesOfAFileItsMistakesLieInIt(t *testing.T) {
	pieces := []string{
		"", "\n", ":", "- ", "[", "}", "\"", "  ", "\t", "&a ", "*a", "<<: ", "!!int ", "|\n", "#",
		"null", "9999999999999999999", "---\n", "é", "approvals: 2\n", "quorum: ", "\x00",
	}
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.SampledFrom([]string{goodPolicy, richPolicy}).Draw(t, "file")
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			i := rapid.IntRange(0, len(src)).Draw(t, "at")
			j := min(i+rapid.IntRange(0, 12).Draw(t, "cut"), len(src))
			src = src[:i] + rapid.SampledFrom(pieces).Draw(t, "piece") + src[j:]
		}
		holdsMistakes(t, src)
	})
}

func FuzzPolicy(f *testing.F) {
	for _, s := range []string{
		goodPolicy, richPolicy, "", "5", "- a", "a: &a [*a]", "rules: [null, 5]", "<<: {a: b}",
		strings.Replace(goodPolicy, "approvals: 2", "aprovals: two", 1),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) { holdsMistakes(t, src) })
}

// anyPolicy has random rules over a small world, so that they often match.
func anyPolicy(t *rapid.T) model.Policy {
	p := model.Policy{
		Accounts:  []model.Account{{Name: "main", Regions: []string{"ap-guangzhou"}}},
		Approvers: model.People{Groups: []string{"S0ONCALL"}}, Approvals: 1, Backup: true,
		BackupMaxAge: time.Hour, Countdown: time.Second, ExpiresAfter: time.Hour,
	}
	for range rapid.IntRange(0, 4).Draw(t, "rules") {
		var r model.Rule
		if rapid.Bool().Draw(t, "by tag") {
			r.Tags = map[string]string{"env": rapid.SampledFrom([]string{"prod", "dev"}).Draw(t, "env")}
		}
		r.Name = rapid.SampledFrom([]string{"", "web-*", "db-?"}).Draw(t, "name")
		if rapid.Bool().Draw(t, "by region") {
			r.Regions = []string{rapid.SampledFrom([]string{"ap-guangzhou", "ap-hongkong"}).Draw(t, "region")}
		}
		if rapid.Bool().Draw(t, "by change") {
			r.PlatformChange = new(rapid.Bool().Draw(t, "change"))
		}
		r.Forbid = rapid.SampledFrom([]string{"", "", "never"}).Draw(t, "forbid")
		r.Approvals = new(rapid.IntRange(1, 5).Draw(t, "approvals"))
		p.Rules = append(p.Rules, r)
	}
	return p
}

func TestWhatIsExplainedIsWhatThePolicyDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPolicy(t)
		i := model.Instance{
			Ref: model.Ref{Account: "main", Region: rapid.SampledFrom([]string{"ap-guangzhou", "ap-hongkong"}).Draw(t,
				"in"), Instance: "ins-1"},
			Name: rapid.SampledFrom([]string{"web-01", "db-1", "x"}).Draw(t, "called"),
			Tags: map[string]string{"env": rapid.SampledFrom([]string{"prod", "dev"}).Draw(t, "tag")},
		}
		change := rapid.Bool().Draw(t, "changes")
		s := model.Subject{Account: i.Account, Region: i.Region, Name: i.Name, Tags: i.Tags, PlatformChange: change}
		terms := p.TermsFor(s)
		out := strings.Join(Explain(t.Context(), Question{
			Policy: p, Instance: i, PlatformChange: change, User: "U0BOB",
			Now: time.Unix(0, 0),
		}), "\n")
		decides, forbids := 0, false
		for _, v := range p.RuleResults(s) {
			if v.Decides {
				decides = v.Rule
			}
			forbids = forbids || v.Forbids
			if v.Matches == (v.Why != "") {
				t.Fatalf("%+v", v)
			}
		}
		if decides != terms.Rule || forbids != (terms.Forbid != "") {
			t.Fatalf("decides %d, forbids %v, but the terms are %+v", decides, forbids, terms)
		}
		if strings.Contains(out, "No rule matches") != (decides == 0) || strings.Contains(out,
			"Blocked: the policy forbids it") != forbids {
			t.Fatalf("%+v\n%s", terms, out)
		}
		if strings.Count(out, " decides") != min(decides, 1) || !strings.Contains(out, termLines(terms)[0]) {
			t.Fatalf("%+v\n%s", terms, out)
		}
	})
}

func TestExplainingWithoutSlackSaysThatItWasNotAsked(t *testing.T) {
	out := strings.Join(Explain(t.Context(), Question{
		Policy: rich(t), User: "U0BOB", Now: time.Unix(0, 0),
		Instance: model.Instance{
			Ref:  model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-1"},
			Name: "db-1",
		}, PlatformChange: true,
	}), "\n")
	for _, want := range []string{
		"Slack was not asked who @U0BOB is or who is in a group",
		"@U0BOB may approve for @S0ONCALL what others propose if they are in @S0ONCALL; they are not named " +
			"themselves.",
		"Approvals: 1 of @S0ONCALL and 2 of @S0DBA, @U0AAA111, each by another person",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
}

func TestAProposalThatWouldExpireBeforeTheOpeningIsRefused(t *testing.T) {
	now := time.Date(2026, 12, 25, 3, 0, 0, 0, time.UTC)
	tm := rich(t).TermsFor(model.Subject{PlatformChange: true})
	tm.ExpiresAfter = 24 * time.Hour
	r := view.ClosedTooLong(tm, now)
	if r == nil || r.Why != "reinstalls are not allowed now: holidays; the next opening is 2026-12-28 01:00:00 UTC, and "+
		"the proposal would expire before that, after 24 h" {
		t.Errorf("%v", r)
	}
	opening := time.Date(2026, 12, 28, 1, 0, 0, 0, time.UTC)
	if r != nil && !slices.ContainsFunc(view.WhyText(r),
		func(s view.Span) bool { return s.Kind == view.Time && s.At.Equal(opening) }) {
		t.Error("the opening is not shown in the reader's zone")
	}
	tm.ExpiresAfter = 72 * time.Hour
	if r := view.ClosedTooLong(tm, now); r != nil {
		t.Errorf("%v", r)
	}
}
