// Package messages is what a message of Slack's is by itself: its parts, and what Slack
// refuses about them.
package messages

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"twokey/bot/fakeslack/blockkit"
)

const (
	maxMetadataSize = 8000
)

// A Message is one message at one moment.
type Message struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	// empty outside threads; the parent carries its own ts once it has replies
	ThreadTS string           `json:"thread_ts,omitempty"`
	User     string           `json:"user"`
	BotID    string           `json:"bot_id,omitempty"` // set on apps' messages
	AppID    string           `json:"app_id,omitempty"` // of another app; empty: ours
	Text     string           `json:"text"`
	Blocks   []blockkit.Block `json:"blocks,omitempty"`
	// Attachments are what older apps write into.
	Attachments []map[string]any `json:"attachments,omitempty"`
	Metadata    *Metadata        `json:"metadata,omitempty"`
	EditedTS    string           `json:"edited_ts,omitempty"`
	// EphemeralTo is the one person who sees it; empty for ordinary messages.
	EphemeralTo string     `json:"ephemeral_to,omitempty"`
	Reactions   []Reaction `json:"reactions,omitempty"`
	// Deleted marks a parent that was deleted while its replies stay.
	Deleted bool `json:"deleted,omitempty"`
	// Broadcast: a thread reply that is shown in the channel as well.
	Broadcast bool `json:"broadcast,omitempty"`
	// Version counts from 1 and grows at each chat.update.
	Version int `json:"version"`
}

// Metadata is a message's hidden payload.
type Metadata struct {
	EventType    string         `json:"event_type"`
	EventPayload map[string]any `json:"event_payload"`
}

// A Reaction is one emoji with the people who gave it.
type Reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
}

// Clone copies a message, so that later changes do not reach into it.
func (m Message) Clone() Message {
	m.Blocks = blockkit.Clone(m.Blocks)
	m.Reactions = slices.Clone(m.Reactions)
	return m
}

// IsReply reports whether the message stands in a thread below its parent.
func (m Message) IsReply() bool { return m.ThreadTS != "" && m.ThreadTS != m.TS }

// WireReactions are reactions as the Web API shows them.
func WireReactions(rs []Reaction) []map[string]any {
	var out []map[string]any
	for _, r := range rs {
		out = append(out, map[string]any{"name": r.Name, "users": r.Users, "count": len(r.Users)})
	}
	return out
}

// A Refusal is what Slack refuses something by: a code, and what it says of the
// details.
type Refusal struct {
	Code     string
	Problems []string
}

// Error is the code with its details.
func (r *Refusal) Error() string {
	if r.Problems == nil {
		return r.Code
	}
	return fmt.Sprintf("%s: %v", r.Code, r.Problems)
}

// ReadBlocks parses and checks blocks for a message and fills in ids.
func ReadBlocks(raw string) ([]blockkit.Block, *Refusal) {
	var list any
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		return nil, &Refusal{Code: "invalid_blocks_format"}
	}
	if problems := blockkit.CheckMessage(list, "/blocks"); len(problems) > 0 {
		return nil, &Refusal{Code: "invalid_blocks", Problems: problems}
	}
	var blocks []blockkit.Block
	blockkit.RoundTrip(list, &blocks)
	blockkit.FillIDs(blocks)
	if blockkit.Size(blocks) > blockkit.MaxSize {
		return nil, &Refusal{Code: "msg_blocks_too_long"}
	}
	return blocks, nil
}

// ReadMetadata checks that metadata is a typed, flat payload. Empty text means
// none was given; an object without event_type means that it is taken away.
func ReadMetadata(raw string) (*Metadata, *Refusal) {
	if raw == "" || raw == "null" {
		return nil, nil
	}
	if len(raw) > maxMetadataSize {
		return nil, &Refusal{Code: "metadata_too_large"}
	}
	var m Metadata
	dec := json.NewDecoder(strings.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, &Refusal{Code: "invalid_metadata_format"}
	}
	if m.EventType == "" && len(m.EventPayload) > 0 {
		return nil, &Refusal{Code: "invalid_metadata_format"}
	}
	for _, v := range m.EventPayload {
		switch v.(type) {
		case string, float64, bool:
		default:
			return nil, &Refusal{Code: "invalid_metadata_schema"}
		}
	}
	return &m, nil
}

// A Response is a message in a command's answer or sent to a response_url.
type Response struct {
	Text            string
	Blocks          []blockkit.Block
	InChannel       bool
	Replace, Remove bool
	ThreadTS        string
}

// ReadResponse reads JSON, or plain text, which is an ephemeral line.
func ReadResponse(body []byte) (Response, error) {
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		return Response{Text: string(body)}, nil
	}
	if problems := blockkit.CheckResponse(m); len(problems) > 0 {
		return Response{}, fmt.Errorf("invalid_payload: %s", strings.Join(problems, "; "))
	}
	r := Response{
		Text: blockkit.Text(m, "text"), InChannel: m["response_type"] == "in_channel",
		ThreadTS: blockkit.Text(m, "thread_ts"),
		Replace:  m["replace_original"] == true, Remove: m["delete_original"] == true,
	}
	if list := blockkit.List(m["blocks"]); len(list) > 0 {
		raw, err := json.Marshal(list)
		if err != nil {
			return r, fmt.Errorf("invalid_payload: %w", err)
		}
		blocks, bad := ReadBlocks(string(raw))
		if bad != nil {
			return r, bad
		}
		r.Blocks = blocks
	}
	if r.Text == "" && r.Blocks == nil && !r.Remove {
		return r, errors.New("no_text")
	}
	return r, nil
}

// Container is where a payload says that the message stands.
func (m Message) Container() map[string]any {
	c := map[string]any{
		"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.EphemeralTo != "",
	}
	if m.ThreadTS != "" {
		c["thread_ts"] = m.ThreadTS
	}
	return c
}
