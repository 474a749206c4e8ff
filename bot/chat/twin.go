package chat

import (
	"errors"
	"net/url"

	"github.com/slack-go/slack"
)

// takenForTwin reports that Slack takes a post for one that it had by its
// client_msg_id, and does not find that one. Nothing was posted, and with the same
// id nothing ever will be (facts/slack.md section 12).
func takenForTwin(err error) bool {
	var e slack.SlackErrorResponse
	return errors.As(err, &e) && (e.Err == noSuchTwin || e.Err == noSuchTwinPlace)
}

// withoutID takes the client_msg_id from a post.
func (c *Chat) withoutID() slack.MsgOption {
	return slack.UnsafeMsgOptionEndpoint(c.base.String()+mPost, func(v url.Values) { v.Del("client_msg_id") })
}
