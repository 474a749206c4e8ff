// Package reinstall holds the rules of Twokey, as the state machine of a proposal:
// states, keys, events and outcomes. Package model below it has the nouns.
//
// It is pure. Nothing here reads a clock, a network or a store; what the rules
// need to know comes in as values, and what they decide goes out as values. It
// imports the standard library and its nouns only, and not even context.
package reinstall
