package commands

import (
	"strings"
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// corrected is the press of a correction with this line.
func (f *front) corrected(t *testing.T, dedupe, user, line string) port.Reply {
	t.Helper()
	in := f.by(user, port.VerbCorrection, "", nil)
	in.Dedupe, in.Text, in.Rev = dedupe, line, 0
	return f.Press(t.Context(), in)
}

// fieldOf is what a form has in a field.
func fieldOf(f view.Form, id string) string {
	for _, x := range f.Fields {
		if x.ID == id {
			return x.Value
		}
	}
	return ""
}

// A correction of a proposal opens the form with all that the line has, and stores
// nothing.
func TestACorrectionOpensTheFormAsTheLineHasIt(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want map[string]string
		says string
		away string
	}{
		"all of it": {
			webRef + ` --image "Ubuntu 22.04" --disk 80 --hostname shop --login key:skey-1,skey-2 --backup image ` +
				`--reason "it's down"`,
			map[string]string{
				"target": webRef, "image": "img-487zeit5", "disk": "80", "host": "shop", "keys": "skey-1,skey-2",
				"backup": "image", "reason": "it's down",
			},
			"", "",
		},
		"a name": {
			`web-01 --reason "x y"`,
			map[string]string{"target": webRef, "reason": "x y"},
			"", "",
		},
		"a machine that has gone": {
			"main/ap-guangzhou/ins-00000009",
			map[string]string{"target": ""},
			"is not among the machines now", "",
		},
		"an image of none": {
			webRef + " --image img-none",
			map[string]string{"target": webRef},
			"“img-none” is not filled in", "",
		},
		"a certain backup": {
			webRef + " --backup snapshot:snap-1",
			map[string]string{"backup": "later"},
			"no place for --backup snapshot:snap-1", "",
		},
		"no fleet": {
			webRef,
			map[string]string{"target": ""},
			"Not all machines could be read just now", "fleet",
		},
		"no images": {
			webRef + " --image img-487zeit5",
			map[string]string{"target": webRef, "image": ""},
			"is not filled in", "images",
		},
		"another region": {
			"web-01 --region ap-tokyo",
			map[string]string{"target": ""},
			"“web-01” is not among the machines", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := newFormFront(t)
			f.away[c.away] = true
			if r := f.corrected(t, "d1", "U0ANN", c.line); len(r.Text) > 0 || r.No || len(f.stored) > 0 {
				t.Fatalf("%+v, %v", r, f.stored)
			}
			if len(f.forms) == 0 {
				t.Fatal("no form")
			}
			form := f.forms[len(f.forms)-1]
			for id, want := range c.want {
				if got := fieldOf(form, id); got != want {
					t.Errorf("%s: %q, not %q", id, got, want)
				}
			}
			said := ""
			for _, x := range form.Intro {
				said += x.String() + "\n"
			}
			if !strings.Contains(said, c.says) {
				t.Errorf("it does not say %q: %s", c.says, said)
			}
		})
	}
}

// A button is pressed by whoever presses it, where they press it, now: what its value says
// counts as if they had typed it, and a verb that has no form is not done by it at all.
func TestACorrectionIsCheckedAsAPress(t *testing.T) {
	for name, c := range map[string]struct {
		user, line, channel string
		says                string
	}{
		"a guest":                 {"U0GUS", webRef, "", "guest"},
		"another channel":         {"U0ANN", webRef, "C0OTHER", "not one where reinstalls are handled"},
		"a proposal for nobody":   {"U0ANN", "reject 0000 it is wrong", "", "there is no proposal 0000"},
		"somebody else's":         {"U0DEE", "backup ID", "C0OTHER", "there is no proposal ID"},
		"approve":                 {"U0BOB", "approve ID", "", "this button is not one of ours"},
		"break the glass":         {"U0BOB", "break-glass ID now", "", "this button is not one of ours"},
		"cancel":                  {"U0ANN", "cancel ID", "", "this button is not one of ours"},
		"freeze":                  {"U0ANN", "freeze now", "", "this button is not one of ours"},
		"unfreeze":                {"U0ANN", "unfreeze", "", "this button is not one of ours"},
		"a password":              {"U0ANN", "password ID", "", "this button is not one of ours"},
		"several machines":        {"U0ANN", "web-01 web-02", "", "this button is not one of ours"},
		"no line":                 {"U0ANN", `web-01 --reason "`, "", "this button is not one of ours"},
		"a disk of nothing":       {"U0ANN", "web-01 --disk -1", "", "this button is not one of ours"},
		"no reason to look so at": {"U0ANN", "resolve ID done I looked", "", "no outcome of ID is unknown now"},
	} {
		t.Run(name, func(t *testing.T) {
			f, id := newFormFront(t)
			in := f.by(c.user, port.VerbCorrection, "", nil)
			in.Text = strings.ReplaceAll(c.line, "ID", id)
			if c.channel != "" {
				in.Channel = c.channel
			}
			r := f.Press(t.Context(), in)
			if says := strings.ReplaceAll(c.says, "ID", id); !strings.Contains(r.Text.String(), says) {
				t.Errorf("it does not say %q: %s", says, r.Text)
			}
			if len(f.forms) > 0 || len(f.stored) > 0 || len(f.notes) != 1 {
				t.Errorf("%d forms, %d stored, %d noted in the audit", len(f.forms), len(f.stored), len(f.notes))
			}
		})
	}
}

