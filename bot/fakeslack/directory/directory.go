// Package directory is who and what there is in a Slack workspace: people, user
// groups and channels.
package directory

import (
	"slices"
	"strings"
)

// A Directory is everybody and every place in the workspace.
type Directory struct {
	Users    []User
	Groups   []Group
	Channels []Channel
}

// A User is a person or a bot. TeamID shows another company's people.
type User struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	RealName string `json:"real_name"`
	Email    string `json:"email"`
	TeamID   string `json:"team_id"`
	TZ       string `json:"tz"`
	// Role is the line that the page shows under the name.
	Role string `json:"role"`

	Deleted           bool `json:"deleted"`
	IsBot             bool `json:"is_bot"`
	IsRestricted      bool `json:"is_restricted"`       // multi-channel guest
	IsUltraRestricted bool `json:"is_ultra_restricted"` // single-channel guest
	IsStranger        bool `json:"is_stranger"`
	IsWorkflowBot     bool `json:"is_workflow_bot"`

	// PrimaryTeamID is another workspace of the organisation, which Slack names as
	// theirs; they are a member of TeamID as well.
	PrimaryTeamID string `json:"primary_team_id,omitempty"`

	BotID string `json:"bot_id,omitempty"`
	AppID string `json:"app_id,omitempty"`
}

// A Group is a user group (@handle).
type Group struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Handle  string   `json:"handle"`
	Users   []string `json:"users"`
	Deleted bool     `json:"deleted"`
	// Locked: only administrators change who is in it.
	Locked bool `json:"locked"`
}

// A Channel is a conversation. The app is in it if its bot user is a member.
type Channel struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Topic       string   `json:"topic"`
	Members     []string `json:"members"`
	Private     bool     `json:"private"`
	IsExtShared bool     `json:"is_ext_shared"`
	Archived    bool     `json:"archived"`
	// IM is whose direct conversation with the app it is; empty: none.
	IM string `json:"im,omitempty"`
}

// Has reports whether the user is a member.
func (c Channel) Has(user string) bool { return slices.Contains(c.Members, user) }

// Sample is a workspace with somebody for every rule: one on call, two
// approvers, one who may not approve, a guest, somebody from another company
// and one who has left.
func Sample() *Directory {
	return &Directory{Users: sampleUsers(), Groups: sampleGroups(), Channels: sampleChannels()}
}

func sampleUsers() []User {
	home := func(id, name, real, role string) User {
		return User{
			ID: id, Name: name, RealName: real, Email: name + "@home.example", TeamID: "T0HOME", TZ: "Europe/Amsterdam",
			Role: role,
		}
	}
	gus := home("U0GUS", "gus", "Gus Meyer", "guest")
	gus.IsRestricted = true
	eve := home("U0EVE", "eve", "Eve Marsh", "another company")
	eve.TeamID, eve.Email = "T0OTHER", "eve@vendor.example"
	rex := home("U0REX", "rex", "Rex Hale", "has left")
	rex.Deleted = true
	bot := home("U0TWOKEY", "twokey", "Twokey", "app")
	bot.IsBot, bot.BotID, bot.AppID, bot.Email = true, "B0TWOKEY", "A0TWOKEY", ""
	return []User{
		home("U0ANN", "ann", "Ann Okafor", "on call"),
		home("U0BOB", "bob", "Bob Lindqvist", "approver"),
		home("U0CHO", "cho", "Cho Park", "approver"),
		home("U0DEE", "dee", "Dee Novak", "may not approve"),
		gus, eve, rex, bot,
	}
}

func sampleGroups() []Group {
	return []Group{{ID: "S0ONCALL", Name: "On call", Handle: "oncall", Users: []string{"U0BOB", "U0CHO"}}}
}

func sampleChannels() []Channel {
	return []Channel{
		{
			ID: "C0INFRA", Name: "infra-oncall", Topic: "Machines, pagers and their people",
			Members: []string{"U0ANN", "U0BOB", "U0CHO", "U0DEE", "U0GUS", "U0TWOKEY"},
		},
		{
			ID: "C0SHARED", Name: "shared-with-vendor", Topic: "With the vendor's engineers", IsExtShared: true,
			Members: []string{"U0ANN", "U0BOB", "U0CHO", "U0EVE", "U0TWOKEY"},
		},
		{ID: "C0RANDOM", Name: "random", Topic: "Everything else", Members: []string{
			"U0ANN", "U0BOB", "U0CHO",
			"U0DEE",
		}},
	}
}

// ScopeFor is the scope of a kind of channel, as channels:read becomes im:read.
func (c Channel) ScopeFor(public, private string) string {
	switch {
	case c.IM != "":
		_, what, _ := strings.Cut(public, ":")
		return "im:" + what
	case c.Private:
		return private
	}
	return public
}
