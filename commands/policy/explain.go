package policy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// Question is what Explain is asked: what the policy says of one machine and
// one person, now.
type Question struct {
	Policy         model.Policy
	Instance       model.Instance
	PlatformChange bool
	User           string
	Now            time.Time
	// Chat says who the user is and who is in a group; nil: nobody is asked.
	Chat Directory
}

// Directory is the part of Chat that knows people.
type Directory interface {
	Person(ctx context.Context, user string) (model.Person, error)
	Members(ctx context.Context, group string) ([]string, error)
}

// Explain says which rule decides about a machine and why the others do not,
// the terms that follow, what the user may do, and what blocks now. It changes
// nothing.
func Explain(ctx context.Context, q Question) []string {
	i := q.Instance
	s := model.Facts{Instance: i}.Subject()
	s.PlatformChange = q.PlatformChange
	t := q.Policy.TermsFor(s)
	change := "without a change of platform"
	if s.PlatformChange {
		change = "with a change of platform"
	}
	out := []string{fmt.Sprintf("%s (%s) in account %s, %s, %s; reinstalled %s.", cmp.Or(i.Name, "no name"), i.Instance,
		i.Account, i.Region, tagWords(i.Tags), change)}
	for _, v := range q.Policy.RuleResults(s) {
		out = append(out, ruleResultLine(v, q.Policy.Rules[v.Rule-1], t))
	}
	if t.Rule == 0 {
		out = append(out, "No rule matches; the values at the head of the file decide.")
	}
	out = append(out, "Terms:")
	out = append(out, indentLines(termLines(t))...)
	out = append(out, "Backup: an approver or the proposer confirms it by typing "+model.Quote(i.DisplayName())+".")
	out = append(out, q.userLines(ctx, t)...)
	return append(out, q.blockLines(t)...)
}

func tagWords(tags map[string]string) string {
	if len(tags) == 0 {
		return "no tags"
	}
	var out []string
	for k, v := range tags {
		out = append(out, k+"="+v)
	}
	slices.Sort(out)
	return "tags " + strings.Join(out, ", ")
}

func ruleResultLine(v model.RuleResult, r model.Rule, t model.Terms) string {
	head := fmt.Sprintf("Rule %d (%s)", v.Rule, cmp.Or(r.Conditions(), "nothing"))
	switch {
	case !v.Matches:
		return head + " does not match: " + v.Why + "."
	case v.Decides && v.Forbids:
		return head + " decides, and forbids it: " + view.EndSentence(r.Forbid)
	case v.Decides:
		return head + " decides."
	case v.Forbids:
		return head + " forbids it, wherever it stands: " + view.EndSentence(r.Forbid)
	}
	return fmt.Sprintf("%s matches too, but rule %d stands above it.", head, t.Rule)
}

// membership is what is known of the user.
type membership struct {
	in      map[string]bool // groups that were read
	unknown map[string]bool // groups that were not
	lines   []string
	no      string // why they may do nothing at all
}

// readMembership reads who the user is, where there is somebody to ask.
func (q Question) readMembership(ctx context.Context) membership {
	m := membership{in: map[string]bool{}, unknown: map[string]bool{}}
	groups := q.Policy.Groups()
	if q.Chat == nil {
		for _, g := range groups {
			m.unknown[g] = true
		}
		m.lines = append(m.lines, "Slack was not asked who @"+q.User+
			" is or who is in a group: SLACK_BOT_TOKEN is not set.")
		return m
	}
	p, err := q.Chat.Person(ctx, q.User)
	if err != nil {
		m.no = "Slack could not say who they are (" + err.Error() + "), and a failed check counts as no"
	} else if r := (reinstall.Actor{Person: p}).CheckMember(""); r != nil {
		m.no = strings.NewReplacer("you belong", "they belong", "your account", "their account", "who you are",
			"who they are").Replace(r.Why)
	}
	for _, g := range groups {
		members, err := q.Chat.Members(ctx, g)
		if err != nil {
			m.unknown[g] = true
			m.lines = append(m.lines, "Slack could not say who is in @"+g+": "+view.EndSentence(err.Error()))
		}
		m.in[g] = slices.Contains(members, q.User)
	}
	return m
}

// isNamed says whether the user is among people: yes, no, or if they are in
// groups that nobody was asked about.
func (m membership) isNamed(user string, p model.People) (yes bool, ifIn []string) {
	if slices.Contains(p.Users, user) {
		return true, nil
	}
	for _, g := range p.Groups {
		if m.in[g] {
			return true, nil
		}
		if m.unknown[g] {
			ifIn = append(ifIn, "@"+g)
		}
	}
	return false, ifIn
}

// mayLine words one thing that the user may or may not do.
func (m membership) mayLine(user, what string, p model.People, why string) string {
	yes, ifIn := m.isNamed(user, p)
	switch {
	case yes:
		return "@" + user + " may " + what + "."
	case len(ifIn) > 0:
		return "@" + user + " may " + what + " if they are in " + strings.Join(ifIn, " or ") +
			"; they are not named themselves."
	}
	return "@" + user + " may not " + what + ": " + why + "."
}

func (q Question) userLines(ctx context.Context, t model.Terms) []string {
	m := q.readMembership(ctx)
	if m.no != "" {
		return append(m.lines, "@"+q.User+" may neither propose nor approve: "+m.no+".")
	}
	propose := "@" + q.User + " may propose."
	if !q.Policy.Proposers.Empty() {
		propose = m.mayLine(q.User, "propose", q.Policy.Proposers, "the policy names others as proposers")
	}
	out := append(m.lines, propose)
	const not = "the policy does not name them"
	if len(t.Quorum) == 0 {
		out = append(out, m.mayLine(q.User, "approve what others propose", t.Approvers, not))
		return append(out, q.laterLines(m, t, not)...)
	}
	for _, s := range t.Quorum {
		out = append(out, m.mayLine(q.User, "approve for "+s.People.Words()+" what others propose",
			s.People, not))
	}
	out = append(out, q.laterLines(m, t, not)...)
	return append(out, "Each person counts once, even if they may approve for several groups.")
}

// blockLines says what stands in the way now, as far as the policy goes.
func (q Question) blockLines(t model.Terms) []string {
	var out []string
	if t.Forbid != "" {
		out = append(out, "Blocked: the policy forbids it: "+view.EndSentence(t.Forbid))
	}
	i := slices.IndexFunc(q.Policy.Accounts, func(a model.Account) bool { return a.Name == q.Instance.Account })
	if i < 0 || !slices.Contains(q.Policy.Accounts[i].Regions, q.Instance.Region) {
		out = append(out, "Blocked: the file names no region "+model.Quote(q.Instance.Region)+" in account "+
			model.Quote(q.Instance.Account)+", so Twokey does not find the machine.")
	}
	if r := view.ClosedTooLong(t, q.Now); r != nil {
		out = append(out, "Blocked: "+view.EndSentence(r.Why))
	} else if p := t.Calendar.PauseAt(q.Now); p != nil {
		out = append(out, "Not blocked, but a reinstall waits: "+view.EndSentence(view.PauseText(*p).String()))
	}
	if len(out) == 0 {
		out = append(out, "Nothing in the policy blocks it now.")
	}
	return append(append(out, q.budgetLines()...),
		"Nothing was touched. To read the machine's own state: /reinstall check.")
}
