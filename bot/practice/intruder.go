package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2/proto"
	"github.com/rogpeppe/go-internal/testscript"
)

// An intruder may write to Redis, and has nothing else: no sealing key, no token.

// doIntruder is what somebody does there.
func doIntruder(ts *testscript.TestScript, _ bool, args []string) {
	needWords(ts, args, 1)
	p := playOf(ts)
	in, err := newIntruder(p)
	ts.Check(err)
	defer func() { _ = in.c.Close() }()
	ts.Check(in.doVerb(p, args[0], args[1:]))
}

// intruder speaks to the story's Redis as anybody there can.
type intruder struct{ c *proto.Client }

func newIntruder(p *play) (*intruder, error) {
	c, err := proto.Dial(strings.TrimPrefix(p.stage.redis.url, "redis://"))
	return &intruder{c}, err
}

// runCommand runs one command.
func (in *intruder) runCommand(cmd ...string) error {
	answer, err := in.c.Do(cmd...)
	if err == nil && strings.HasPrefix(answer, "-") {
		err = errors.New(strings.TrimSpace(answer[1:]))
	}
	return err
}

// readString runs a command that answers with a string; none is empty.
func (in *intruder) readString(cmd ...string) string {
	answer, err := in.c.Do(cmd...)
	if err != nil || strings.HasPrefix(answer, "$-1") { // which the reader takes for a text
		return ""
	}
	text, err := proto.ReadString(answer)
	if err != nil {
		return ""
	}
	return text
}

func (in *intruder) findKeys(pattern string) []string {
	all, err := in.c.DoStrings("KEYS", pattern)
	if err != nil {
		return nil
	}
	return all
}

func (in *intruder) doVerb(p *play, what string, args []string) error {
	switch {
	case what == "empties-redis":
		return in.runCommand("FLUSHALL")
	case what == "deletes-the-freeze":
		return in.runCommand("DEL", "twokey:{freeze}")
	case what == "empties-the-budget":
		return in.deleteAll("twokey:{b:*")
	case what == "removes-the-audit":
		return in.deleteAll("twokey:{*}:audit")
	case what == "copies-redis" && len(args) == 1:
		return in.copyAll(p, args[0])
	case what == "puts-back-redis" && len(args) == 1:
		return in.putBack(p.copies[args[0]], "*")
	case len(args) < 1:
		return fmt.Errorf("an intruder cannot %s", what)
	}
	op, err := in.newestOperation(args[0])
	if err != nil {
		return err
	}
	switch what {
	case "forges-the-state-of":
		return in.forge(op, countedDown)
	case "forges-the-approval-of":
		return in.forge(op, approvedByBob)
	case "forges-the-backup-of":
		return in.forge(op, backedUp)
	case "copies-the-keys-to":
		return in.copyKeys(op, args[1])
	case "wakes":
		return in.makeDue(op)
	case "puts-back":
		if err := in.putBack(p.copies[args[1]], "*"+op.id+"*"); err != nil {
			return err
		}
		return in.makeDue(op)
	}
	return fmt.Errorf("an intruder cannot %s", what)
}

// found is an operation as it lies in Redis.
type found struct {
	key, id, partition string
	data               map[string]any
}

// newestOperation is the newest one of a machine, by its name or id.
func (in *intruder) newestOperation(machine string) (found, error) {
	var newest found
	at := ""
	for _, key := range in.findKeys("twokey:{*}:op:*") {
		op, err := in.operationAt(key)
		if err != nil {
			continue
		}
		plan, _ := op.data["plan"].(map[string]any)
		when, _ := op.data["proposed_at"].(string)
		if plan["name"] != machine && plan["instance"] != machine || when < at {
			continue
		}
		newest, at = op, when
	}
	if newest.id == "" {
		return newest, fmt.Errorf("Redis has no proposal of %s", machine)
	}
	return newest, nil
}

// operationAt is the one under a key.
func (in *intruder) operationAt(key string) (found, error) {
	partition, id, _ := strings.Cut(key, ":op:")
	op := found{key: key, id: id, partition: partition}
	return op, json.Unmarshal([]byte(in.readString("HGET", key, "data")), &op.data)
}

// forge changes a record and wakes it.
func (in *intruder) forge(op found, change func(map[string]any)) error {
	change(op.data)
	text, err := json.Marshal(op.data)
	if err != nil {
		return err
	}
	if err := in.runCommand("HSET", op.key, "data", string(text), "state", fmt.Sprint(op.data["state"])); err != nil {
		return err
	}
	return in.makeDue(op)
}

// makeDue makes an operation due now.
func (in *intruder) makeDue(op found) error {
	return in.runCommand("ZADD", op.partition+":due", strconv.FormatInt(time.Now().UnixMilli(), 10), "op:"+op.id)
}

func approvedByBob(data map[string]any) {
	data["state"], data["turned_at"] = "approved", time.Now().UTC()
	data["approvals"] = []any{
		map[string]any{
			"by": "U0BOB", "at": time.Now().UTC(), "fingerprint": data["fingerprint"],
			"mail": "bob@home.example",
		},
	}
}

func backedUp(data map[string]any) {
	backup := map[string]any{
		"by": "U0BOB", "at": time.Now().UTC(), "typed": "web-01",
		"fingerprint": data["fingerprint"],
	}
	if all, _ := data["evidence"].([]any); len(all) > 0 {
		backup["evidence"] = all[0]
	}
	data["backup"] = backup
}

func countedDown(data map[string]any) {
	approvedByBob(data)
	backedUp(data)
	data["state"], data["starts"] = "ready", time.Now().Add(-time.Second).UTC()
}

// copyKeys gives one proposal the keys of another, and counts them as turned.
func (in *intruder) copyKeys(from found, to string) error {
	op, err := in.newestOperation(to)
	if err != nil {
		return err
	}
	return in.forge(op, func(data map[string]any) {
		data["state"], data["starts"] = "ready", time.Now().Add(-time.Second).UTC()
		data["approvals"], data["backup"] = from.data["approvals"], from.data["backup"]
	})
}

func (in *intruder) deleteAll(pattern string) error {
	for _, key := range in.findKeys(pattern) {
		if err := in.runCommand("DEL", key); err != nil {
			return err
		}
	}
	return nil
}

// copyAll keeps all that Redis holds, under a name.
func (in *intruder) copyAll(p *play, name string) error {
	if p.copies == nil {
		p.copies = map[string]map[string]string{}
	}
	p.copies[name] = map[string]string{}
	for _, k := range in.findKeys("*") {
		if text := in.readString("DUMP", k); text != "" { // it is still there
			p.copies[name][k] = text
		}
	}
	return nil
}

// putBack puts the keys of a copy in the place of those that are there, or of all.
func (in *intruder) putBack(from map[string]string, which string) error {
	if len(from) == 0 {
		return fmt.Errorf("there is no such copy")
	}
	if which == "*" {
		if err := in.runCommand("FLUSHALL"); err != nil {
			return err
		}
	} else if err := in.deleteAll(which); err != nil {
		return err
	}
	for _, k := range slices.Sorted(maps.Keys(from)) {
		if which != "*" && !strings.Contains(k, strings.Trim(which, "*")) {
			continue
		}
		if err := in.runCommand("RESTORE", k, "0", from[k], "REPLACE"); err != nil {
			return fmt.Errorf("%s (%d bytes): %w", k, len(from[k]), err)
		}
	}
	return nil
}
