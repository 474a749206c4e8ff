package store

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
)

const (
	// madeFor is how long a creating command is remembered by itself: longer
	// than an item of the inbox is tried again.
	madeFor = 7 * 24 * time.Hour
	// histLen is how many operations of an instance History can list.
	histLen = 200
)

// Create implements port.Store. The same command under another id, as
// after a crash between Create and Finish, is answered with the record that it
// made first.
func (s *records) Create(ctx context.Context, c port.Change) (port.Record, error) {
	fail := func(err error) (port.Record, error) {
		return port.Record{}, fmt.Errorf("create operation %s: %w", c.Op.ID, audit.ExplainCut(err))
	}
	if err := checkChange(c); err != nil {
		return fail(err)
	}
	if c.Rev != 0 || c.Claim != (port.Claim{}) {
		return fail(fmt.Errorf("%w: a new operation has neither a revision nor a lease", errChange))
	}
	now, args, rest, err := s.changeArgs(c)
	if err != nil {
		return fail(err)
	}
	p, ref := keys.OfID(c.Op.ID), c.Op.Plan.Ref.String()
	args = append(args, madeFor.Milliseconds(), histLen)
	answer, err := redisdb.Strings(s.db.Run(ctx, lua.Create, redisdb.Call{
		Keys: []string{
			p.Op(c.Op.ID), p.Log(c.Op.ID), p.Due(), p.Locks(), p.History(ref), p.Outbox(),
			p.Created(c.Command), p.Owners(), p.Audit(), p.Ended(),
		},
		Args: append(args, rest...),
	}))
	if err != nil {
		return fail(err)
	}
	switch {
	case answer[0] == "ok":
		return s.rememberWritten(c, now)
	case answer[0] == "made" && len(answer) == 2:
		return s.Load(ctx, answer[1])
	case answer[0] == "exists":
		return fail(port.ErrExists)
	case answer[0] == "locked" && len(answer) == 2:
		return fail(&port.LockedError{By: answer[1]})
	}
	return fail(fmt.Errorf("%w: create said %q", redisdb.ErrReply, answer))
}

// Apply implements port.Store: one round trip, whatever the answer. A
// command that is in the log has had its effect, whether it was decided on
// this revision or on another.
func (s *records) Apply(ctx context.Context, c port.Change) (port.Record, error) {
	run, now, err := s.applyCall(c)
	if err != nil {
		return port.Record{}, applyFault(c, err)
	}
	rec, _, err := s.readApplied(c, now, s.db.Run(ctx, lua.Apply, run))
	return rec, err
}

// applyCall makes the call of the apply script, and returns the operation as
// it would be stored.
func (s *records) applyCall(c port.Change) (run redisdb.Call, now stored, err error) {
	if err := checkChange(c); err != nil {
		return redisdb.Call{}, stored{}, err
	}
	if c.Rev < 1 {
		return redisdb.Call{}, stored{}, fmt.Errorf("%w: revision %d", errChange, c.Rev)
	}
	now, args, rest, err := s.changeArgs(c)
	if err != nil {
		return redisdb.Call{}, stored{}, err
	}
	holder := ""
	if c.Claim != (port.Claim{}) {
		holder = s.holderOf(c.Claim)
	}
	p, ref := keys.OfID(c.Op.ID), c.Op.Plan.Ref.String()
	args = append(args, c.Rev, holder)
	return redisdb.Call{
		Keys: []string{
			p.Op(c.Op.ID), p.Log(c.Op.ID), p.Due(), p.Locks(), p.History(ref), p.Outbox(),
			p.Owners(), p.Audit(), p.Ended(),
		},
		Args: append(args, rest...),
	}, now, nil
}

// readApplied reads apply's answer. won is true only if this very call wrote.
func (s *records) readApplied(c port.Change, now stored, cmd *redis.Cmd) (rec port.Record, won bool, err error) {
	fail := func(err error) (port.Record, bool, error) {
		return port.Record{}, false, applyFault(c, err)
	}
	answer, err := redisdb.Strings(cmd)
	if err != nil {
		return fail(err)
	}
	switch {
	case answer[0] == "ok" && len(answer) == 2:
		now.card = answer[1]
		rec, err := s.rememberWritten(c, now)
		return rec, err == nil, err
	case answer[0] == "gone":
		s.cache.drop(c.Op.ID)
		return fail(port.ErrNotFound)
	case answer[0] == "fenced":
		s.cache.drop(c.Op.ID)
		return fail(port.ErrFenced)
	case (answer[0] == "dup" || answer[0] == "stale") && len(answer) == 7:
		rec, err := s.remember(c.Op.ID, stored{
			rev: answer[1], v: answer[2], data: answer[3], card: answer[4], seal: answer[5], ins: answer[6],
		})
		if err == nil && answer[0] == "stale" {
			return fail(&port.StaleError{Now: rec})
		}
		return rec, false, err
	}
	return fail(fmt.Errorf("%w: apply said %q", redisdb.ErrReply, answer))
}

func applyFault(c port.Change, err error) error {
	err = audit.ExplainCut(err)
	return fmt.Errorf("operation %s, revision %d, command %s: %w", c.Op.ID, c.Rev, c.Command, err)
}

// remember decodes a record as Redis has it now and keeps it for Recent.
func (s *records) remember(id string, r stored) (port.Record, error) {
	r.fits = s.sealFits(id, r) // so that what is remembered costs no acknowledgement that again
	rec, err := s.decode(id, r)
	if err != nil {
		s.cache.drop(id)
		return port.Record{}, err
	}
	s.cache.put(id, r)
	return rec, nil
}

// rememberWritten is the record after a change that had effect: what was sent is not
// read back.
func (s *records) rememberWritten(c port.Change, now stored) (port.Record, error) {
	rec := port.Record{Op: c.Op, Rev: c.Rev + 1}
	s.cache.put(c.Op.ID, now)
	s.seen.noteWritten(c.Op.ID, rec.Rev, c.Op.State)
	return rec, readCard(c.Op.ID, now.card, &rec.Card)
}

// SetCard implements port.Store.
func (s *records) SetCard(ctx context.Context, id string, a port.Address) error {
	id, ok := keys.ParseID(id)
	if !ok {
		return port.ErrNotFound
	}
	j, err := toJSON(a)
	if err != nil {
		return err
	}
	card, err := s.db.Run(ctx, lua.Card, redisdb.Call{Keys: []string{keys.OfID(id).Op(id)}, Args: []any{j}}).Text()
	if err == nil && card == "" {
		err = port.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("the card of operation %s: %w", id, err)
	}
	s.cache.setCard(id, card)
	return nil
}
