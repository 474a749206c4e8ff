// Package view is what a screen shows, free of any chat system's own notions: cards,
// forms, Homes and the phrases that more than one room uses. Package bot/chat draws
// it. It decides nothing and reads nothing.
package view
