package main

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/cloud/fakecvm"
)

// forgets makes a machine one that has no record of a last operation, as many
// have that nobody ever operated on (facts/tencent.md).
func forgets(st *stage, machine string) error {
	i, err := st.instance(machine)
	if err != nil {
		return err
	}
	return st.cloud.Patch(i.ID, func(i *fakecvm.Instance) { i.Latest = fakecvm.Operation{} })
}

// address6 gives a machine another IPv6 address.
func address6(st *stage, machine, ip string) error {
	i, err := st.instance(machine)
	if err != nil {
		return err
	}
	return st.cloud.Patch(i.ID, func(i *fakecvm.Instance) { i.IPv6s = []string{ip} })
}

// binds gives a machine other key pairs.
func binds(st *stage, machine string, keys []string) error {
	i, err := st.instance(machine)
	if err != nil {
		return err
	}
	return st.cloud.Patch(i.ID, func(i *fakecvm.Instance) { i.KeyIDs, i.Login = keys, fakecvm.LoginKeys })
}

// holds waits until the cloud holds back the answer to an action, for the
// switch hold:ACTION.
func holds(ts *testscript.TestScript, action string) {
	st, p := stageOf(ts), of(ts)
	ctx, cancel := withPatience(p.ctx)
	defer cancel()
	held := func() bool {
		for _, r := range st.cloud.Requests() {
			if r.Fate == "hold:"+action {
				return true
			}
		}
		return false
	}
	if err := st.cloud.WaitFor(ctx, held); err != nil {
		ts.Fatalf("no %s is held: %v\nthe bot's log ends:\n%s", action, err, st.bot.log.last(12))
	}
}

// rotateKey gives the account another access key in place of the one it has. The
// bot learns of it when it starts again.
func rotateKey(st *stage, id string) {
	key := strings.ToLower(id) + "secret"
	st.cloud.RotateKey(id, key)
	st.bot.env = append(st.bot.env, "TENCENTCLOUD_SECRET_ID="+id, "TENCENTCLOUD_SECRET_KEY="+key)
}
