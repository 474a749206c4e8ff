package proposals

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

const (
	// earlierOnes is how many of a machine's proposals are looked at, and otherOnes
	// how many of all machines'.
	earlierOnes = 20
	otherOnes   = 60
)

// earlierFinder finds earlier resets, and reads those of all machines at most once.
type earlierFinder struct {
	store Store
	all   []reinstall.Operation
	read  bool
}

// earlierOf is what an operation is compared with; nothing where it is not under way.
func (p *earlierFinder) earlierOf(ctx context.Context, op reinstall.Operation) (screen.EarlierResets, error) {
	if !screen.IsRunning(op) {
		return screen.EarlierResets{}, nil
	}
	recs, err := p.store.History(ctx, op.Plan.Ref, earlierOnes)
	if err != nil {
		return screen.EarlierResets{}, err
	}
	own := port.Ops(recs)
	if len(screen.SimilarResets(own, op, screen.SameMachine).Took) == 0 && !p.read {
		ended, err := p.store.Ended(ctx, otherOnes)
		if err != nil {
			return screen.EarlierResets{}, err
		}
		p.all, p.read = port.Ops(ended), true
	}
	return screen.ClosestResets(op, own, p.all), nil
}
