package screen

import (
	"slices"

	"twokey/commands/reinstall/model"
)

// tagAdvice tells what to do about tags that change while people turn keys, as
// far as the policy may leave them out.
func tagAdvice(changes []model.Change) text {
	if !slices.ContainsFunc(changes, func(c model.Change) bool { return c.Name == model.FieldTags }) {
		return nil
	}
	return say("\nIf a job rewrites a tag all the time, whoever runs Twokey can name it under ", mono("ignore_tags"), ".")
}
