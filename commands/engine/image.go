package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
)

// askImage makes the event of asking for a backup image; where the region has
// no room for one, it is refused before anything is noted.
func (i *images) askImage(ctx context.Context, l port.Line, rec port.Record, s reinstall.Actor) (reinstall.Event,
	error,
) {
	e := reinstall.AskImage{By: s, Stop: l.Stop}
	if _, r := reinstall.Step(rec.Op, e, i.now()); r != nil {
		return nil, r
	}
	return e, i.checkImageQuota(ctx, rec.Op.Plan.Ref)
}

// checkImageQuota refuses where the region's quota of own images is used up.
func (i *images) checkImageQuota(ctx context.Context, ref model.Ref) error {
	used, most, err := i.cloud.ImageRoom(ctx, ref)
	if err != nil || used < most {
		return err
	}
	return model.Refuse(model.RefusalTitle(model.VerbImage),
		fmt.Sprintf("%s has %d own images, and the cloud allows %d", ref.Region, used, most),
		"Delete images that nobody needs, or confirm a snapshot where one counts")
}

// imageGrace is how long an image may fail to be started, or to be listed,
// before people are told.
const imageGrace = 3 * time.Minute

// startImage starts the backup image, or finds the one that was started before
// the answer was lost: its name is the operation's.
func (i *images) startImage(ctx context.Context, l leased) error {
	p, m := l.Op.Plan, l.Op.Making
	if !m.Looked { // no call of it can be out
		if done, err := i.mayStop(ctx, l); done || err != nil {
			return err
		}
	}
	img, found, err := i.cloud.ImageByName(ctx, p.Ref, m.Name)
	if err != nil {
		i.following.noteUnreachable(ctx, l, "start an image", err)
		return nil
	}
	if !found && !m.Looked {
		seen, err := i.cloud.Look(ctx, p.Account, p.Region, []string{p.Instance})
		s, ok := seen[p.Instance]
		switch {
		case err != nil:
			i.following.noteUnreachable(ctx, l, "look before an image", err)
			return nil
		case !ok:
			return i.following.noteNotShown(ctx, l, "the machine")
		case l.Op.Outage == nil:
			return i.applyEvent(ctx, l, reinstall.ImageLooked{Latest: s.Instance.Latest})
		}
	}
	switch {
	case l.Op.Outage != nil: // all that was asked is answered again
		return i.following.noteReachable(ctx, l)
	case found:
		return i.applyEvent(ctx, l, reinstall.ImageStarted{ID: img.ID})
	}
	return i.beginImage(ctx, l)
}

// beginImage makes the call for the backup image.
func (i *images) beginImage(ctx context.Context, l leased) error {
	p, m := l.Op.Plan, l.Op.Making
	id := ""
	err := i.checkImageQuota(ctx, p.Ref)
	if err == nil && m.Clean { // looking took place before the questions above
		if seen, err := i.cloud.Look(ctx, p.Account, p.Region, []string{p.Instance}); err != nil {
			return err
		} else if now := seen[p.Instance].Instance.Latest; !now.Same(l.Op.Baseline) {
			return i.applyEvent(ctx, l, reinstall.ImageLooked{Latest: now})
		}
	}
	if err == nil {
		if done, err := i.mayStop(ctx, l); done || err != nil {
			return err
		}
		id, err = i.cloud.CreateImage(ctx, p.Ref, m.Name, m.Stop)
	}
	if r := port.AsRefusal(err); r != nil {
		return i.applyEvent(ctx, l, reinstall.ImageGone{Why: strings.TrimSuffix(r.Why, "."), Next: r.Next})
	}
	no, denied := errors.AsType[*port.AccessDeniedError](err)
	switch {
	case denied:
		i.log.Error("may not make an image", "op", l.Op.ID, "err", err)
		return i.applyEvent(ctx, l, reinstall.ImageGone{Why: "the cloud does not let Twokey make images of it" +
			denialHint(no, "its key or its permissions")})
	case err != nil && i.now().Sub(m.At) > imageGrace:
		i.log.Error("could not start an image", "op", l.Op.ID, "err", err)
		return i.applyEvent(ctx, l, reinstall.ImageGone{Why: "the cloud did not take the request for " +
			model.HumanDuration(imageGrace)})
	case err != nil:
		return err
	}
	return i.applyEvent(ctx, l, reinstall.ImageStarted{ID: id})
}

// awaitImage follows the backup image until it is usable and the machine is
// free again.
func (i *images) awaitImage(ctx context.Context, l leased) error {
	p, m := l.Op.Plan, l.Op.Making
	img, found, err := i.cloud.ImageByName(ctx, p.Ref, m.Name)
	if err != nil {
		i.following.noteUnreachable(ctx, l, "follow an image", err)
		return nil
	}
	switch {
	case !found && reinstall.AbsentFor(l.Op, i.now()) < imageGrace: // listings are late at times
		return i.following.noteNotShown(ctx, l, "the image "+m.ID)
	case !found:
		return i.applyEvent(ctx, l, reinstall.ImageGone{Why: "the cloud does not show " + m.ID})
	case l.Op.Outage != nil:
		return i.following.noteReachable(ctx, l)
	case img.State == "CREATEFAILED":
		return i.applyEvent(ctx, l, reinstall.ImageGone{Why: "the cloud could not make " + m.ID})
	case img.State != model.ImageNormal && reinstall.ImageOverdue(l.Op, i.now()):
		return i.applyEvent(ctx, l, reinstall.ImageGone{Why: m.ID + " is not ready after " +
			model.HumanDuration(reinstall.ImageTimeout) + " (" + img.State + ")"})
	case img.State != model.ImageNormal && img.Percent >= m.Percent+screen.ProgressStep && img.Percent <= 100:
		return i.applyEvent(ctx, l, reinstall.ImageProgress{Percent: img.Percent})
	case img.State != model.ImageNormal:
		i.Release(ctx, l.Claim, imagePoll)
		return nil
	}
	f, err := i.cloud.Read(ctx, p.Ref, l.Op.Request, m.ID)
	if err != nil {
		i.following.noteUnreachable(ctx, l, "read after the backup image", err)
		return nil
	}
	if f.Instance.Latest.State == "OPERATING" {
		i.Release(ctx, l.Claim, imagePoll)
		return nil
	}
	return i.applyEvent(ctx, l, reinstall.ImageReady{Evidence: f.Evidence, Latest: f.Instance.Latest})
}
