package aftercare

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// As is the way of show that opens all steps.
const As = "steps"

// mostLetters is how much stands in one paragraph of a form.
const mostLetters = 2400

// First is how to log in, and what comes before that or next.
func First(op reinstall.Operation) view.Text {
	steps := Steps(op.Plan, op.LogIn)
	names := op.Plan.KnownAs()
	if op.Plan.Family != model.Linux || len(names) == 0 {
		return view.Say(steps[0], " Next: ", steps[1])
	}
	t := view.Say(steps[0], " Its SSH host key is new; first run ")
	for i, name := range names {
		if i > 0 {
			t = append(t, view.Say(", ")...)
		}
		t = append(t, view.Say(view.Mono("ssh-keygen -R "+name))...)
	}
	return append(t, view.Say(".")...)
}

// Button opens all steps; n is how many there are.
func Button(n int) view.Button {
	return view.Button{Label: fmt.Sprintf("All %d steps", n), Verb: model.VerbShow, As: As}
}

// Count is how many steps there are for a machine.
func Count(op reinstall.Operation) int { return len(Steps(op.Plan, op.LogIn)) }

// Form shows all steps for the machines of a proposal that are done.
func Form(ops []reinstall.Operation, op string) view.Form {
	f := view.Form{Verb: model.VerbShow, Op: op, Title: "What to do next"}
	for _, o := range ops {
		if o.State == reinstall.Done {
			f.Intro = append(f.Intro, Paragraphs(o)...)
		}
	}
	if len(f.Intro) == 0 {
		f.Intro = []view.Text{view.Say("No machine of this proposal is done now.")}
	}
	return f
}

// ListText lists all steps for a machine, for the record.
func ListText(op reinstall.Operation) view.Text {
	t := view.Say(view.Strong("What to do next"))
	for i, step := range Steps(op.Plan, op.LogIn) {
		t = append(t, view.Say(fmt.Sprintf("\n%d. ", i+1), step)...)
	}
	return t
}

// Paragraphs are all steps for one machine, below its name.
func Paragraphs(op reinstall.Operation) []view.Text {
	head := view.Say(view.Strong(op.TypedName()), " · what to do next")
	out, t := []view.Text(nil), head
	for i, step := range Steps(op.Plan, op.LogIn) {
		line := view.Say(fmt.Sprintf("\n%d. ", i+1), step)
		if letters(t)+letters(line) > mostLetters {
			out, t = append(out, t), head
		}
		t = append(slices.Clone(t), line...)
	}
	return append(out, t)
}

func letters(t view.Text) int { return len([]rune(strings.TrimSpace(t.String()))) }
