package model

// PeopleNamed are all people and groups that the policy names anywhere, each once.
func (p Policy) PeopleNamed() People {
	all := p.Proposers.With(p.Approvers).With(PeopleOfSeats(p.Quorum)).With(p.Asking.EscalateTo)
	for _, r := range p.Rules {
		if r.Approvers != nil {
			all = all.With(*r.Approvers)
		}
		if r.Quorum != nil {
			all = all.With(PeopleOfSeats(*r.Quorum))
		}
		if r.Asking.EscalateTo != nil {
			all = all.With(*r.Asking.EscalateTo)
		}
	}
	return all
}
