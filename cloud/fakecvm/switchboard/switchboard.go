// Package switchboard has the misbehaviours of the doubled cloud: their names, what
// values they take, and how they stand. It does not misbehave itself; package
// fakecvm asks it at each request.
package switchboard

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Info describes one misbehaviour and how it stands.
type Info struct {
	Name string `json:"name"`
	// Takes is what a value may be besides on, off and next=N.
	Takes string `json:"takes"`
	Help  string `json:"help"`
	// Set is how it stands, "" for off. ByInstance is the same for switches of one
	// instance only.
	Set        string            `json:"set"`
	ByInstance map[string]string `json:"byInstance"`
}

// argument is what kind of value a switch takes.
type argument string

const (
	argNone     argument = ""
	argCode     argument = "CODE"
	argText     argument = "TEXT"
	argAction   argument = "ACTION"
	argDuration argument = "DURATION"
	argNumber   argument = "NUMBER"
)

// definition defines one switch. A level holds for as long as it is on; the
// others act on a request and can be counted.
type definition struct {
	name      string
	takes     argument
	level     bool
	byDefault string // argument when none is given
	delivery  Delivery
	help      string
}

// Delivery is how an answer fails to arrive.
type Delivery int

const (
	Whole Delivery = iota
	Drop
	Hang
	SlowBody
	HTML
	Empty
	NoRequestID
	Redirect307
	Redirect302
	Hold
)

