package main

import (
	"context"

	"twokey/bot/store"
	"twokey/commands/engine"
)

// watchRedisTrust reports when Redis is no longer believed, and when it is again. It
// returns when ctx ends.
func (s *service) watchRedisTrust(ctx context.Context) {
	if why := s.store.Forgotten(); why != "" { // since before this process began
		s.reportRedisTrust(ctx, why)
	}
	s.store.WatchLife(ctx, func(why string) { s.reportRedisTrust(ctx, why) })
}

// reportRedisTrust logs a change, and has it reported in the channels. An empty why
// means that Redis is believed again.
func (s *service) reportRedisTrust(ctx context.Context, why string) {
	before, now := s.distrust, s.store.Doubt()
	s.distrust = now
	if why == "" {
		s.reportTrustRestored(ctx, before)
		return
	}
	s.log.Error("nothing is armed: "+why+". Go on with "+now.Way+", once it is known what happened.",
		"epoch", s.store.Epoch())
	if now.Cut {
		s.metrics.count("tampered", "audit")
	} else {
		s.metrics.count("tampered", "redis")
	}
	go s.twokey.AnnounceDistrust(ctx, engine.Distrust{Key: now.Key, Why: why, Way: now.Way, Cut: now.Cut})
}

// reportTrustRestored reports that Redis is believed again, and who went on.
func (s *service) reportTrustRestored(ctx context.Context, before store.Doubt) {
	over := engine.Distrust{Key: before.Key, Cut: before.Cut}
	if over.Key == "" { // another replica reported it, in another epoch
		over.Key = "forgot." + s.store.Epoch()
	}
	if over.Cut {
		over.Who = s.store.WentOn()
	}
	s.log.Warn("redis: is believed again", "epoch", s.store.Epoch(), "went_on", over.Who)
	go s.twokey.AnnounceDistrust(ctx, over)
}
