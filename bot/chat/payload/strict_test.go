package payload

import (
	"encoding/json"
	"testing"
)

// FuzzAmbiguous holds the look for keys that stand twice against the decoder:
// what is plain comes out as it went in, and a key more is seen.
func FuzzAmbiguous(f *testing.F) {
	f.Add("user", "value", 3)
	f.Add("Ünï", "\x00", 70)
	f.Fuzz(func(t *testing.T, key, value string, deep int) {
		deep = max(deep, -deep) % 100
		var v any = map[string]any{key: value}
		for range deep {
			v = []any{v}
		}
		raw, err := json.Marshal(map[string]any{"a": v, "b": 1})
		if err != nil {
			t.Fatal(err)
		}
		if got, tooDeep := IsAmbiguous(raw), deep > maxNesting-2; got != tooDeep {
			t.Errorf("%s: %v", raw, got)
		}
		if twice := append(raw[:len(raw)-1:len(raw)-1], `,"A":0}`...); !IsAmbiguous(twice) {
			t.Errorf("taken: %s", twice)
		}
	})
}
