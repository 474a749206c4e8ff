package home

import (
	"context"
	"time"

	"twokey/commands/screen"
	"twokey/commands/view"
)

// answerStands is how long an answer stands on a Home at most.
const answerStands = 2 * time.Minute

// Answer answers a press on somebody's Home and draws the Home again, as it is after the
// press. Text goes into a form, which whoever pressed cannot miss. If Slack opens none,
// for the trigger lives three seconds, the text stands above all on the Home. An error
// means that text was not shown, or that there is none and the Home could not be drawn.
func (b *Board) Answer(ctx context.Context, user, trigger string, t view.Text) error {
	ctx, cancel := context.WithTimeout(ctx, linksTime+pushTime)
	defer cancel()
	v := b.homes.openViewer(user)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answer = nil
	opened := false
	if len(t) > 0 {
		_, _, err := b.Chat.OpenForm(ctx, trigger, screen.AnswerForm(t))
		if opened = err == nil; !opened {
			b.Log.Info("home: the answer to a press stands on the Home, because Slack opened no form", "by", user,
				"err", err)
			v.answer, v.answerUntil = t, b.Now().Add(answerStands)
		}
	}
	if err := b.openHome(ctx, v, b.Now()); err != nil && !opened {
		return err
	}
	return nil
}
