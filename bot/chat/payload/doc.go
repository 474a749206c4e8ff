// Package payload reads what Slack sends: presses, submissions, shortcuts, events
// and what was typed. It is pure, reads no more than Twokey needs, and refuses what
// two readers could take for two things.
//
// Sections that comments name are those of package twokey/bot/chat.
package payload
