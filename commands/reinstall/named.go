package reinstall

// Named are all people and groups that the policy names anywhere, each once.
func (p Policy) Named() People {
	all := p.Proposers.With(p.Approvers).With(Everybody(p.Quorum)).With(p.Asking.EscalateTo)
	for _, r := range p.Rules {
		if r.Approvers != nil {
			all = all.With(*r.Approvers)
		}
		if r.Quorum != nil {
			all = all.With(Everybody(*r.Quorum))
		}
		if r.Asking.EscalateTo != nil {
			all = all.With(*r.Asking.EscalateTo)
		}
	}
	return all
}
