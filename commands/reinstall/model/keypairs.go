package model

import (
	"slices"
	"strings"
)

// checkKeyPairs warns of key pairs that are bound now. A reset keeps those that the
// request names, and unbinds the others (cloud/doc.go 2.3).
func checkKeyPairs(c Case) []Finding {
	bound := c.Facts.Instance.KeyIDs
	var kept []string
	if c.Request.Login.Kind == LoginKeys {
		kept = c.Request.Login.Keys
	}
	lost := slices.DeleteFunc(slices.Clone(bound), func(k string) bool { return slices.Contains(kept, k) })
	if len(lost) == 0 {
		return nil
	}
	f := Finding{Code: "key-pairs", Severity: Warns, Why: "key pair " + lost[0] +
		" is bound to it now, and the reset unbinds it: nobody logs in with it afterwards"}
	if len(lost) > 1 {
		f.Why = "key pairs " + JoinAnd(lost) +
			" are bound to it now, and the reset unbinds them: nobody logs in with them afterwards"
	}
	if c.Plan.Family != Windows { // which takes none
		all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(kept, lost))))
		f.Next = "To keep what is bound: --login key:" + strings.Join(all, ",")
	}
	return []Finding{f}
}
