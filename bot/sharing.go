package main

import (
	"context"
	"time"

	"twokey/bot/chat"
	"twokey/commands/port"
)

// What the replicas share of Slack: its limits, and what was noticed of it.

const (
	aliveEvery  = 3 * time.Second
	noticeWrite = 2 * time.Second
)

// replicaCount is how many replicas there were when they were counted last.
type replicaCount struct {
	last  int
	quiet port.Quiet
}

// shareWithReplicas has the chat share with the other replicas.
func (s *service) shareWithReplicas(ctx context.Context) {
	s.chat.Among(s.store, s.keepNotice)
	s.countReplicas(ctx)
}

// keepCountingReplicas counts the replicas until ctx ends; then this one is none of them.
func (s *service) keepCountingReplicas(ctx context.Context) {
	t := time.NewTicker(aliveEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			if err := s.store.Absent(leave); err != nil {
				s.log.Debug("could not leave the count of replicas; it forgets this one soon", "err", err)
			}
			return
		case <-t.C:
			s.countReplicas(ctx)
		}
	}
}

// countReplicas divides Slack's limits by the replicas that are alive. Without an
// answer the last count holds.
func (s *service) countReplicas(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, aliveEvery)
	defer cancel()
	n, err := s.store.Present(ctx)
	if err != nil {
		if silent, yes := s.shared.quiet.Tell("present", err, time.Now()); yes && ctx.Err() == nil {
			s.log.Warn("the replicas could not be counted; Slack's limits stay divided as they were", "silent", silent, "err", err)
		}
		return
	}
	s.chat.Share(n)
	if n == s.shared.last {
		return
	}
	s.shared.last = n
	s.log.Info("Slack's limits are shared by the replicas", "replicas", n)
	if s.cfg.SlackAppToken != "" && n > chat.MostReplicas {
		s.log.Error(tooManyReplicas(n))
	}
}

// keepNotice remembers a notice for bot check, and keeps nobody waiting.
func (s *service) keepNotice(n chat.Notice) {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), noticeWrite)
		defer cancel()
		if err := s.store.Notice(ctx, string(n)); err != nil {
			s.log.Debug("a notice for bot check was not kept", "notice", n, "err", err)
		}
	}()
}
