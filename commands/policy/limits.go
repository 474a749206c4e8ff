package policy

import (
	"maps"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
)

// readLimits reads the budget.
func (r *reader) readLimits(y limitsYAML) model.Limits {
	l := model.Limits{AtOnce: y.AtOnce, PerHour: y.PerHour}
	if l.AtOnce < 0 || l.PerHour < 0 {
		r.addMistake("$.limits", "a limit is a number from 0 (none) up")
	}
	for _, tag := range slices.Sorted(maps.Keys(y.ByTag)) {
		t := y.ByTag[tag]
		path := "$.limits.by_tag." + pathKey(tag)
		name, value, ok := strings.Cut(tag, "=")
		switch {
		case !ok || name == "" || value == "":
			r.addMistake(path, "%q is not a tag; write it like \"team=shop\"", tag)
		case t.AtOnce < 0 || t.PerHour < 0:
			r.addMistake(path, "a limit is a number from 0 (none) up")
		case t.AtOnce == 0 && t.PerHour == 0:
			r.addMistake(path, "nothing is limited; give at_once, per_hour or both")
		}
		l.ByTag = append(l.ByTag, model.TagLimit{Tag: tag, AtOnce: t.AtOnce, PerHour: t.PerHour})
	}
	return l
}
