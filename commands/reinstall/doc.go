// Package reinstall holds the nouns and the rules of Twokey: proposal, plan,
// keys, preflight, policy and the state machine.
//
// It is pure. Nothing here reads a clock, a network or a store; what the rules
// need to know comes in as values, and what they decide goes out as values. It
// imports the standard library only, and not even context.
package reinstall
