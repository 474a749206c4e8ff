package form

import (
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// Resolve asks how somebody knows that an unknown outcome is as they say. ops are
// those of screen.ResolvedWaiting: of several, one is picked. Its memo says as what.
func Resolve(ops []oper, as, op string, rev int64) view.Form {
	f := view.Form{
		Verb: model.VerbResolve, Op: op, Rev: rev, Memo: as, Title: "It was wiped", Submit: "It was wiped",
		Intro: []text{say("This ends proposal ", mono(op), " on your word, and not the cloud's. "+
			"The machine is free for another proposal then.")},
	}
	if as == screen.AsNotWiped {
		f.Title, f.Submit = "It was not wiped", "It was not"
	}
	if len(ops) == 1 && ops[0].State == reinstall.Unknown {
		f.Intro = append([]text{screen.QuestionText(ops[0])}, f.Intro...)
	}
	if len(ops) > 1 {
		pick := view.Field{ID: FieldTarget, Kind: view.FieldChoice, Label: "Machine"}
		for _, o := range ops {
			pick.Options = append(pick.Options, view.Option{Value: o.ID, Label: o.TypedName(), Note: o.Plan.Instance})
		}
		f.Fields = append(f.Fields, pick)
	}
	f.Fields = append(f.Fields, view.Field{
		ID: FieldReason, Kind: view.FieldLong, Label: "How do you know?",
		Holder: "I logged in, and it runs the new system",
	})
	return f
}
