package store

import (
	"fmt"
	"testing"

	"twokey/bot/store/keys"
	"twokey/commands/port"
)

func delivery(n int) port.Item {
	return port.Item{
		Dedupe: fmt.Sprint("v0=", n), Verb: "propose", Args: `{"target":"web-01"}`, User: "U0ONCALL",
		Channel: "C0INFRA", At: t0,
	}
}

func receive(t testing.TB, s *Store, it port.Item) port.Claim {
	t.Helper()
	c, fresh, err := s.Receive(t.Context(), it)
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	return c
}

func TestAnItemWithoutADedupeIsStoredEachTime(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		it := delivery(1)
		it.Dedupe = ""
		if a, b := receive(t, s, it), receive(t, s, it); a.ID == b.ID {
			t.Error("one item for two deliveries")
		}
		it = delivery(2)
		it.ID = keys.NewItemID((keys.ByHash(it.Dedupe)+1)%keys.Partitions, t0, s.random.bytes)
		if _, _, err := s.Receive(t.Context(), it); err == nil {
			t.Error("an id of another partition was taken")
		}
	})
}
