package chat

import "twokey/bot/chat/webapi"

// Permanent says that the same call will be refused again until a person changes
// something. It wraps a *port.PermanentError.
type Permanent = webapi.Permanent

// HowToEndRotation says what to do about a token that rotates.
const HowToEndRotation = webapi.HowToEndRotation

// Words are an error's for an operator: if Slack refused, what is wrong, what to do,
// and Slack's code.
func Words(err error) string { return webapi.Words(err) }

// CodeOf is Slack's code of a refusal; empty if Slack did not refuse.
func CodeOf(err error) string { return webapi.CodeOf(err) }

// Rotates reports whether a token is one that Slack ends after twelve hours, or one
// that renews such a token.
func Rotates(token string) bool { return webapi.Rotates(token) }
