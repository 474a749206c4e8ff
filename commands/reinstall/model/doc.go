// Package model has the nouns of the rules: a machine and what stands around it, the
// plan and its fingerprint, the policy and its terms, people, and what one look at all
// of them comes to (the preflight). It is pure: no I/O, no clock, no chance.
package model
