package policy

import (
	"testing"
	"time"

	"twokey/commands/reinstall/model"
)

const callingPolicy = goodPolicy + `    remind_after: off
    quiet_hours: off
  - match: {tags: {env: dev}}
    escalate_after: 2h
    quiet_hours: "12:00-13:00"
    timezone: Europe/Amsterdam
    break_glass: true
remind_after: 10m
escalate_to: {groups: [S0LEADS]}
quiet_hours: "22:00-07:00"
timezone: Asia/Shanghai
`

func TestHowTheKeysAreAskedForIsReadWithItsDefaults(t *testing.T) {
	f, err := Parse("twokey.yaml", []byte(goodPolicy))
	if err != nil {
		t.Fatal(err)
	}
	if a := f.Policy.Asking; a.RemindAfter != 15*time.Minute || a.EscalateAfter != 0 ||
		a.QuietHours != (model.QuietHours{}) || a.BreakGlass {
		t.Errorf("by default: %+v", a)
	}
	if f, err = Parse("twokey.yaml", []byte(callingPolicy)); err != nil {
		t.Fatal(err)
	}
	night := model.QuietHours{From: 22 * 60, To: 7 * 60, Zone: "Asia/Shanghai"}
	for env, want := range map[string]struct {
		remind, escalate time.Duration
		quiet            model.QuietHours
		glass            bool
	}{
		"test": {10 * time.Minute, time.Hour, night, false},
		"prod": {0, time.Hour, model.QuietHours{}, false},
		"dev": {10 * time.Minute, 2 * time.Hour, model.QuietHours{
			From: 12 * 60, To: 13 * 60,
			Zone: "Europe/Amsterdam",
		}, true},
	} {
		a := f.Policy.TermsFor(model.Subject{Tags: map[string]string{"env": env}}).Asking
		if a.RemindAfter != want.remind || a.EscalateAfter != want.escalate || a.QuietHours != want.quiet ||
			a.BreakGlass != want.glass || len(a.EscalateTo.Groups) != 1 {
			t.Errorf("%s: %+v", env, a)
		}
	}
}

func TestARuleThatNamesOthersToEscalateToEscalates(t *testing.T) {
	f, err := Parse("twokey.yaml", []byte(goodPolicy+"    escalate_to: {groups: [S0LEADS]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if a := f.Policy.TermsFor(model.Subject{Tags: map[string]string{"env": "prod"}}).Asking; a.EscalateAfter != time.Hour {
		t.Errorf("in the rule: %+v", a)
	}
	if a := f.Policy.TermsFor(model.Subject{}).Asking; a.EscalateAfter != 0 {
		t.Errorf("elsewhere: %+v", a)
	}
}

func TestAMistakeInHowTheKeysAreAskedForIsTold(t *testing.T) {
	toldOf(t, callingPolicy, map[string]slip{
		"a typo": {
			"remind_after: 10m", "remind_afte: 10m",
			"line 24: unknown key “remind_afte”; did you mean “remind_after”?",
		},
		"too often": {"remind_after: 10m", "remind_after: 10ms", "remind_after: 10ms is too short; at least 1s"},
		"no duration": {
			"remind_after: 10m", "remind_after: often",
			"line 24: remind_after: \"often\" is not a duration",
		},
		"no hours": {
			"22:00-07:00", "22-7",
			"line 26: quiet_hours: \"22-7\" are not hours of a day; write them like \"22:00-07:00\", or off",
		},
		"no hour at all": {"22:00-07:00", "07:00-07:00", "are not hours of a day"},
		"no such zone": {
			"Asia/Shanghai", "Asia/Peking",
			"line 27: timezone: \"Asia/Peking\" is not a time zone; write it like Asia/Shanghai or UTC",
		},
		"nobody": {"{groups: [S0LEADS]}", "{}", "line 25: escalate_to: nobody is named"},
		"nobody to call": {
			"escalate_to: {groups: [S0LEADS]}\n", "",
			"rules[1].escalate_after: nobody is named to escalate to",
		},
		"a word for it": {
			"break_glass: true", "break_glass: sometimes",
			"line 23: true or false is expected here, not “sometimes”",
		},
	})
}
