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
	Home    string `json:"h,omitempty"` // of a button: on whose Home tab it is; no form has it
	Mac     string `json:"m,omitempty"`
}

// stateSealer seals what forms carry, under a key that is the same on every replica.
type stateSealer struct{ key []byte }

func newStateSealer(token string) *stateSealer {
	mac := hmac.New(sha256.New, []byte(token))
	_, _ = mac.Write([]byte("twokey form state"))
	return &stateSealer{mac.Sum(nil)}
}

// sealState is the state as JSON with its mac.
func (k *stateSealer) sealState(f view.Form) string {
	s := formState{
		Verb: f.Verb, Op: f.Op, Rev: f.Rev, Channel: f.Channel, Thread: f.Thread, Reply: f.Reply,
		Memo: f.Memo,
	}
	if sealed := k.marshalSealed(s); len(sealed) <= blockkit.MaxState {
		return sealed
	}
	s.Reply = "" // whoever submits it is then answered in the channel
	return k.marshalSealed(s)
}

// sealHomeButton is the value of an Approve button on somebody's Home tab: it counts for
// them alone, and for the proposal as they saw it.
func (k *stateSealer) sealHomeButton(user string, r view.HomeRow) string {
	return k.marshalSealed(formState{Verb: r.Approve.Verb, Op: r.ID, Rev: r.Rev, Home: user})
}

// openHomeButton undoes sealHomeButton for whoever pressed it; ok is false for a value of
// another person's Home, of a form, or of nobody's, and in another block.
func (k *stateSealer) openHomeButton(user, action, block, value string) (s formState, ok bool) {
	s, ok = k.openState(value)
	ok = ok && s.Home == user && s.Op != "" && s.Rev > 0 && s.Verb == action && block == blockkit.HomeBlock(s.Op, s.Rev)
	return s, ok
}

func (k *stateSealer) marshalSealed(s formState) string {
	s.Mac = k.macOf(s)
	b, err := json.Marshal(s)
	if err != nil {
		return "" // a struct of strings always marshals
	}
	return string(b)
}

func (k *stateSealer) macOf(s formState) string {
	s.Mac = ""
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	mac := hmac.New(sha256.New, k.key)
	_, _ = mac.Write(b)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// openState undoes sealState; ok is false for whatever sealState did not make.
func (k *stateSealer) openState(raw string) (s formState, ok bool) {
	d := json.NewDecoder(bytes.NewReader([]byte(raw)))
	d.DisallowUnknownFields()
	if len(raw) > blockkit.MaxState || d.Decode(&s) != nil || d.More() {
		return formState{}, false
	}
	if !blockkit.IsVerb(s.Verb) || s.Op != "" && !blockkit.IsOperationID(s.Op) || s.Rev < 0 {
		return formState{}, false
	}
	return s, hmac.Equal([]byte(s.Mac), []byte(k.macOf(s)))
}
