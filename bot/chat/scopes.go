package chat

import (
	"net/http"
	"slices"
	"strings"
)

// A Scope is one that the app's manifest asks for.
type Scope struct {
	Name string
	For  string // what goes wrong without it
	// Or is the scope for the other kind of channel. With one of the two the bot can work
	// in channels of that kind.
	Or string
}

// Scopes are the least that the bot needs, whatever the policy says (section 5.5).
func Scopes() []Scope {
	return []Scope{
		{Name: "commands", For: "without it nobody can type /reinstall"},
		{Name: "chat:write", For: "without it there is no card, no thread and no answer"},
		{Name: "users:read", For: "without it nobody's key counts: members, guests, bots and outsiders all look alike"},
		{
			Name: "users:read.email",
			For:  "without it nobody can propose or approve: two accounts of one person would count twice",
		},
		{Name: "usergroups:read", For: "without it nobody of a user group can propose or approve"},
		{
			Name: "channels:read",
			Or:   "groups:read",
			For:  "without it nothing can be proposed in a public channel: it might be shared with another company",
		},
		{
			Name: "groups:read",
			Or:   "channels:read",
			For:  "without it nothing can be proposed in a private channel: it might be shared with another company",
		},
		{
			Name: "channels:history",
			Or:   "groups:history",
			For:  "without it a post whose answer got lost cannot be found again in a public channel",
		},
		{
			Name: "groups:history",
			Or:   "channels:history",
			For:  "without it a post whose answer got lost cannot be found again in a private channel",
		},
	}
}

// grantedScopes are the token's, as an answer's header lists them.
func grantedScopes(h http.Header) []string {
	return strings.FieldsFunc(h.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
}

// Lacks says which scope is missing, or which two of which one suffices, what goes wrong
// without it and what to do.
func Lacks(token, missing string) string {
	first, _, _ := strings.Cut(missing, " or ")
	all := append(Scopes(), directScopes...)
	i := slices.IndexFunc(all, func(s Scope) bool { return s.Name == first })
	return token + " lacks the scope " + missing + ": " + all[i].For +
		"; add it to the app's manifest and install the app again"
}

// missingScopes are those without which the bot cannot work at all; none if Slack did
// not list the granted ones.
func missingScopes(granted []string) []string {
	if len(granted) == 0 {
		return nil
	}
	var missing []string
	for _, s := range Scopes() {
		switch {
		case slices.Contains(granted, s.Name) || s.Or != "" && slices.Contains(granted, s.Or):
		case s.Or == "":
			missing = append(missing, s.Name)
		case s.Name < s.Or: // named once for the two
			missing = append(missing, s.Name+" or "+s.Or)
		}
	}
	return missing
}

// directScopes are what direct messages need besides.
var directScopes = []Scope{
	{Name: "im:write", For: "without it Twokey cannot send direct messages, which the policy file asks for"},
	{Name: "im:history", For: "without it a direct message whose answer got lost cannot be found again"},
}

// DirectScopes are what direct messages need besides Scopes.
func DirectScopes() []Scope { return slices.Clone(directScopes) }

// MissingDirect are those of DirectScopes that a token lacks; none if Slack did not
// list the granted ones.
func MissingDirect(granted []string) []string {
	var missing []string
	for _, s := range directScopes {
		if len(granted) > 0 && !slices.Contains(granted, s.Name) {
			missing = append(missing, s.Name)
		}
	}
	return missing
}
