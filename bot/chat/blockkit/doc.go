// Package blockkit renders cards, forms, Home tabs and texts as Slack's Block Kit. It is
// pure, and holds all that it renders to Slack's limits of number, length and size.
//
// Outside text is shown as it is, never as markup, and what would deceive the eye is
// made visible. Sections that comments name are those of package twokey/bot/chat.
package blockkit
