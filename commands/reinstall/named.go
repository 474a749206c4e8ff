package reinstall

// Named are all people and groups that the policy names anywhere, each once.
func (p Policy) Named() People {
	all := p.Proposers.with(p.Approvers).with(Everybody(p.Quorum)).with(p.Asking.EscalateTo)
	for _, r := range p.Rules {
		if r.Approvers != nil {
			all = all.with(*r.Approvers)
		}
		if r.Quorum != nil {
			all = all.with(Everybody(*r.Quorum))
		}
		if r.Asking.EscalateTo != nil {
			all = all.with(*r.Asking.EscalateTo)
		}
	}
	return all
}
