// Package model has the nouns of the rules: a machine and what is around it, the plan
// and its fingerprint, the policy and its terms, and people. The preflight looks at
// all of them once. The package is pure: no I/O, no clock, no chance.
package model
