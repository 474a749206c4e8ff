package model

import (
	"cmp"
)

// Findings of a price that is not known. The inquiry quotes less than the reset does,
// so it proves nothing against the reset (cloud/doc.go 7.2). They warn, unless the
// policy asks for a price.
const (
	codeUnquoted = "price-unquoted" // the cloud refuses to quote it
	// CodeUnasked: the cloud did not answer the inquiry. Asked again it may.
	CodeUnasked = "price-unasked"
)

// isUnpriced reports whether a finding is about a price that is not known.
func isUnpriced(f Finding) bool { return f.Code == codeUnquoted || f.Code == CodeUnasked }

// FindUnpriced is the first of the findings that says that a price is not known.
func FindUnpriced(fs []Finding) (Finding, bool) {
	for _, f := range fs {
		if isUnpriced(f) {
			return f, true
		}
	}
	return Finding{}, false
}

// checkPrice warns of a price that changes and of one that is not known. If the policy
// requires a price, a missing price afterwards blocks.
func checkPrice(c Case) []Finding {
	f := c.Facts
	code, next := codeUnquoted, "Look at the price in the console, and ask whoever keeps the policy file"
	if f.PricePasses {
		code, next = CodeUnasked, "Try again in a minute"
	}
	why := "the price after the reset is not known: " + cmp.Or(f.PriceRefusal, "the cloud quoted none")
	switch {
	case !f.ImageFound:
		return nil
	case f.After == nil && c.Terms.Price:
		return blockingFinding(code, why+"; the policy requires a price", next)
	case f.After == nil:
		return warningFinding(code, why)
	case f.Before == nil:
		return warningFinding(codeUnquoted, "the price before the reset is not known: "+
			cmp.Or(f.PriceNote, "the cloud quoted none")+"; afterwards it is "+f.After.String())
	case *f.After != *f.Before:
		return warningFinding("price", "the price changes from "+f.Before.String()+" to "+f.After.String())
	}
	return nil
}

// withApprovedPrice takes over the approved prices if one plan lacks one. A price that
// the cloud no longer quotes takes no key back. Nor does one that it quotes now for
// the first time, unless it changes: nobody has agreed to that.
func (p Plan) withApprovedPrice(before Plan) Plan {
	if p.Before == nil {
		p.Before = before.Before
	}
	if p.After == nil {
		p.After = before.After
	}
	stays := p.Before != nil && p.After != nil && *p.Before == *p.After
	if (before.Before == nil || before.After == nil) && stays {
		p.Before, p.After = before.Before, before.After
	}
	return p
}
