package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/slack-go/slack"
)

// Calls about views are made here and not by slack-go: it reads the whole view in
// the answer, and fails on a form without values, though the call was done
// (facts/slack.md section 12).

// A viewCall is what the three methods take.
type viewCall struct {
	Trigger string `json:"trigger_id,omitempty"`
	ID      string `json:"view_id,omitempty"`
	User    string `json:"user_id,omitempty"`
	Hash    string `json:"hash,omitempty"`
	View    any    `json:"view"`
}

// viewAnswer is what is read of an answer, and no more.
type viewAnswer struct {
	slack.SlackResponse
	View struct {
		ID   string `json:"id"`
		Hash string `json:"hash"`
	} `json:"view"`
}

// view makes one call about a view and returns the view's id and hash. An answer
// that names no view is an error.
func (c *Chat) view(ctx context.Context, method string, call viewCall) (id, hash string, err error) {
	if call.Trigger == "" && method == mOpen {
		return "", "", slack.ErrParametersMissing
	}
	body, err := json.Marshal(call)
	if err != nil {
		return "", "", fmt.Errorf("encode a view: %w", err)
	}
	var a viewAnswer
	if err := c.ask(ctx, method, "application/json; charset=utf-8", bytes.NewReader(body), &a); err != nil {
		return "", "", err
	}
	return a.View.ID, a.View.Hash, orNoTS(refusalIn(a.SlackResponse), a.View.ID)
}
