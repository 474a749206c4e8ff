package fakeslack

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"twokey/bot/fakeslack/callargs"
	"twokey/bot/fakeslack/delivery"
	"twokey/bot/fakeslack/methods"
)

// answer is a successful call's fields, without ok.
type answer map[string]any

// A refusal is an API error: its code and what goes beside it.
type refusal struct {
	code   string
	fields answer
}

func refuse(code string) *refusal { return &refusal{code: code} }

// refuseWith adds the messages that Slack puts into response_metadata.
func refuseWith(code string, messages []string) *refusal {
	return &refusal{code: code, fields: answer{"errors": messages, "response_metadata": answer{"messages": messages}}}
}

// A webAPI is the Web API with its response URLs.
type webAPI struct {
	*surfaces
	sockets *delivery.Sockets
}

// serveCall answers /api/METHOD: faults first, then token, arguments, scopes and
// rates, then the method itself. Each call is recorded, whatever came of it.
func (s *webAPI) serveCall(w http.ResponseWriter, r *http.Request) {
	s.learnURL(r)
	name := r.PathValue("method")
	a, token, err := callargs.Read(r)
	call := Call{Method: name, At: s.cfg.Now(), Args: a}
	fault := s.takeFault(name)
	call.Fault = fault.kind
	if !s.applyBefore(w, r, fault, &call) {
		return
	}
	var reply answer
	switch {
	case err != nil:
		reply = failCall(&call, refuseWith("invalid_form_data", []string{err.Error()}))
	default:
		reply = s.runMethod(&call, name, token, a)
	}
	s.applyAfter(r, fault, &call)
	if fault.kind == "fatal_after" {
		reply = answer{"ok": false, "error": "fatal_error"}
	}
	s.writeReply(w, call, reply)
}

// runMethod runs the method under the lock and returns the whole reply.
func (s *webAPI) runMethod(call *Call, name, token string, a args) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, known := methods.All[name]
	if !known || name == methods.Validate && s.faults.On("no_validate") {
		return failCall(call, refuse("unknown_method"))
	}
	if bad := s.checkCall(call, name, m, token, a); bad != nil {
		return failCall(call, bad)
	}
	if code := s.refusesNow(name, a); code != "" {
		return failCall(call, refuse(code))
	}
	out, bad := runs[name](s, a)
	if bad != nil {
		return failCall(call, bad)
	}
	reply := answer{"ok": true}
	for k, v := range out {
		reply[k] = v
	}
	return reply
}

// checkCall checks what every call must pass: token, rate, arguments, scopes.
func (s *webAPI) checkCall(call *Call, name string, m methods.Method, token string, a args) *refusal {
	if bad := s.checkToken(m, token); bad != nil {
		return bad
	}
	if wait := s.rates.Take(name, m.Tier, a["channel"], s.cfg.Now()); wait > 0 {
		call.Status, call.RetryAfter = http.StatusTooManyRequests, wait
		return refuse("ratelimited")
	}
	has := s.cfg.ScopesOf(m.AppToken)
	if len(m.Scopes) > 0 && !slices.ContainsFunc(m.Scopes, func(x string) bool { return slices.Contains(has, x) }) {
		return scopeMissing(m.Scopes[0], has)
	}
	// Slack's own clients say with each call which workspace they mean.
	if team := a["team_id"]; team != "" && team != s.cfg.TeamID {
		return refuse("team_not_found")
	}
	return checkArgs(m, a)
}

func (s *webAPI) checkToken(m methods.Method, token string) *refusal {
	want, other := s.cfg.BotToken, s.cfg.AppToken
	if m.AppToken {
		want, other = other, want
	}
	switch {
	case token == "":
		return refuse("not_authed")
	case token == other:
		return refuse("not_allowed_token_type")
	case token != want:
		return refuse("invalid_auth")
	case m.AppToken && s.refused[AppToken] != "":
		return refuse(s.refused[AppToken])
	case !m.AppToken && s.refused[BotToken] != "":
		return refuse(s.refused[BotToken])
	case s.faults.On("revoke_token"):
		return refuse("token_revoked")
	}
	return nil
}

// missingScope names what is needed and what the token has.
func (s *workspace) missingScope(need string) *refusal { return scopeMissing(need, s.cfg.Scopes) }

func scopeMissing(need string, has []string) *refusal {
	return &refusal{code: "missing_scope", fields: answer{"needed": need, "provided": strings.Join(has, ",")}}
}

// checkArgs refuses arguments that the method does not have, and absent ones
// that it needs.
func checkArgs(m methods.Method, a args) *refusal {
	var problems []string
	for _, name := range sortedKeys(a) {
		if !slices.Contains(m.Args, name) && name != "team_id" {
			problems = append(problems, "[ERROR] unknown argument [json-pointer:/"+name+"]")
		}
	}
	for _, name := range m.Need {
		if a[name] == "" {
			problems = append(problems, "[ERROR] missing required field: "+name)
		}
	}
	if problems != nil {
		return refuseWith("invalid_arguments", problems)
	}
	return nil
}

func failCall(call *Call, bad *refusal) answer {
	call.Error = bad.code
	reply := answer{"ok": false, "error": bad.code}
	for k, v := range bad.fields {
		reply[k] = v
	}
	return reply
}

// writeReply sends the reply and records the call.
func (s *webAPI) writeReply(w http.ResponseWriter, call Call, reply answer) {
	body, err := json.Marshal(reply)
	if err != nil {
		panic("fakeslack: " + err.Error())
	}
	if call.Status == 0 {
		call.Status = http.StatusOK
	}
	call.Answer = body
	s.recordCall(call)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	s.mu.Lock()
	scopes, untold := s.cfg.ScopesOf(methods.All[call.Method].AppToken), s.faults.On("no_scopes")
	s.mu.Unlock()
	if !untold {
		w.Header().Set("X-OAuth-Scopes", strings.Join(scopes, ","))
	}
	if call.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(call.RetryAfter))
	}
	w.WriteHeader(call.Status)
	_, _ = w.Write(body)
}

// learnURL remembers the origin the bot reaches us by, unless it was set.
func (s *webAPI) learnURL(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cfg.URL == "" {
		s.cfg.URL = "http://" + r.Host
	}
}

// args are a call's arguments.
type args = callargs.Args
