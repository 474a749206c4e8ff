package model

import (
	"slices"
	"strings"
)

// The verbs of /reinstall.
const (
	VerbPropose  = "propose"
	VerbList     = "list"
	VerbShow     = "show"
	VerbApprove  = "approve"
	VerbReject   = "reject"
	VerbBackup   = "backup"
	VerbImage    = "image"
	VerbHold     = "hold"
	VerbResume   = "resume"
	VerbCancel   = "cancel"
	VerbResolve  = "resolve"
	VerbPassword = "password"
	VerbHistory  = "history"
	VerbCheck    = "check"
	VerbFreeze   = "freeze"
	VerbUnfreeze = "unfreeze"
	VerbHelp     = "help"

	// VerbRefresh is pressed on the Home tab; typed, it is list.
	VerbRefresh = "refresh"

	VerbBreakGlass = "break-glass"
)

// Stops reports a verb that stops something. Nobody who uses one waits for Slack.
// Nothing is armed while one of them is being looked into.
func Stops(verb string) bool {
	return verb == VerbHold || verb == VerbCancel || verb == VerbReject || verb == VerbFreeze
}

// TurnsKeys reports a verb that brings a proposal nearer to its call.
func TurnsKeys(verb string) bool {
	return verb == VerbApprove || verb == VerbBackup || verb == VerbImage || verb == VerbResume ||
		verb == VerbBreakGlass
}

// ForOne reports a verb for one operation, even if that is one of several.
func ForOne(verb string) bool { return verb == VerbResolve || verb == VerbPassword }

// InWords reports a verb that takes nothing but an id and what somebody says.
func InWords(verb string) bool {
	return verb == VerbReject || verb == VerbHold || verb == VerbCancel || verb == VerbResolve ||
		verb == VerbBreakGlass || verb == VerbFreeze
}

// Verbs are all that can be typed.
var Verbs = []string{
	VerbPropose, VerbList, VerbShow, VerbApprove, VerbReject, VerbBackup, VerbImage, VerbHold, VerbResume, VerbCancel,
	VerbResolve,
	VerbPassword, VerbHistory, VerbCheck, VerbFreeze, VerbUnfreeze, VerbHelp, VerbBreakGlass,
}

// Typed is what somebody types for a verb and what goes with it, such as the
// proposal's id: "/reinstall resolve 7K3Q". A proposal is typed without its verb.
func Typed(verb string, with ...string) string {
	words := []string{"/reinstall"}
	if verb != VerbPropose {
		words = append(words, verb)
	}
	return strings.Join(slices.Concat(words, with), " ")
}
