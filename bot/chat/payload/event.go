package payload

// Event is what Twokey reads of an event, and no more. Slack repeats an event that was
// not acknowledged: its effect must be the same twice (bot/chat, section 2.2).
type Event struct {
	Type         string `json:"type"`
	Challenge    string `json:"challenge"`
	AppID        string `json:"api_app_id"`
	TeamID       string `json:"team_id"`
	EnterpriseID string `json:"enterprise_id"`
	// Authorizations name the installations that the event is for. In a channel shared
	// with another company, team_id may be that company's (bot/chat, section 9.6).
	Authorizations []struct {
		Team       string `json:"team_id"`
		Enterprise string `json:"enterprise_id"`
	} `json:"authorizations"`
	Inner struct {
		Type string `json:"type"`
		User string `json:"user"`
		Tab  string `json:"tab"`
	} `json:"event"`
}

// EventCallback is the type of what an event comes in. AppRateLimited says that no events
// come for a minute.
const (
	EventCallback  = "event_callback"
	AppRateLimited = "app_rate_limited"
)