// definitions lists all switches but the families error:ACTION, drop:ACTION,
// hold:ACTION and slow:ACTION.
var definitions = []definition{
	{name: "reset_drop_before", delivery: Drop, help: "ResetInstance: the connection is cut before anything is executed"},
	{
		name: "reset_drop_after", delivery: Drop,
		help: "ResetInstance: executed, then the connection is cut: the answer is lost",
	},
	{
		name: "reset_hang", delivery: Hang,
		help: "ResetInstance: executed, never answered until the client leaves (off lets go of those that hang)",
	},
	{
		name: "reset_slow_body", delivery: SlowBody,
		help: "ResetInstance: executed, headers and half of the body arrive, then the connection is cut",
	},
	{name: "reset_html_502", delivery: HTML, help: "ResetInstance: not executed, a gateway answers 502 in HTML"},
	{name: "reset_html_502_after", delivery: HTML, help: "ResetInstance: executed, but a gateway answers 502 in HTML"},
	{name: "reset_empty", delivery: Empty, help: "ResetInstance: executed, answered HTTP 200 {}"},
	{name: "reset_no_request_id", delivery: NoRequestID, help: `ResetInstance: executed, answered {"Response":{}}`},
	{
		name: "redirect_307", delivery: Redirect307,
		help: "ResetInstance: not executed, redirected to the same address (a client that follows sends it again)",
	},
	{
		name: "redirect_302", delivery: Redirect302,
		help: "ResetInstance: not executed, redirected to the same address (a client that follows turns it into GET)",
	},
	{
		name: "reset_late", delivery: Drop, takes: argDuration, byDefault: "10s",
		help: "ResetInstance: the connection is cut at once, the request is executed DURATION of virtual time later",
	},
	{name: "reset_error", takes: argCode, byDefault: "InternalServerError", help: "ResetInstance: refused with CODE"},
	{
		name: "reset_fail", takes: argText, byDefault: "The instance failed to be reinstalled.",
		help: "the accepted reset ends FAILED with TEXT; the instance is then reinstall-failed",
	},
	{name: "reset_stuck", help: "the accepted reset stays OPERATING forever (off releases those that are stuck)"},
	{name: "reset_other_request_id", help: "LatestOperationRequestId of the reset is not the RequestId that was answered"},
	{
		name: "overwrite_after", takes: argAction, byDefault: "RebootInstances",
		help: "right after an accepted reset another actor's ACTION replaces LatestOperation",
	},
	{
		name: "throttle", takes: argCode, byDefault: "RequestLimitExceeded",
		help: "any call: refused with RequestLimitExceeded; a bare number N means next=N",
	},
	{name: "no_limits", level: true, help: "the real limits of requests per second are not enforced"},
	{
		name: "describe_error", takes: argCode, byDefault: "InternalServerError",
		help: "any Describe call: refused with CODE",
	},
	{name: "describe_drop", delivery: Drop, help: "any Describe call: the connection is cut"},
	{name: "describe_empty", delivery: Empty, help: "any Describe call: answered HTTP 200 {}"},
	{name: "describe_null_states", help: "DescribeInstances: LatestOperation, its state, request id and error are null"},
	{
		name: "odd_record_state", level: true, takes: argText, byDefault: "PROCESSING",
		help: "DescribeInstances: LatestOperationState is TEXT where there is a record (unproven)",
	},
	{
		name: "odd_instance_state", level: true, takes: argText, byDefault: "REINSTALLING",
		help: "DescribeInstances: InstanceState is TEXT (unproven)",
	},
	{name: "legacy_reset", level: true, help: "a reset's LatestOperation is ResetInstances, as older resets were called"},
	{
		name: "bare_image_times", level: true,
		help: "DescribeImages: CreatedTime is written without a zone, as CBS does (unproven)",
	},
	{name: "cbs_utc", level: true, help: "the times of CBS are UTC, without saying so (unproven)"},
	{
		name: "other_disk_id", level: true,
		help: "DescribeDisks: system disks bear other ids than their instances say (unproven)",
	},
	{name: "no_system_disk", help: "DescribeInstances: SystemDisk is null, as the API's page allows for any field " +
		"(never recorded)"},
	{
		name: "region_down", level: true, takes: argText, byDefault: "ap-hongkong",
		help: "any call in the region TEXT: InternalError (unproven: what an outage answers was never recorded)",
	},
	{
		name: "region_hangs", level: true, takes: argText, byDefault: "ap-hongkong", delivery: Hang,
		help: "any Describe call in the region TEXT: no answer until the client leaves",
	},
	{
		name: "visible_after", level: true, takes: argDuration, byDefault: "10s",
		help: "an operation is visible DURATION of virtual time after it was accepted (2s when off)",
	},
	{
		name: "state_lag", level: true, takes: argDuration, byDefault: "11s",
		help: "InstanceState shows the end of an operation DURATION after its record does (negative: before; when off, " +
			"one operation in 16 either way by 11s)",
	},
	{
		name: "new_disk_id", level: true,
		help: "a change of platform gives the system disk another id, as pages up to 2024-01 say (cloud/doc.go 6.6)",
	},
	{
		name: "clock_skew", level: true, takes: argDuration, byDefault: "10m",
		help: "the cloud's wall clock is DURATION ahead (negative: behind)",
	},
	{
		name: "image_error", takes: argCode, byDefault: "ResourceInsufficient.CloudDiskUnavailable",
		help: "CreateImage: refused with CODE",
	},
	{
		name: "image_fail", takes: argText, byDefault: "The image failed to be created.",
		help: "the accepted CreateImage ends FAILED with TEXT, its image CREATEFAILED",
	},
	{name: "image_stuck", help: "the accepted CreateImage stays CREATING forever (off releases those that are stuck)"},
	{
		name: "image_drop_after", delivery: Drop,
		help: "CreateImage: executed, then the connection is cut: the answer is lost",
	},
	{
		name: "image_quota", level: true, takes: argNumber, byDefault: "0",
		help: "the limit of custom images is NUMBER (500 when off)",
	},
	{
		name: "snapshot_error", takes: argCode, byDefault: "InsufficientSnapshotQuota",
		help: "CreateSnapshot: refused with CODE",
	},
	{
		name: "snapshot_drop_after", delivery: Drop,
		help: "CreateSnapshot: executed, then the connection is cut: the answer is lost",
	},
	{name: "snapshot_expired", level: true, help: "the snapshots have passed their deadline and are gone"},
	{
		name: "snapshot_expiring", level: true, takes: argDuration, byDefault: "1h",
		help: "the snapshots are not permanent and end in DURATION",
	},
	{name: "price_factor", level: true, takes: argNumber, byDefault: "2", help: "prices are multiplied by NUMBER"},
	{
		name: "price_error", takes: argCode, byDefault: "FailedOperation.InquiryPriceFailed",
		help: "InquiryPriceResetInstance: refused with CODE",
	},
	{
		name: "price_old_page", level: true,
		help: "InquiryPriceResetInstance quotes only changes of platform in the mainland, as older versions of its page " +
			"said",
	},
	{
		name: "strict_platform_disks", level: true,
		help: "a change of platform is refused on disks that the API page does not list (cloud/doc.go 2.7)",
	},
	{
		name: "intl_site", level: true,
		help: "the account is of the international site: under the other site's names it is AuthFailure.SecretIdNotFound",
	},
	{
		name: "no_nulls", level: true,
		help: "lists that are empty are never null (for a third of all entries they are when off, cloud/doc.go 4.11)",
	},
	{
		name: "audit_delay", level: true, takes: argDuration, byDefault: "0s",
		help: "CloudAudit shows an event DURATION of virtual time after the call (7s to 10s when off)",
	},
	{
		name: "audit_refused", level: true, takes: argCode, byDefault: "UnauthorizedOperation",
		help: "DescribeEvents: refused with CODE, as where the account does not allow it",
	},
	{name: "audit_odd_times", level: true, help: "CloudAudit's times are milliseconds (unproven)"},
	{
		name: "audit_keys", level: true,
		help: "CloudAudit's events name the access key (unproven: the one recorded event's is empty, cloud/doc.go 10.3)",
	},
	{
		name: "audit_api_calls", level: true,
		help: "CloudAudit's events say of every call that it came by the API, also of those at the console",
	},
	{
		name: "audit_reset_name", level: true, takes: argText, byDefault: "ConvertOperatingSystems",
		help: "CloudAudit calls a reset at the console TEXT (what it is really called is unknown, cloud/doc.go 10.4)",
	},
	{
		name: "cam_down", takes: argText, byDefault: "",
		help: "any call, or those named TEXT: refused because the cloud's own question to CAM fails (cloud/doc.go 3.6)",
	},
	{name: "monitor_empty", level: true, help: "GetMonitorData: answered without any values"},
	{name: "secret_revoked", level: true, help: "the credentials no longer exist: AuthFailure.SecretIdNotFound"},
}

