package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/webapi"
	"twokey/commands/port"
)

// maxRefusalsShown is how many refused cards are listed.
const maxRefusalsShown = 3

// lookAtCards asks Slack about each card, as it would be sent.
func (n *inspector) lookAtCards(ctx context.Context, cards []SampleCard) port.BeliefResult {
	var refused []string
	var failed error
	taken := 0
	for _, s := range cards {
		problem, err := n.validateBlocks(ctx, n.messages.renderCard(s.Card)[0].Blocks)
		if err != nil {
			failed = err // the others would fare no better
			break
		}
		if problem == "" {
			taken++
			continue
		}
		refused = append(refused, s.Name+" ("+problem+")")
	}
	seen := fmt.Sprintf("%d of %d states taken", taken, len(cards))
	switch n := len(refused); {
	case n > 0:
		return port.BeliefResult{
			State:  port.Differs,
			Detail: fmt.Sprintf("%s; refused %d: %s", seen, n, strings.Join(refused[:min(n, maxRefusalsShown)], ", ")),
		}
	case webapi.CodeOf(failed) == "unknown_method":
		return port.BeliefResult{State: port.Inconclusive, Detail: "Slack knows no " + webapi.BlocksValidate + " here"}
	case failed != nil:
		out := cannotTell(webapi.BlocksValidate, failed)
		out.Detail += ", " + seen
		return out
	case taken == 0:
		return port.BeliefResult{State: port.Inconclusive, Detail: seen}
	}
	return port.BeliefResult{State: port.Holds, Detail: seen}
}

// validateBlocks asks Slack whether it takes a message's blocks. problem is the first
// that it reports, empty if it takes them all.
func (n *inspector) validateBlocks(ctx context.Context, blocks []slack.Block) (problem string, err error) {
	raw, err := json.Marshal(blocks)
	if err != nil {
		return "", err
	}
	for {
		fields, err := n.askRaw(ctx, webapi.BlocksValidate, url.Values{"blocks": {string(raw)}})
		switch {
		case webapi.CodeOf(err) == "invalid_blocks":
			return firstProblem(fields), nil
		case webapi.LimitReached(err) && ctx.Err() == nil:
			continue // the next call waits as long as Slack said
		}
		return "", err
	}
}

// firstProblem is code and place of the first of blocks.validate's errors: the
// cards are samples, so that both may be shown.
func firstProblem(fields map[string]any) string {
	var says struct {
		Errors []struct{ Pointer, Code, Message string }
	}
	if b, err := json.Marshal(fields); err != nil || json.Unmarshal(b, &says) != nil || len(says.Errors) == 0 {
		return "invalid_blocks"
	}
	e := says.Errors[0]
	return blockkit.Cut(blockkit.OneLine(strings.TrimSpace(e.Code+" at "+e.Pointer+": "+e.Message)), 200)
}

func (n *inspector) lookAtBot(ctx context.Context) port.BeliefResult {
	fields, err := n.askRaw(ctx, webapi.AuthTest, url.Values{})
	if err != nil {
		return cannotTell(webapi.AuthTest, err)
	}
	l := fieldGaps{}
	l.count(missingFields(fields, isText, "user_id", "team_id", "bot_id")...)
	install := "absent"
	if whole, ok := fields["is_enterprise_install"].(bool); ok {
		install = fmt.Sprint(whole)
	}
	return l.sighting("1 answer, is_enterprise_install " + install)
}

func (n *inspector) lookAtScopes(ctx context.Context) port.BeliefResult {
	me, err := n.directory.askIdentity(ctx)
	if err != nil {
		return cannotTell(webapi.AuthTest, err)
	}
	if len(me.Granted) == 0 {
		return port.BeliefResult{State: port.Differs, Detail: "the answer names none"}
	}
	return port.BeliefResult{State: port.Holds, Detail: fmt.Sprintf("%d scopes", len(me.Granted))}
}

