// Package webapi calls Slack's Web API within Slack's limits, which replicas share. Its
// errors say whether to try again, whether the call may have been carried out, and what a
// person has to do. It knows no message and no rule of the domain.
//
// Sections that comments name are those of package twokey/bot/chat.
package webapi
