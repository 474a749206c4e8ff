package store

import (
	"context"
	"fmt"
	"time"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

const (
	// newestPage is how many entries of the audit are read at once, from its end.
	newestPage = 32
	// newestSlack is how far Redis' clock may be from ours.
	newestSlack = 5 * time.Minute
)

// Newest implements port.Store. A process that was started again has seen
// nothing, and the audit has: an old record would only pass if the audit were cut, too.
func (s *arming) Newest(ctx context.Context, r port.Record) (bool, error) {
	p := keys.OfID(r.Op.ID)
	for end := "+"; ; {
		ms, err := s.db.XRevRangeN(ctx, p.Audit(), end, "-", newestPage).Result()
		if err != nil {
			return false, fmt.Errorf("the last revision of %s in the audit: %w", r.Op.ID, err)
		}
		for _, m := range ms {
			e, err := audit.DecodeEntry(p.String(), m)
			if err != nil {
				continue
			}
			if e.Time().Before(r.Op.ProposedAt.Add(-newestSlack)) {
				return true, nil // of an earlier proposal with this id, if of any
			}
			if b, ok := s.transitionOf(e, r.Op.ID); ok {
				if b.Rev > r.Rev {
					s.records.seen.noteRead(r.Op.ID, b.Rev, reinstall.State(b.State))
				}
				return b.Rev <= r.Rev, nil
			}
		}
		if len(ms) < newestPage {
			return true, nil
		}
		end = "(" + ms[len(ms)-1].ID
	}
}

// transitionOf reads an entry of a transition of this operation that Twokey
// wrote.
func (s *arming) transitionOf(e audit.Entry, id string) (audit.Body, bool) {
	b, err := e.Read()
	if err != nil || b.Kind != audit.KindTransition || b.Op != id {
		return b, false
	}
	return b, e.SealFits(s.seal, keys.OfID(id).String())
}
