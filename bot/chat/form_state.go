package chat

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"twokey/bot/chat/blockkit"
	"twokey/commands/view"
)

// formState is what a form carries in its private_metadata. Mac covers the
// rest, so that an edited one is refused.
type formState struct {
	Verb    string `json:"v"`
	Op      string `json:"o,omitempty"`
	Rev     int64  `json:"r,omitempty"`
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"`
	Reply   string `json:"u,omitempty"` // response_url of what the form was opened by
	Memo    string `json:"n,omitempty"`
	Mac     string `json:"m,omitempty"`
}

// sealState is the state as JSON with its mac.
func (c *Chat) sealState(f view.Form) string {
	s := formState{Verb: f.Verb, Op: f.Op, Rev: f.Rev, Channel: f.Channel, Thread: f.Thread, Reply: f.Reply, Memo: f.Memo}
	if sealed := c.sealed(s); len(sealed) <= blockkit.MaxState {
		return sealed
	}
	s.Reply = "" // whoever submits it is then answered in the channel
	return c.sealed(s)
}

func (c *Chat) sealed(s formState) string {
	s.Mac = c.macOf(s)
	b, err := json.Marshal(s)
	if err != nil {
		return "" // a struct of strings always marshals
	}
	return string(b)
}

func (c *Chat) macOf(s formState) string {
	s.Mac = ""
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	mac := hmac.New(sha256.New, c.formKey)
	_, _ = mac.Write(b)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// openState undoes sealState; ok is false for whatever sealState did not make.
func (c *Chat) openState(raw string) (s formState, ok bool) {
	d := json.NewDecoder(bytes.NewReader([]byte(raw)))
	d.DisallowUnknownFields()
	if len(raw) > blockkit.MaxState || d.Decode(&s) != nil || d.More() {
		return formState{}, false
	}
	if !blockkit.IsVerb(s.Verb) || s.Op != "" && !blockkit.IsOperationID(s.Op) || s.Rev < 0 {
		return formState{}, false
	}
	return s, hmac.Equal([]byte(s.Mac), []byte(c.macOf(s)))
}
