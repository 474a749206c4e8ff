package chat

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"twokey/bot/fakeslack"
)

// marker stands in all that attackers send, and must never stand in the log.
const marker = "marker-7f3a"

// An attack is one thing that must not get in.
type attack struct {
	name   string
	reason string // how it is counted, exactly once
	status int    // over HTTP; 0 is 200
	says   string // in the answer, or told alone; empty: short words that tell nothing
	in     bool   // it is somebody's click all the same, and the front hears it

	// One of these: an HTTP request, the text of a payload, or a command's
	// fields. The latter two come over Socket Mode as well.
	request func(*theBench) *http.Request
	payload func(*theBench) string
	command func(*theBench) url.Values
}

// resign signs a request again, for another body.
func resign(r *http.Request, body, secret string) {
	stamp := strings.TrimSpace(r.Header.Get("X-Slack-Request-Timestamp"))
	r.Header.Set("X-Slack-Signature", fakeslack.Sign(secret, stamp, []byte(body)))
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
}

const practiceSecret = "practice-signing-secret"

// typing is a signed command, changed after it was signed.
func typing(ago time.Duration, change func(*theBench, *http.Request)) func(*theBench) *http.Request {
	return func(b *theBench) *http.Request {
		r := b.slack.SignedRequest(b.bot.URL+"/slack/commands", []byte(b.commandForm("list "+marker).Encode()),
			time.Now().Add(-ago))
		if change != nil {
			change(b, r)
		}
		return r
	}
}

// onTheWay are attacks by those who cannot sign, or who changed what was.
func onTheWay() []attack {
	header := func(name string, values ...string) func(*theBench) *http.Request {
		return typing(0, func(_ *theBench, r *http.Request) {
			r.Header[http.CanonicalHeaderKey(name)] = values
			if len(values) == 0 {
				r.Header.Del(name)
			}
		})
	}
	stamped := func(stamp string) func(*theBench) *http.Request {
		return typing(0, func(b *theBench, r *http.Request) {
			r.Header.Set("X-Slack-Request-Timestamp", stamp)
			resign(r, b.commandForm("list "+marker).Encode(), practiceSecret)
		})
	}
	return []attack{
		{name: "unsigned", reason: "unsigned", status: 401, request: header("X-Slack-Signature")},
		{name: "no timestamp", reason: "unsigned", status: 401, request: header("X-Slack-Request-Timestamp")},
		{name: "half a signature", reason: "signature", status: 401, request: header("X-Slack-Signature", "v0=abcd")},
		{
			name: "a signature of another version", reason: "signature", status: 401,
			request: header("X-Slack-Signature", "v1="+strings.Repeat("00", 32)),
		},
		{
			name: "another secret", reason: "signature", status: 401,
			request: typing(0, func(b *theBench, r *http.Request) {
				resign(r, b.commandForm("list "+marker).Encode(),
					"another")
			}),
		},
		{
			name: "two signatures", reason: "signature", status: 401,
			request: typing(0, func(_ *theBench, r *http.Request) {
				r.Header.Add("X-Slack-Signature",
					"v0="+strings.Repeat("00", 32))
			}),
		},
		{
			name: "two timestamps", reason: "signature", status: 401,
			request: typing(0, func(_ *theBench, r *http.Request) { r.Header.Add("X-Slack-Request-Timestamp", "1") }),
		},
		{name: "a changed body", reason: "signature", status: 401, request: typing(0,
			func(_ *theBench, r *http.Request) {
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader("text=approve")), 12
			})},
		{name: "six minutes old", reason: "expired", status: 401, request: typing(6*time.Minute, nil)},
		{name: "six minutes ahead", reason: "expired", status: 401, request: typing(-6*time.Minute, nil)},
		{name: "the year 1969", reason: "expired", status: 401, request: stamped("-1")},
		{name: "a time beyond all numbers", reason: "signature", status: 401, request: stamped("99999999999999999999")},
		{name: "the end of time", reason: "expired", status: 401, request: stamped("9223372036854775807")},
		{name: "no time at all", reason: "signature", status: 401, request: stamped("now")},
		{name: "a GET", reason: "method", status: 405, request: typing(0,
			func(_ *theBench, r *http.Request) { r.Method = http.MethodGet })},
		{name: "JSON", reason: "content_type", status: 415, request: header("Content-Type", "application/json")},
		{
			name: "a file upload", reason: "content_type", status: 415,
			request: header("Content-Type", "multipart/form-data; boundary=x"),
		},
		{name: "no content type", reason: "content_type", status: 415, request: header("Content-Type")},
		{name: "too large", reason: "too_large", status: 413, request: typing(0, func(_ *theBench, r *http.Request) {
			resign(r, "text="+strings.Repeat("x", maxBody), practiceSecret)
		})},
		{
			name: "too large, in pieces", reason: "too_large", status: 413,
			request: typing(0, func(_ *theBench, r *http.Request) {
				resign(r, "text="+strings.Repeat("x", 1<<20), practiceSecret)
				r.ContentLength = -1
			}),
		},
	}
}

