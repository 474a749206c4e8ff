package payload

// Event is what is read of an event, and no more. Slack repeats one that
// was not acknowledged, so that its effect must be the same twice (bot/chat, section
// 2.2).
type Event struct {
	Type         string `json:"type"`
	Challenge    string `json:"challenge"`
	AppID        string `json:"api_app_id"`
	TeamID       string `json:"team_id"`
	EnterpriseID string `json:"enterprise_id"`
	// Authorizations are those for whom the event is sent. In a channel that is shared with
	// another company, team_id may be that company's (bot/chat, section 9.6).
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

// What an event comes in, and what says that for a minute none comes.
const (
	EventCallback  = "event_callback"
	AppRateLimited = "app_rate_limited"
)