// lookAtPeople asks about people whom the policy names, and the first members of
// its first group.
func (n *inspector) lookAtPeople(ctx context.Context, at LookAt) port.BeliefResult {
	ids := slices.Clone(at.Users[:min(len(at.Users), maxPeople)])
	if len(at.Groups) > 0 {
		if members, err := n.directory.MembersNow(ctx, at.Groups[0]); err == nil {
			ids = append(ids, members[:min(len(members), maxPeople)]...)
		}
	}
	active, others, mailless, l := 0, 0, 0, fieldGaps{}
	var failed error
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		fields, err := n.askRaw(ctx, webapi.UsersInfo, url.Values{"user": {id}})
		if err != nil {
			failed = err
			continue
		}
		user, _ := fields["user"].(map[string]any)
		l.count(missingFields(user, isTruth, "deleted")...)
		if user["deleted"] == true || user["is_bot"] == true {
			others++
			continue
		}
		active++
		l.count(missingFields(user, isText, "id", "team_id")...)
		l.count(missingFields(user, isTruth, "is_bot", "is_restricted", "is_ultra_restricted")...)
		if profile, _ := user["profile"].(map[string]any); !isText(profile["email"]) {
			mailless++
		}
	}
	seen := fmt.Sprintf("active people %d, without an e-mail address %d, bots or deactivated %d", active, mailless,
		others)
	switch {
	case len(l) == 0 && active == 0 && failed != nil:
		return cannotTell(webapi.UsersInfo, failed)
	case len(l) == 0 && active == 0:
		return port.BeliefResult{State: port.Inconclusive, Detail: "the policy file names nobody to ask about"}
	}
	return l.sighting(seen)
}

const nameChannel = "the policy file names no channel; name one with --channel"

func (n *inspector) lookAtChannel(ctx context.Context, id string) port.BeliefResult {
	if id == "" {
		return port.BeliefResult{State: port.Inconclusive, Detail: nameChannel}
	}
	fields, err := n.askRaw(ctx, webapi.ConversationsInfo, url.Values{"channel": {id}})
	if err != nil {
		return cannotTell(webapi.ConversationsInfo, err)
	}
	channel, _ := fields["channel"].(map[string]any)
	l := fieldGaps{}
	believed := []string{"is_ext_shared", "is_pending_ext_shared", "is_archived", "is_member", "is_private"}
	l.count(missingFields(channel, isTruth, believed...)...)
	return l.sighting("1 channel")
}

func (n *inspector) lookAtGroups(ctx context.Context, named []string) port.BeliefResult {
	fields, err := n.askRaw(ctx, webapi.UsergroupsList, url.Values{"include_disabled": {"true"}})
	if err != nil {
		return cannotTell(webapi.UsergroupsList, err)
	}
	list, ok := fields["usergroups"].([]any)
	if !ok {
		return port.BeliefResult{State: port.Differs, Detail: webapi.UsergroupsList + " answers without usergroups"}
	}
	l, locks := fieldGaps{}, 0
	for _, one := range list {
		g, _ := one.(map[string]any)
		l.count(missingFields(g, isText, "id", "handle")...)
		l.count(missingFields(g, isNumber, "date_delete")...)
		if isTruth(g["is_membership_locked"]) {
			locks++
		}
	}
	seen := fmt.Sprintf("groups %d, that say is_membership_locked %d", len(list), locks)
	if len(named) == 0 {
		return l.sighting(seen + "; the policy file names none to list")
	}
	fields, err = n.askRaw(ctx, webapi.UsergroupsUsersList, url.Values{"usergroup": {named[0]}})
	if err != nil {
		return cannotTell(webapi.UsergroupsUsersList, err)
	}
	members, ok := fields["users"].([]any)
	if !ok {
		l.count("users")
	}
	for _, m := range members {
		if id, _ := m.(string); !blockkit.IsUserID(id) {
			l.count("id of a member")
		}
	}
	if len(list) == 0 && len(l) == 0 {
		return port.BeliefResult{State: port.Inconclusive, Detail: seen}
	}
	return l.sighting(fmt.Sprintf("%s; members of the first that the policy file names %d", seen, len(members)))
}

func (n *inspector) lookAtMetadata(ctx context.Context, channel string) port.BeliefResult {
	if channel == "" {
		return port.BeliefResult{State: port.Inconclusive, Detail: nameChannel}
	}
	me, err := n.directory.identity(ctx)
	if err != nil {
		return cannotTell(webapi.UsersInfo, err)
	}
	var p messagePage
	newest := url.Values{"channel": {channel}, "limit": {pageSize}, "include_all_metadata": {"1"}}
	err = n.web.Call(ctx, webapi.ConversationsHistory, channel, func() error {
		return p.fetch(ctx, n.web, webapi.ConversationsHistory, newest)
	})
	if err != nil {
		return cannotTell(webapi.ConversationsHistory, err)
	}
	own, marked := 0, 0
	for _, m := range p.Messages {
		if m.User != me.BotUserID {
			continue
		}
		own++
		if m.Metadata.EventType == eventType {
			marked++
		}
	}
	seen := fmt.Sprintf("posts of the bot %d, with its metadata %d", own, marked)
	switch {
	case own == 0:
		return port.BeliefResult{State: port.Inconclusive, Detail: "the bot has not posted in the channel lately"}
	case marked == 0:
		return port.BeliefResult{State: port.Differs, Detail: seen}
	}
	return port.BeliefResult{State: port.Holds, Detail: seen}
}