// setting is one switch that is on. left < 0: until switched off.
type setting struct {
	value string
	left  int
}

func (s setting) String() string {
	text := s.value
	if text == "" {
		text = "on"
	}
	if s.left >= 0 {
		text += " next=" + strconv.Itoa(s.left)
	}
	return text
}

type key struct{ name, instance string }

// Board has the switches and how they stand. A switch of one instance comes before
// the same switch of all.
type Board struct {
	definitions map[string]definition
	settings    map[key]setting
}

// New makes a board with every switch off. For each action it also has the switches
// error:ACTION, drop:ACTION and so on.
func New(actions []string) Board {
	b := Board{definitions: map[string]definition{}, settings: map[key]setting{}}
	for _, d := range definitions {
		b.definitions[d.name] = d
	}
	for _, action := range actions {
		b.definitions["error:"+action] = definition{
			name: "error:" + action, takes: argCode, byDefault: "InternalServerError", help: action + ": refused with CODE",
		}
		b.definitions["drop:"+action] = definition{
			name: "drop:" + action, delivery: Drop, help: action + ": executed, then the connection is cut",
		}
		b.definitions["hold:"+action] = definition{
			name: "hold:" + action, delivery: Hold,
			help: action + ": executed, the answer is held back (off lets go of those that are held)",
		}
		b.definitions["slow:"+action] = definition{
			name: "slow:" + action, takes: argDuration, byDefault: "6s",
			help: action + ": executed, the answer takes DURATION of real time",
		}
		for how, help := range partialAnswers {
			b.definitions[how+":"+action] = definition{name: how + ":" + action, help: action + ": " + help}
		}
	}
	return b
}

// partialAnswers are the families of answers that say less than the truth. Late
// lists were recorded (cloud/doc.go 5.5). Null lists and other ids are unproven; the
// SDK would pass both on.
var partialAnswers = map[string]string{
	"empty": "its lists are empty, and their total 0",
	"null":  "its lists are null, and the total is not (unproven)",
	"other": "its entries bear other ids than those that were asked for (unproven)",
	"twice": "every entry comes twice (unproven)",
}

// DeliveryOf is how an answer travels if the switch of that name decides.
func DeliveryOf(fate string) Delivery {
	switch {
	case strings.HasPrefix(fate, "drop:"):
		return Drop
	case strings.HasPrefix(fate, "hold:"):
		return Hold
	}
	for _, d := range definitions {
		if d.name == fate {
			return d.delivery
		}
	}
	return Whole
}

func (b Board) find(name, instance string) (key, setting, bool) {
	for _, key := range []key{{name, instance}, {name, ""}} {
		if s, ok := b.settings[key]; ok {
			return key, s, true
		}
	}
	return key{}, setting{}, false
}

// Take uses a switch once, if it is on for the instance or for all.
func (b Board) Take(name, instance string) (value string, ok bool) {
	key, s, ok := b.find(name, instance)
	if !ok {
		return "", false
	}
	if s.left > 0 {
		s.left--
		b.settings[key] = s
	}
	if s.left == 0 {
		delete(b.settings, key)
	}
	return s.value, true
}

