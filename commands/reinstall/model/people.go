package model

import (
	"slices"
)

// People are user groups and users, by id.
type People struct {
	Groups []string `json:"groups,omitempty"`
	Users  []string `json:"users,omitempty"`
}

// Empty reports whether nobody is named.
func (p People) Empty() bool { return len(p.Groups) == 0 && len(p.Users) == 0 }

// allIDs are all of them, the groups first.
func (p People) allIDs() []string { return slices.Concat(p.Groups, p.Users) }

// With is p and, after them, those of q who are not there yet.
func (p People) With(q People) People {
	return People{Groups: unionOf(p.Groups, q.Groups), Users: unionOf(p.Users, q.Users)}
}

func unionOf[T comparable](a, b []T) []T {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// Mentions names groups and people, but for one, with sep between them.
func (p People) Mentions(but, sep string) Text {
	var t Text
	add := func(s Span) {
		if len(t) > 0 {
			t = append(t, Span{Text: sep})
		}
		t = append(t, s)
	}
	for _, g := range p.Groups {
		add(Everyone(g))
	}
	for _, u := range p.Users {
		if u != but {
			add(Who(u))
		}
	}
	return t
}
