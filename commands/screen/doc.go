// Package screen makes everything that people read: cards, the lines of the thread,
// forms, lists and the wording of refusals. It is pure: the same proposal at the same
// time reads the same.
package screen