// Level reads a switch without using it up.
func (b Board) Level(name, instance string) (value string, ok bool) {
	_, s, ok := b.find(name, instance)
	return s.value, ok
}

// On reports whether a switch is on, without using it up.
func (b Board) On(name, instance string) bool {
	_, ok := b.Level(name, instance)
	return ok
}

// Duration reads the value of a level that takes a duration; off is for a switch
// that is off.
func (b Board) Duration(name, instance string, off time.Duration) time.Duration {
	value, ok := b.Level(name, instance)
	if d, err := time.ParseDuration(value); ok && err == nil {
		return d
	}
	return off
}

// Number is Duration for a level that takes a number.
func (b Board) Number(name, instance string, off float64) float64 {
	value, ok := b.Level(name, instance)
	if n, err := strconv.ParseFloat(value, 64); ok && err == nil {
		return n
	}
	return off
}

var countSuffix = regexp.MustCompile(`(?:^|[\s,;]+)next=([0-9]+)$`)

// parse reads a value: "on", "off", "next=2", "10s", "10s next=2", "3". For off it
// returns left 0.
func (d definition) parse(text string) (setting, error) {
	text = strings.TrimSpace(text)
	s := setting{left: -1}
	if m := countSuffix.FindStringSubmatchIndex(text); m != nil {
		n, err := strconv.Atoi(text[m[2]:m[3]])
		if err != nil {
			return s, fmt.Errorf("switch %s: %w", d.name, err)
		}
		s.left, text = n, strings.TrimSpace(text[:m[0]])
	} else if n, err := strconv.Atoi(text); err == nil && n >= 0 && d.takes != argNumber {
		s.left, text = n, ""
	}
	if text == "off" {
		return setting{}, nil
	}
	if d.level && s.left >= 0 {
		return s, fmt.Errorf("switch %s is a level: it takes no count", d.name)
	}
	if text == "on" {
		text = ""
	}
	if s.value = text; text == "" {
		s.value = d.byDefault
	}
	return s, d.check(text)
}

func (d definition) check(text string) (err error) {
	switch {
	case text == "":
		return nil
	case d.takes == argNone:
		return fmt.Errorf("switch %s takes on, off or next=N, not %q", d.name, text)
	case d.takes == argDuration:
		_, err = time.ParseDuration(text)
	case d.takes == argNumber:
		_, err = strconv.ParseFloat(text, 64)
	}
	if err != nil {
		return fmt.Errorf("switch %s takes a %s: %w", d.name, strings.ToLower(string(d.takes)), err)
	}
	return nil
}

// Set sets a switch for one instance, or for all if instance is empty. off reports
// that it is off now. An unknown name is an error that lists the names.
func (b Board) Set(instance, name, value string) (off bool, err error) {
	def, ok := b.definitions[name]
	if !ok {
		return false, fmt.Errorf("no switch %q; there are: %s", name,
			strings.Join(slices.Sorted(maps.Keys(b.definitions)), ", "))
	}
	s, err := def.parse(value)
	if err != nil {
		return false, err
	}
	if s.left == 0 {
		delete(b.settings, key{name, instance})
		return true, nil
	}
	b.settings[key{name, instance}] = s
	return false, nil
}

// TakeOwn uses a switch once if it is on for this very instance.
func (b Board) TakeOwn(name, instance string) bool {
	if _, own := b.settings[key{name, instance}]; !own {
		return false
	}
	_, ok := b.Take(name, instance)
	return ok
}

// AllOn are the switches that are on, by name or name@instance, and their values.
func (b Board) AllOn() map[string]string {
	on := map[string]string{}
	for key, set := range b.settings {
		name := key.name
		if key.instance != "" {
			name += "@" + key.instance
		}
		on[name] = set.String()
	}
	return on
}

// All lists the switches by name, with their help and how they stand.
func (b Board) All() (all []Info) {
	for _, name := range slices.Sorted(maps.Keys(b.definitions)) {
		all = append(all, b.info(name))
	}
	return all
}

func (b Board) info(name string) Info {
	d := b.definitions[name]
	info := Info{Name: name, Takes: string(d.takes), Help: d.help, ByInstance: map[string]string{}}
	for key, s := range b.settings {
		switch {
		case key.name != name:
		case key.instance == "":
			info.Set = s.String()
		default:
			info.ByInstance[key.instance] = s.String()
		}
	}
	return info
}
