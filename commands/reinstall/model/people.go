package model

import (
	"slices"
	"strings"
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

// Without is p but for one person.
func (p People) Without(user string) People {
	return People{
		Groups: p.Groups,
		Users:  slices.DeleteFunc(slices.Clone(p.Users), func(u string) bool { return u == user }),
	}
}

// Words names groups and people in plain words, by id: "@S0ONCALL, @U0BOB".
func (p People) Words() string {
	ids := p.allIDs()
	for i, id := range ids {
		ids[i] = "@" + id
	}
	return strings.Join(ids, ", ")
}
