package main

import (
	"context"
	"fmt"
	"time"

	"twokey/bot/chat"
	"twokey/commands/port"
)

const (
	aliveEvery  = 3 * time.Second // the interval of counting the replicas
	noticeWrite = 2 * time.Second // how long writing a notice may take
)

// replicaCount is what this replica knows of the others.
type replicaCount struct {
	last  int // the count before
	quiet port.LogThrottle
}

// shareWithReplicas has the replicas share Slack's limits, and what they notice of
// Slack.
func (s *service) shareWithReplicas(ctx context.Context) {
	s.chat.Among(s.store, s.keepNotice)
	s.countReplicas(ctx)
}

// keepCountingReplicas counts the replicas until ctx ends. Then it takes this one out
// of the count.
func (s *service) keepCountingReplicas(ctx context.Context) {
	t := time.NewTicker(aliveEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			if err := s.store.Absent(leave); err != nil {
				s.log.Debug("replicas: this one did not leave the count, which forgets it soon", "err", err)
			}
			return
		case <-t.C:
			s.countReplicas(ctx)
		}
	}
}

// countReplicas divides Slack's limits by the replicas that are alive. If Redis does
// not answer, the last count holds.
func (s *service) countReplicas(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, aliveEvery)
	defer cancel()
	n, err := s.store.Present(ctx)
	if err != nil {
		if silent, yes := s.shared.quiet.ShouldLog("present", err, time.Now()); yes && ctx.Err() == nil {
			s.log.Warn("replicas: cannot be counted, so Slack's limits stay divided as they are",
				"silent", silent, "err", err)
		}
		return
	}
	s.chat.Share(n)
	if n == s.shared.last {
		return
	}
	s.shared.last = n
	s.log.Info("replicas: share Slack's limits", "replicas", n)
	if s.cfg.SlackAppToken != "" && n > chat.MostReplicas {
		s.log.Error(tooManyReplicas(n))
	}
}

// keepNotice keeps a notice for bot check, and makes nobody wait.
func (s *service) keepNotice(n chat.Notice) {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), noticeWrite)
		defer cancel()
		if err := s.store.Notice(ctx, string(n)); err != nil {
			s.log.Debug("replicas: a notice for bot check was not kept", "notice", n, "err", err)
		}
	}()
}

func tooManyReplicas(n int) string {
	return fmt.Sprintf(
		"%d replicas run, and with Socket Mode Slack serves at most %d: it takes ten connections of an app, "+
			"and each replica has two (too_many_websockets). Run fewer, or use HTTP", n, chat.MostReplicas)
}
