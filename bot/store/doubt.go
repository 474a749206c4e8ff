package store

import (
	"context"

	"twokey/bot/store/audit"
)

// Doubt is why Redis is not believed, and the way on.
type Doubt struct {
	Why string // a sentence without its full stop
	Way string // the command that goes on
	Key string // names this doubt, on every replica alike
	Cut bool   // it is the audit that was cut
}

// Doubt says why Redis is not believed; its zero value: it is.
func (s *epochs) Doubt() Doubt {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.now.forgot == "":
		return Doubt{}
	case s.now.cut != "":
		return Doubt{Why: s.now.forgot, Way: "bot audit adopt", Key: s.now.cut, Cut: true}
	}
	return Doubt{Why: s.now.forgot, Way: "bot adopt", Key: "forgot." + s.now.epoch.ID}
}

// WentOn says who last went on without entries of the audit, and why; empty: nobody did.
func (s *epochs) WentOn() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.wentOn
}

// SealedHeads reads the ends that were sealed last, and when this life of Redis
// began.
func (s *epochs) SealedHeads(ctx context.Context) (audit.KeptHeads, error) {
	k, err := s.audit.ReadHeads(ctx)
	if err != nil {
		return k, err
	}
	f, err := s.readEpochs(ctx)
	e, why := f.agreed()
	if k.Life = why; why == "" {
		k.Since = e.Began
	}
	return k, err
}