// inTheWrongPlace are bodies that Slack would have signed, somewhere else.
func inTheWrongPlace() []attack {
	at := func(path string, body func(*theBench) string) func(*theBench) *http.Request {
		return func(b *theBench) *http.Request {
			return b.slack.SignedRequest(b.bot.URL+path, []byte(body(b)), time.Now())
		}
	}
	aClick := func(b *theBench) url.Values { return url.Values{"payload": {b.click(nil)}} }
	return []attack{
		{
			name: "a payload in the query string", reason: "malformed", status: 400,
			request: func(b *theBench) *http.Request {
				return at("/slack/interactions?"+aClick(b).Encode(), func(*theBench) string { return "x=y" })(b)
			},
		},
		{
			name: "a payload in the query string of a command", reason: "foreign_app", status: 403,
			request: func(b *theBench) *http.Request {
				return at("/slack/commands?"+b.commandForm("list "+marker).Encode(),
					func(*theBench) string { return "x=y" })(b)
			},
		},
		{name: "two payloads", reason: "malformed", status: 400, request: at("/slack/interactions",
			func(b *theBench) string { return aClick(b).Encode() + "&" + aClick(b).Encode() })},
		{
			name: "a command among the clicks", reason: "malformed", status: 400,
			request: at("/slack/interactions", func(b *theBench) string {
				return b.commandForm("list " +
					marker).Encode()
			}),
		},
		{
			name: "a click among the commands", reason: "foreign_app", status: 403,
			request: at("/slack/commands", func(b *theBench) string { return aClick(b).Encode() }),
		},
		{
			name: "a command with a field twice", reason: "malformed", status: 400,
			request: at("/slack/commands", func(b *theBench) string {
				return b.commandForm("list "+marker).Encode() +
					"&user_id=U0CHO"
			}),
		},
		{name: "no form", reason: "malformed", status: 400, request: at("/slack/interactions",
			func(*theBench) string { return "payload=%zz" + marker })},
		{name: "an empty body", reason: "malformed", status: 400, request: at("/slack/interactions",
			func(*theBench) string { return "" })},
	}
}

// click is what a click on a fresh card of ours sends, changed.
func (b *theBench) click(change func(p map[string]any)) string {
	b.t.Helper()
	a := b.postCard(aCard())
	p, err := b.slack.ClickPayload("U0BOB", infra, a.TS, 0, "Approve")
	b.must(err)
	p["user"].(map[string]any)["name"] = marker
	if change != nil {
		change(p)
	}
	raw, err := json.Marshal(p)
	b.must(err)
	return string(raw)
}

// ofForms is what a submission of a form of ours sends, changed.
func (b *theBench) ofForms(change func(p, view map[string]any)) string {
	b.t.Helper()
	state := b.chat.sealState(aForm())
	view := map[string]any{
		"id": "V1", "type": "modal", "app_id": "A0TWOKEY", "team_id": "T0HOME", "callback_id": aForm().Verb,
		"private_metadata": state,
		"state":            map[string]any{"values": map[string]any{"name": map[string]any{"name": map[string]any{"value": marker}}}},
	}
	p := map[string]any{
		"type": "view_submission", "api_app_id": "A0TWOKEY", "team": map[string]any{"id": "T0HOME"},
		"user": map[string]any{"id": "U0BOB", "team_id": "T0HOME"}, "trigger_id": "1.2.x", "view": view,
	}
	change(p, view)
	raw, err := json.Marshal(p)
	b.must(err)
	return string(raw)
}