// What changes a proposal is never done by the button: its form opens, bound to the plan
// as it is now.
func TestACorrectionOfAVerbOpensItsForm(t *testing.T) {
	f, id := newFormFront(t)
	for verb, line := range map[string]string{
		model.VerbReject: "reject " + id + " it is wrong", model.VerbImage: "image " + id,
		model.VerbBackup: "backup " + id,
	} {
		f.forms = nil
		if r := f.corrected(t, "d"+verb, "U0BOB", line); len(r.Text) > 0 || len(f.forms) == 0 {
			t.Fatalf("%s: %s", verb, r.Text)
		}
		if form := f.forms[0]; form.Verb != verb || form.Op != id || form.Rev != 1 || len(f.stored) > 0 {
			t.Errorf("%s: %+v, %v", verb, form, f.stored)
		}
		if verb == model.VerbReject && fieldOf(f.forms[0], "reason") != "it is wrong" {
			t.Errorf("%+v", f.forms[0])
		}
	}
}

// What only reads is done, once for a press that is delivered again.
func TestACorrectionThatOnlyReadsIsDone(t *testing.T) {
	f, id := newFormFront(t)
	for line, says := range map[string]string{"list": id, "help": "/reinstall help all", "show " + id: "web-01"} {
		if r := f.corrected(t, line, "U0ANN", line); !strings.Contains(r.Text.String(), says) || r.No {
			t.Errorf("%s: %s", line, r.Text)
		}
	}
	f.corrected(t, "d1", "U0ANN", "check web-01")
	f.corrected(t, "d1", "U0ANN", "check web-01")
	if l := f.storedLine(t); l.Verb != model.VerbCheck || l.Request.Target != "web-01" {
		t.Errorf("%+v", l)
	}
}

// Every line on a button can be pressed, and what has no button says what to type.
func TestWhatMayHaveBeenMeantHasAButtonIfItCanHaveOne(t *testing.T) {
	for typed, want := range map[string]struct{ says, button string }{
		"lits":                           {"Did you mean /reinstall list?", "list"},
		"aprove 7K3Q":                    {"Did you mean /reinstall approve 7K3Q? If so, type that.", ""},
		"rejct 7K3Q it is wrong":         {"Did you mean /reinstall reject 7K3Q it is wrong?", "reject 7K3Q"},
		"chekc web-01":                   {"Did you mean /reinstall check web-01?", "check web-01"},
		"web-01 --reason kernel panics":  {`/reinstall web-01 --reason "kernel panics"?`, "web-01 with this reason"},
		"web-01 kernel panics":           {"", ""},
		"histroy web-01":                 {"Did you mean /reinstall history web-01?", "history web-01"},
		"resole 7K3Q failed I looked":    {"/reinstall resolve 7K3Q failed I looked?", "resolve 7K3Q"},
		"passwrod 7K3Q":                  {"If so, type that.", ""},
		"web-01 --image img-1 --reasn x": {"", ""},
	} {
		words, buttons := meantBy(typed)
		got := ""
		for _, b := range buttons {
			got += b.Label
		}
		if !strings.Contains(words.String(), want.says) || (want.says == "") != (len(words) == 0) || got != want.button {
			t.Errorf("%q: %q with %q", typed, words, got)
		}
	}
}
