package screen

import (
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// A reset under way is compared with the machine's own, with those to the same
// image in its account, or with those to the same platform there.
func TestAResetIsComparedWithWhatIsMostLikeIt(t *testing.T) {
	began := time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC)
	done := func(id, account, image string, family model.OSFamily, minutes int) port.Record {
		return port.Record{Op: oper{
			ID: id, State: reinstall.Done, Arming: &reinstall.Arming{At: began},
			End:  &reinstall.End{At: began.Add(time.Duration(minutes) * time.Minute)},
			Plan: model.Plan{Ref: model.Ref{Account: account}, Image: model.Image{ID: image}, Family: family},
		}}
	}
	op := done("7K3Q", "main", "img-a", model.Linux, 0).Op
	op.State, op.End = reinstall.Sent, nil
	image, platform := done("AAAA", "main", "img-a", model.Linux, 12), done("BBBB", "main", "img-b", model.Linux, 20)
	failed := done("CCCC", "main", "img-a", model.Linux, 50)
	failed.Op.State = reinstall.Failed
	for name, c := range map[string]struct {
		own, all []port.Record
		says     string
	}{
		"its own": {
			[]port.Record{platform},
			[]port.Record{image},
			"20 min",
		},
		"the same image": {
			nil,
			[]port.Record{platform, image},
			"12 min with this image",
		},
		"two of the image": {
			nil,
			[]port.Record{image, done("DDDD", "main", "img-a", model.Linux, 14)},
			"12 min and 14 min with this image",
		},
		"the same platform": {
			nil,
			[]port.Record{platform},
			"20 min in this account",
		},
		"only another platform": {
			nil,
			[]port.Record{done("EEEE", "main", "img-w", model.Windows, 9)},
			"10 to 30 min",
		},
		"only another account": {
			nil,
			[]port.Record{done("EEEE", "other", "img-a", model.Linux, 9)},
			"10 to 30 min",
		},
		"only what did not work": {
			nil,
			[]port.Record{failed},
			"10 to 30 min",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := usualText([]oper{op}, []oper{op}, map[string]EarlierResets{op.ID: ClosestResets(op, port.Ops(c.own),
				port.Ops(c.all))}); len(got) < len(c.says) || got[:len(c.says)] != c.says {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestASlowResetNamesTheTicket(t *testing.T) {
	op := oper{
		State: reinstall.Sent, Observed: reinstall.Observed{Slow: true},
		ResetCall: reinstall.ResetCall{RequestID: "req-1"}, Arming: &reinstall.Arming{},
		Plan: model.Plan{Ref: model.Ref{Instance: "ins-1a2b3c4d"}, Name: "web-01"},
	}
	want := "Tencent's advice is to submit a ticket: name ins-1a2b3c4d and request req-1."
	one := progressLines([]oper{op}, nil)
	several := progressLines([]oper{op, {State: reinstall.Proposed}}, nil)
	for _, lines := range [][]text{one, several} {
		last := lines[len(lines)-1].String()
		if len(last) < len(want) || last[len(last)-len(want):] != want {
			t.Errorf("%q", last)
		}
	}
}