// inThePayload are attacks by those for whom Slack signs.
func inThePayload() []attack {
	clicks := func(change func(p map[string]any)) func(*theBench) string {
		return func(b *theBench) string { return b.click(change) }
	}
	text := func(s string) func(*theBench) string { return func(*theBench) string { return s } }
	behind := func(more string) func(*theBench) string {
		return func(b *theBench) string { return strings.TrimSuffix(b.click(nil), "}") + more }
	}
	message := func(key, value string) func(*theBench) string {
		return clicks(func(p map[string]any) { p["message"].(map[string]any)[key] = value })
	}
	no := func(name string, payload func(*theBench) string) attack {
		return attack{name: name, reason: "malformed", status: 400, payload: payload}
	}
	return []attack{
		no("no JSON", text(marker)), no("a list", text(`["`+marker+`"]`)), no("null", text("null")), no("nobody's",
			text(`{"type":"block_actions"}`)),
		no("nested without end", behind(`,"x":`+strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000)+"}")),
		no("something behind the end", behind("}{}")),
		no("two users", behind(`,"user":{"id":"U0CHO","team_id":"T0HOME"}}`)),
		no("two users in two spellings", behind(`,"USER":{"id":"U0CHO","team_id":"T0HOME"}}`)),
		no("two users, one with a long s", behind(`,"u\u017fer":{"id":"U0CHO","team_id":"T0HOME"}}`)),
		no("two channels", clicks(func(p map[string]any) { p["channel"] = map[string]any{"id": "C0OTHER"} })),
		no("two buttons", clicks(func(p map[string]any) { a := p["actions"].([]any); p["actions"] = append(a, a...) })),
		no("no user", clicks(func(p map[string]any) { delete(p, "user") })),
		no("everybody as user", clicks(func(p map[string]any) { p["user"].(map[string]any)["id"] = "<!channel>" })),
		no("a user with a NUL", clicks(func(p map[string]any) { p["user"].(map[string]any)["id"] = "U0BOB\x00" })),
		{
			name: "a payload of more than a megabyte", reason: "too_large", status: 413,
			payload: clicks(func(p map[string]any) {
				p["message"].(map[string]any)["text"] = strings.Repeat("x", maxBody)
			}),
		},
		{
			name: "another app", reason: "foreign_app", status: 403,
			payload: clicks(func(p map[string]any) { p["api_app_id"] = "A0EVIL" }),
		},
		{
			name: "no app", reason: "foreign_app", status: 403,
			payload: clicks(func(p map[string]any) { delete(p, "api_app_id") }),
		},
		{name: "another workspace", reason: "foreign_team", status: 403, payload: clicks(func(p map[string]any) {
			p["team"], p["message"].(map[string]any)["team"] = map[string]any{"id": "T0EVIL"}, "T0EVIL"
		})},
		{
			name: "a copy of our card by another app", reason: "foreign_message", status: 403,
			payload: message("app_id", "A0EVIL"),
		},
		{
			name: "a copy of our card by a person", reason: "foreign_message", status: 403,
			payload: message("user", "U0EVE"),
		},
		{
			name: "a response_url of somebody else", reason: "response_url", in: true,
			payload: clicks(func(p map[string]any) {
				p["response_url"] = "https://hooks.slack.com.evil.test/" +
					marker
			}),
		},
		{
			name: "a response_url with a name in it", reason: "response_url", in: true,
			payload: clicks(func(p map[string]any) { p["response_url"] = "https://" + marker + "@hooks.slack.com/x" }),
		},
		{
			name: "a response_url in the clear", reason: "response_url", in: true,
			payload: clicks(func(p map[string]any) { p["response_url"] = "http://hooks.slack.com/" + marker }),
		},
	}
}

