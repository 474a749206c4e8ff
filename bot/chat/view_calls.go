package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/slack-go/slack"

	"twokey/bot/chat/webapi"
)

// This package makes the calls about views itself. slack-go reads the whole view in the
// answer, and fails on a form without values, though Slack did what was asked (section
// 3.8).

// viewCalls shows dialogs and Home tabs.
type viewCalls struct {
	web     *webapi.Client
	log     *slog.Logger
	metrics Metrics
	*stateSealer
}

// A viewRequest is the body of the three methods.
type viewRequest struct {
	Trigger string `json:"trigger_id,omitempty"`
	ID      string `json:"view_id,omitempty"`
	User    string `json:"user_id,omitempty"`
	Hash    string `json:"hash,omitempty"`
	View    any    `json:"view"`
}

// viewAnswer is what Twokey reads of an answer, and no more.
type viewAnswer struct {
	slack.SlackResponse
	View struct {
		ID   string `json:"id"`
		Hash string `json:"hash"`
	} `json:"view"`
}

// callView makes one call about a view and returns the view's id and hash. An answer
// that names no view is an error.
func (v *viewCalls) callView(ctx context.Context, method string, call viewRequest) (id, hash string, err error) {
	if call.Trigger == "" && method == webapi.ViewsOpen {
		return "", "", slack.ErrParametersMissing
	}
	body, err := json.Marshal(call)
	if err != nil {
		return "", "", fmt.Errorf("encode a view: %w", err)
	}
	var a viewAnswer
	if err := v.web.PostJSON(ctx, method, body, &a); err != nil {
		return "", "", err
	}
	return a.View.ID, a.View.Hash, webapi.RequireName(webapi.RefusalIn(a.SlackResponse), a.View.ID)
}
