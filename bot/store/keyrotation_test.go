package store

import (
	"encoding/base64"
	"strings"
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
)

const (
	youngKey = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
	botToken = "xoxb-the-former-one"
)

// keyed opens with these sealing keys.
func keyed(t *testing.T, o Options, keys ...string) *Store {
	t.Helper()
	var err error
	if len(keys) == 0 {
		o.Seal, err = seal.FromToken(botToken)
	} else {
		o.Seal, err = seal.New(keys...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return open(t, o)
}

func stateOf(t *testing.T, s *Store, id string) (reinstall.State, int) {
	t.Helper()
	rec, err := s.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Op.State, len(rec.Op.Approvals)
}

// approved is a proposal with one key turned.
func approved(t *testing.T, s *Store, n int) port.Record {
	t.Helper()
	c := click(create(t, s, ref(n)), "X-approve", reinstall.Proposed)
	c.Op.Approvals = []reinstall.Approval{{By: "U0BOB", Fingerprint: c.Op.Fingerprint}}
	return mustApply(t, s, c)
}

func TestANewSealKeyKeepsTurnedKeysWhileTheOldOneIsListed(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		was := keyed(t, o) // by the bot token alone
		rec := approved(t, was, 1)
		if err := was.Freeze(t.Context(), model.Freeze{By: "U0ANN", Why: "fire"},
			port.Note{Key: "K1", Kind: port.NoteDecision, By: "U0ANN", What: "freeze"}); err != nil {
			t.Fatal(err)
		}

		both := keyed(t, o, youngKey, botToken)
		if state, keys := stateOf(t, both, rec.Op.ID); state != reinstall.Proposed || keys != 1 {
			t.Errorf("%s with %d keys", state, keys)
		}
		if why := both.Forgotten(); why != "" {
			t.Error(why)
		}
		mustApply(t, both, click(port.Record{Op: rec.Op, Rev: rec.Rev}, "X-cancel", reinstall.Cancelled))

		alone := keyed(t, o, youngKey)
		if why := alone.Forgotten(); why != "" {
			t.Errorf("without the former one: %s", why)
		}
		if f, err := alone.Frozen(t.Context()); err != nil || f == nil || f.Lost || f.By != "U0ANN" {
			t.Errorf("the freeze without the former one: %+v, %v", f, err)
		}
		if state, _ := stateOf(t, alone, rec.Op.ID); state != reinstall.Cancelled {
			t.Errorf("what was done since is %s without the former one", state)
		}
	})
}

func TestAnotherSealKeyAloneArmsNothingAndBelievesNothing(t *testing.T) {
	o := Options{URL: startRedis(t).url()}
	rec := approved(t, keyed(t, o), 1)
	other := keyed(t, o, youngKey)
	if why := other.Forgotten(); !strings.Contains(why, "another TWOKEY_SEAL_KEY") {
		t.Errorf("it says %q", why)
	}
	if err := other.MayArm(t.Context(), rec.Op.ID); err == nil {
		t.Error("it may arm")
	}
	if state, keys := stateOf(t, other, rec.Op.ID); state != reinstall.Tampered || keys != 0 {
		t.Errorf("%s with %d keys", state, keys)
	}
	if state, keys := stateOf(t, keyed(t, o, youngKey, botToken), rec.Op.ID); state != reinstall.Proposed || keys != 1 {
		t.Errorf("with the former one behind it: %s with %d keys", state, keys)
	}
}

func TestTheSealingKeyNeverEntersRedis(t *testing.T) {
	o := Options{URL: startRedis(t).url()}
	s := keyed(t, o, youngKey)
	if err := s.db.ConfigSet(t.Context(), "rdbcompression", "no").Err(); err != nil {
		t.Fatal(err)
	}
	rec := approved(t, s, 1)
	receive(t, s, delivery(1))
	if err := s.Freeze(t.Context(), model.Freeze{By: "U0ANN", Why: "fire"},
		port.Note{Key: "K1", Kind: port.NoteDecision, By: "U0ANN", What: "freeze"}); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepHeads(t.Context()); err != nil {
		t.Fatal(err)
	}
	secrets := []string{youngKey}
	for _, u := range []seal.Use{
		seal.Record, seal.Approval, seal.Item, seal.Freeze, seal.Audit, seal.Epoch, seal.Head,
		seal.Password,
	} {
		for _, derived := range s.seal.Secrets(u) {
			secrets = append(secrets, string(derived), base64.RawURLEncoding.EncodeToString(derived))
		}
	}
	found := false
	for key, dump := range dumpOf(t, s) {
		found = found || strings.Contains(dump, rec.Op.ID)
		for _, secret := range secrets {
			if strings.Contains(dump, secret) {
				t.Errorf("%s has it", key)
			}
		}
	}
	if !found {
		t.Error("the dump shows nothing: this proves nothing")
	}
}