// forgeries are our own buttons and forms with something else in them.
func forgeries() []attack {
	var all []attack
	for name, value := range map[string]string{
		"no revision": "7K3Q", "revision none": "7K3Q|0", "another revision": "7K3Q|99", "another operation": "9ZZZ|12",
		"a value with a NUL":       "7K3Q|12\x00",
		"a value in small letters": "7k3q|12", "no value": "", "a value of 100 KB": marker +
			strings.Repeat("A", 100_000), "a value with more": "7K3Q|12|approve",
	} {
		all = append(all, attack{
			name: "a button with " + name, reason: "forged_button", says: "is not one of Twokey's",
			payload: func(b *theBench) string {
				return b.click(func(p map[string]any) { p["actions"].([]any)[0].(map[string]any)["value"] = value })
			},
		})
	}
	state := func(edit func(s map[string]any)) func(p, view map[string]any) {
		return func(_, view map[string]any) {
			var s map[string]any
			_ = json.Unmarshal([]byte(view["private_metadata"].(string)), &s)
			edit(s)
			raw, _ := json.Marshal(s)
			view["private_metadata"] = string(raw)
		}
	}
	for name, change := range map[string]func(p, view map[string]any){
		"another operation": state(func(s map[string]any) { s["o"] = "9ZZZ" }),
		"another revision":  state(func(s map[string]any) { s["r"] = 99 }),
		"another channel":   state(func(s map[string]any) { s["c"] = "C0EVIL" }),
		"another thread":    state(func(s map[string]any) { s["t"] = "1.1" }),
		"another verb":      func(_, view map[string]any) { view["callback_id"] = "freeze" },
		"no seal":           state(func(s map[string]any) { delete(s, "m") }),
		"a field more":      state(func(s map[string]any) { s["x"] = marker }),
		"no state":          func(_, view map[string]any) { view["private_metadata"] = "" },
		"a state of NUL":    func(_, view map[string]any) { view["private_metadata"] = "\x00" },
		"a state twice": func(_, view map[string]any) {
			view["private_metadata"] = view["private_metadata"].(string) + view["private_metadata"].(string)
		},
		"a long state": func(_, view map[string]any) {
			view["private_metadata"] = strings.Repeat(" ", 100_000) + view["private_metadata"].(string)
		},
	} {
		all = append(all, attack{
			name: "a form with " + name, reason: "forged_form", says: "is not one of Twokey's",
			payload: func(b *theBench) string { return b.ofForms(change) },
		})
	}
	form := func(name, reason string, change func(p, view map[string]any)) attack {
		return attack{
			name: name, reason: reason, status: 403,
			payload: func(b *theBench) string { return b.ofForms(change) },
		}
	}
	all = append(all,
		form("a form of another app", "foreign_form", func(_, view map[string]any) { view["app_id"] = "A0EVIL" }),
		form("a form of another workspace", "foreign_team", func(p, view map[string]any) {
			p["team"], view["team_id"] = map[string]any{"id": "T0EVIL"}, "T0EVIL"
		}),
		attack{
			name: "type-ahead for no form", reason: "forged_form", says: `"options":[]`,
			payload: func(b *theBench) string {
				return b.ofForms(func(p, view map[string]any) {
					p["type"],
						view["private_metadata"] = "block_suggestion", marker
				})
			},
		},
	)
	slices.SortFunc(all, func(a, b attack) int { return strings.Compare(a.name, b.name) })
	return all
}

// inACommand are commands as somebody else would send them.
func inACommand() []attack {
	command := func(name, reason string, status int, field, value string) attack {
		return attack{name: name, reason: reason, status: status, command: func(b *theBench) url.Values {
			f := b.commandForm("approve 7K3Q " + marker)
			f.Set(field, value)
			return f
		}}
	}
	evil := command("a command with a response_url of somebody else", "response_url", 0, "response_url",
		"https://evil.test/"+marker)
	evil.in = true
	return []attack{
		command("a command to another app", "foreign_app", 403, "api_app_id", "A0EVIL"),
		command("a command to no app", "foreign_app", 403, "api_app_id", ""),
		command("a command in another workspace", "foreign_team", 403, "team_id", "T0EVIL"),
		command("a command in no workspace", "foreign_team", 403, "team_id", ""),
		command("a command by nobody", "malformed", 400, "user_id", ""),
		command("a command by two", "malformed", 400, "user_id", "U0ANN,U0BOB"),
		command("a command from nowhere", "malformed", 400, "channel_id", ""),
		evil,
	}
}

// attacks are all of them.
func attacks() []attack {
	return slices.Concat(onTheWay(), inTheWrongPlace(), inThePayload(), forgeries(), inACommand())
}
