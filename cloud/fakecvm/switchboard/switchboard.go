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

// Ways of an answer: whole, or what happens to it.
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
			name: "error:" + action, takes: argCode, byDefault: "InternalServerError", help: action +
				": refused with CODE",
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

func (b Board) settingOf(name, instance string) (key, setting, bool) {
	for _, key := range []key{{name, instance}, {name, ""}} {
		if s, ok := b.settings[key]; ok {
			return key, s, true
		}
	}
	return key{}, setting{}, false
}

// Take uses a switch once, if it is on for the instance or for all.
func (b Board) Take(name, instance string) (value string, ok bool) {
	key, s, ok := b.settingOf(name, instance)
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
	_, s, ok := b.settingOf(name, instance)
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

// parseValue reads a value: "on", "off", "next=2", "10s", "10s next=2", "3". For off it
// returns left 0.
func (d definition) parseValue(text string) (setting, error) {
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
	return s, d.checkValue(text)
}

func (d definition) checkValue(text string) (err error) {
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
	s, err := def.parseValue(value)
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
		all = append(all, b.infoOf(name))
	}
	return all
}

func (b Board) infoOf(name string) Info {
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
