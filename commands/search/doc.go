// Package search finds machines and images in what is remembered of the fleet: by what
// somebody types into a form, and by what a message says.
package search
