// Package policy reads the policy file: it parses it, says what is wrong with it by
// line, says in sentences what it comes to, and explains who may do what.
package policy
