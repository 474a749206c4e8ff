package policy

import (
	"reflect"
	"slices"
)

// The file's keys, and what editors say of each. Pointers show what is set from
// what is not. A choice is all that can be written, with bars between the words.
type (
	fileYAML struct {
		Accounts   []accountYAML `yaml:"accounts" about:"accounts of Tencent Cloud, with the regions that Twokey looks after"`
		Channels   []string      `yaml:"channels" about:"where proposals may be made; empty: wherever the bot was invited"`
		Proposers  peopleYAML    `yaml:"proposers" about:"who may propose; empty: every full member of the workspace"`
		Terms      termsYAML     `yaml:",inline"`
		Limits     limitsYAML    `yaml:"limits" about:"of each account; what is too much waits, first come first served"`
		Durability *string       `yaml:"durability" choice:"required|best-effort" about:"whether a crash of Redis may lose the record of a call"`
		Replicas   *int          `yaml:"replicas" about:"how many replicas each primary of Redis has; without it, the most that it ever had"`
		Audit      *string       `yaml:"audit" about:"where each entry of the audit goes as well: stdout, file:///path, https://.., syslog://host:601"`
		WatchEvery *string       `yaml:"watch_every" about:"how often the machines of proposals that ended in the last 7 days are looked at"`
		Probe      *probeYAML    `yaml:"probe" about:"after a reset, see whether the login port answers Twokey"`
		IgnoreTags []string      `yaml:"ignore_tags" about:"keys of tags that a job rewrites: their change takes no key back"`
		Rules      []ruleYAML    `yaml:"rules" about:"the first that matches replaces the values above; one that forbids counts wherever it stands"`
	}
	accountYAML struct {
		Name         string   `yaml:"name" about:"without spaces and slashes"`
		Regions      []string `yaml:"regions" about:"such as ap-guangzhou"`
		Currency     string   `yaml:"currency" about:"such as CNY"`
		SecretIDEnv  string   `yaml:"secret_id_env" about:"the environment variable with the secret id"`
		SecretKeyEnv string   `yaml:"secret_key_env" about:"the environment variable with the secret key"`
		RoleARN      string   `yaml:"role_arn" about:"the role that is assumed"`
		Domain       string   `yaml:"domain" choice:"intl" about:"intl: the international site"`
	}
	peopleYAML struct {
		Groups []string `yaml:"groups" about:"ids of user groups, such as S0ONCALL"`
		Users  []string `yaml:"users" about:"ids of users, such as U0AAA111"`
	}
	termsYAML struct {
		Approvers    *peopleYAML `yaml:"approvers" about:"who may approve"`
		Approvals    *int        `yaml:"approvals" about:"distinct people, never the proposer: 1 to 5"`
		Quorum       *[]seatYAML `yaml:"quorum" about:"in place of approvers and approvals: each entry needs its keys"`
		Timezone     *string     `yaml:"timezone" about:"of quiet_hours, open and closed, such as Asia/Shanghai; without it, UTC"`
		Open         *[]string   `yaml:"open" about:"when calls may go out, such as Mon-Fri 09:00-17:00"`
		Closed       *[]shutYAML `yaml:"closed" about:"when no call goes out"`
		Backup       *string     `yaml:"backup" choice:"required|optional" about:"whether a proven backup is needed"`
		BackupMaxAge *string     `yaml:"backup_max_age" about:"such as 24h"`
		Countdown    *string     `yaml:"countdown" about:"5s to 1h, from when it stands on the card and in the thread"`
		ExpiresAfter *string     `yaml:"expires_after" about:"such as 4h"`
		Hold         *string     `yaml:"hold" choice:"anyone|approvers" about:"who may stop a countdown: any full member of the workspace, or approvers and the proposer"`
		Price        *string     `yaml:"price" choice:"required|optional" about:"whether a price that cannot be quoted blocks"`
		Images       imagesYAML  `yaml:"images" about:"which images may be used"`

		Around aroundYAML `yaml:"around" choice:"warns|blocks|approval" about:"what is seen around a machine, and what it does"`
		Asking askingYAML `yaml:",inline"`
	}
	imagesYAML struct {
		Marketplace *string `yaml:"marketplace" choice:"warn|block" about:"a marketplace image that the machine does not run"`
	}
	limitsYAML struct {
		AtOnce  int                     `yaml:"at_once" about:"reinstalls at the same time; 0: no limit"`
		PerHour int                     `yaml:"per_hour" about:"reinstalls in an hour; 0: no limit"`
		ByTag   map[string]tagLimitYAML `yaml:"by_tag" about:"of the machines with a tag, such as team=shop"`
	}
	tagLimitYAML struct {
		AtOnce  int `yaml:"at_once" about:"reinstalls at the same time; 0: no limit"`
		PerHour int `yaml:"per_hour" about:"reinstalls in an hour; 0: no limit"`
	}
	ruleYAML struct {
		Match  matchYAML `yaml:"match" about:"all that is given must hold"`
		Terms  termsYAML `yaml:",inline"`
		Forbid *string   `yaml:"forbid" about:"why these machines are never reinstalled: the sentence that people read"`
	}
	matchYAML struct {
		Tags           map[string]string `yaml:"tags" about:"the machine has all of them"`
		Name           *string           `yaml:"name" about:"the machine's name, such as db-*"`
		Regions        *[]string         `yaml:"regions" about:"the machine is in one of them"`
		Accounts       *[]string         `yaml:"accounts" about:"the machine is of one of them"`
		PlatformChange *bool             `yaml:"platform_change" about:"whether the reinstall changes the platform (Linux or Windows)"`
	}
	seatYAML struct {
		Groups    []string `yaml:"groups" about:"ids of user groups, such as S0ONCALL"`
		Users     []string `yaml:"users" about:"ids of users, such as U0AAA111"`
		Approvals *int     `yaml:"approvals" about:"distinct people, never the proposer; without it, 1"`
	}
	shutYAML struct {
		From string `yaml:"from" about:"a date or a time, such as 2026-12-24 18:00"`
		To   string `yaml:"to" about:"a date, which is included, or a time"`
		Why  string `yaml:"why" about:"what people read meanwhile"`
	}
	// aroundYAML is what each thing around a machine does, by its code.
	aroundYAML map[string]string
	// askingYAML is how the keys are asked for, in the file's head and in its rules.
	askingYAML struct {
		RemindAfter   *string     `yaml:"remind_after" about:"when those who have not answered are called again; off: never"`
		EscalateAfter *string     `yaml:"escalate_after" about:"when escalate_to is called, and may approve too; off: never"`
		EscalateTo    *peopleYAML `yaml:"escalate_to" about:"who may approve from then on"`
		QuietHours    *string     `yaml:"quiet_hours" about:"when nobody is reminded, such as 22:00-07:00; off: never"`
		BreakGlass    *bool       `yaml:"break_glass" about:"whether one approval less may be taken, once, with a reason that everybody reads"`
		Tell          *string     `yaml:"tell" choice:"channel|direct|both" about:"how approvers are told"`
	}
	// probeYAML asks for the machine's own proof after a reset.
	probeYAML struct {
		SSH    *int    `yaml:"ssh" about:"the port, such as 22"`
		RDP    *int    `yaml:"rdp" about:"the port, such as 3389"`
		From   *string `yaml:"from" choice:"private|public" about:"at which of the machine's addresses Twokey looks"`
		Within *string `yaml:"within" about:"how long it is waited for, such as 5m"`
	}
)

// known are all keys of the file, each once.
var known = keysOf(reflect.TypeFor[fileYAML](), nil)

// keysOf adds a type's keys to those found, and the keys of what lies in it.
func keysOf(t reflect.Type, found []string) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keysOf(t.Elem(), found)
	case reflect.Struct:
	default:
		return found
	}
	fields, names := fieldsOf(t)
	for _, name := range names {
		if !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	for _, name := range names {
		found = keysOf(fields[name].Type, found)
	}
	return found
}
