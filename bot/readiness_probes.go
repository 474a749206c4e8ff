package main

import (
	"context"
	"errors"
	"fmt"

	"twokey/bot/chat"
	"twokey/commands/port"
)

// The parts as /readyz names them.
const (
	redisProbe  = "redis"
	slackProbe  = "slack"
	cloudProbe  = "cloud"
	socketProbe = "socket mode"
)

func (s *service) newReadiness() *readiness {
	r := &readiness{
		probes: map[string]probeFunc{
			redisProbe: s.probeRedis,
			slackProbe: s.probeSlack,
			cloudProbe: func(ctx context.Context) ([]string, error) { return nil, reportOnly(s.cloud.Ping(ctx)) },
		},
		knownFaults: map[string]func() error{slackProbe: s.chat.BotTokenRefused},
		durability:  s.lastDurability,
	}
	if s.cfg.SlackAppToken != "" {
		r.probes[socketProbe] = s.probeSocket
	}
	return r
}

// redisHealth asks Redis what it can promise, and adds what follows from it to the
// warnings.
func (s *service) redisHealth(ctx context.Context) (port.Health, error) {
	h, err := s.store.Health(ctx)
	switch {
	case err != nil:
	case h.Unkept != "":
		h.Warnings = append(h.Warnings, "No reset starts until that is fixed, or the policy file says "+
			"durability: best-effort: "+h.Unkept+".")
	case !h.AOF || s.policy.BestEffort:
		h.Warnings = append(h.Warnings,
			"Calls are armed all the same: the policy file says durability: best-effort.")
	}
	return h, err
}

// probeRedis returns what Redis cannot promise, and remembers what it does.
func (s *service) probeRedis(ctx context.Context) ([]string, error) {
	h, err := s.redisHealth(ctx)
	if no, ok := errors.AsType[*port.RefusedError](err); ok {
		return nil, fmt.Errorf("%s. %s: %w", no.Why, no.Next, err)
	}
	if err != nil {
		return h.Warnings, err
	}
	s.durability.Store(&h.Keeps)
	for _, id := range s.store.Spoiled() {
		h.Warnings = append(h.Warnings, "The record of "+id+
			" was changed outside Twokey: nothing is done with it until an approver settles it.")
	}
	if d := s.store.Doubt(); d.Why != "" {
		return h.Warnings, &distrustedError{fmt.Errorf(
			"%s. Nothing is armed, and all counts as frozen. Find out what happened, then run %s --why TEXT",
			d.Why, d.Way)}
	}
	return h.Warnings, nil
}

// distrustedError says that Redis answers and is not believed.
type distrustedError struct{ error }

// lastDurability is what Redis said last of the record of a call. It is empty if no
// record is safe.
func (s *service) lastDurability() string {
	if k := s.durability.Load(); k != nil {
		return *k
	}
	return ""
}

// probeSlack asks who the bot is. If Slack is away, that is only reported. A refusal
// lasts until an operator mends it, and until then nobody's key can count.
func (s *service) probeSlack(ctx context.Context) ([]string, error) {
	who, err := s.chat.Hello(ctx)
	no, refused := errors.AsType[*chat.Permanent](err)
	switch {
	case refused:
		return nil, errors.New(chat.Words(no))
	case err != nil:
		return nil, reportOnly(err)
	}
	return s.missingScopes(who), nil
}

// missingScopes words the scopes that the bot token lacks.
func (s *service) missingScopes(who chat.Identity) []string {
	var out []string
	for _, scope := range who.Missing {
		out = append(out, chat.Lacks(s.cfg.SlackBotTokenName, scope))
	}
	if s.rules.Load().NotifiesDirectly() {
		for _, scope := range chat.MissingDirect(who.Granted) {
			out = append(out, chat.Lacks(s.cfg.SlackBotTokenName, scope))
		}
	}
	return out
}

// probeSocket reports whether Slack takes the app token. If it does not, and HTTP is
// not served either, nothing can arrive.
func (s *service) probeSocket(context.Context) ([]string, error) {
	err := s.chat.AppTokenRefused()
	switch {
	case err == nil && s.cfg.SlackSigningSecret == "" && !s.chat.AppTokenTaken():
		return nil, errors.New("Slack was not reached yet: without Socket Mode nothing arrives")
	case err == nil && s.chat.Crowded():
		return []string{chat.CrowdedWords() + "."}, nil
	case err == nil:
		return nil, nil
	}
	say := chat.Words(err)
	if s.cfg.SlackSigningSecret == "" {
		return nil, errors.New(say)
	}
	return []string{"Socket Mode is down; what Slack sends over HTTP is still taken. " + say},
		reportOnly(errors.New("down"))
}
