package chat

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/chat/webapi"
	"twokey/commands/port"
)

// pageSize is what Slack recommends for one page of messages.
const pageSize = "200"

// FindCard looks in a channel for the card that was posted with the key, since a moment
// of our clock. Slack's clock may differ. found is false only if every page was read.
func (m *messages) FindCard(ctx context.Context, channel, key string, since time.Time) (port.Address, bool, error) {
	since = m.web.SearchFrom(since)
	v := url.Values{
		"channel":   {channel},
		"oldest":    {fmt.Sprintf("%d.%06d", since.Unix(), since.Nanosecond()/1000)},
		"inclusive": {"1"},
	}
	p, found, err := m.findPost(ctx, webapi.ConversationsHistory, v, key)
	return port.Address{Channel: channel, TS: p.TS}, found, err
}

// FindLine looks in a thread for the line that was posted with the key.
func (m *messages) FindLine(ctx context.Context, a port.Address, key string) (bool, error) {
	_, found, err := m.findPost(ctx, webapi.ConversationsReplies, url.Values{"channel": {a.Channel}, "ts": {a.TS}},
		key)
	return found, err
}

// messagePage is what Twokey reads of a page of messages, and no more. slack-go decodes
// the blocks of all messages too: one that it does not understand would fail the whole
// page (section 3.7).
type messagePage struct {
	slack.SlackResponse
	Messages []struct {
		foundPost
		User     string `json:"user"`
		Metadata struct {
			EventType    string         `json:"event_type"`
			EventPayload map[string]any `json:"event_payload"`
		} `json:"metadata"`
	} `json:"messages"`
}

// findPost reads page after page until the key is met. Only the bot's own messages
// count: any app can write metadata.
func (m *messages) findPost(
	ctx context.Context, method string, v url.Values, key string,
) (found foundPost, ok bool, err error) {
	me, err := m.directory.identity(ctx)
	if err != nil {
		return foundPost{}, false, err
	}
	v.Set("limit", pageSize)
	v.Set("include_all_metadata", "1")
	for {
		var p messagePage
		get := func() error { return p.fetch(ctx, m.web, method, v) }
		if v.Get("cursor") == "" {
			err = m.web.CallUnless(m.web.Try(method, v.Get("channel")), method, v.Get("channel"), get)
		} else { // a search that has begun goes on
			err = m.web.Call(ctx, method, v.Get("channel"), get)
		}
		if err != nil {
			return foundPost{}, false, err
		}
		for _, post := range p.Messages {
			if post.User == me.BotUserID && post.Metadata.EventType == eventType &&
				post.Metadata.EventPayload["key"] == key {
				return post.foundPost, true, nil
			}
		}
		if p.ResponseMetadata.Cursor == "" {
			return foundPost{}, false, nil
		}
		v.Set("cursor", p.ResponseMetadata.Cursor)
	}
}

// fetch reads one page.
func (p *messagePage) fetch(ctx context.Context, web *webapi.Client, method string, v url.Values) error {
	if err := web.PostForm(ctx, method, v, p); err != nil {
		return err
	}
	return webapi.RefusalIn(p.SlackResponse)
}
