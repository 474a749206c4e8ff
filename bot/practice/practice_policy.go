package main

import (
	"fmt"
	"time"
)

// shortest is the shortest countdown that a policy file may have.
const shortest = 5 * time.Second

// policyWith is practice's policy file: one account, the on-call group as
// approvers, two approvals for what is tagged env=prod, nothing for what is
// tagged twokey=protected. A person wants a countdown to stop, a story the
// shortest.
func policyWith(countdown time.Duration) []byte {
	return fmt.Appendf(nil, `accounts:
  - name: main
    regions: [ap-guangzhou, ap-singapore, ap-hongkong]
    currency: CNY
channels: [C0INFRA, C0SHARED]
approvers: {groups: [S0ONCALL]}
approvals: 1
backup: required
backup_max_age: 24h
countdown: %s
expires_after: 4h
limits: {at_once: 3, per_hour: 10}
rules:
  - match: {tags: {env: prod}}
    approvals: 2
    backup_max_age: 1h
  - match: {tags: {twokey: protected}}
    forbid: "tagged twokey=protected"
`, countdown)
}
