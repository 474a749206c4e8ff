package fakecvm

import (
	"crypto/sha256"
	"strings"

	"twokey/cloud/fakecvm/account"
)

// nullShare: one of so many entries of a list has null in place of each empty list
// below it, as recorded (cloud/doc.go 4.11).
const nullShare = 3

// withNulls is the answer of a Describe call with such entries.
func withNulls(a *account.Account, action string, result any) any {
	if a.Switches.On("no_nulls", "") || !strings.HasPrefix(action, "Describe") {
		return result
	}
	return editAnswer(result, func(fields map[string]any) {
		editLists(fields, func(list []any) any {
			for _, one := range list {
				if entry, ok := one.(map[string]any); ok && hasNullLists(entry) {
					nullEmpty(entry)
				}
			}
			return list
		})
	})
}

// hasNullLists picks entries by their id, so that one is always the same.
func hasNullLists(entry map[string]any) bool {
	for _, name := range []string{"InstanceId", "SnapshotId", "ImageId", "KeyId", "DiskId"} {
		if id, ok := entry[name].(string); ok && id != "" {
			return sha256.Sum256([]byte(id))[1]%nullShare == 0
		}
	}
	return false
}

func nullEmpty(entry map[string]any) {
	for name, v := range entry {
		switch v := v.(type) {
		case []any:
			if len(v) == 0 {
				entry[name] = nil
			}
		case map[string]any:
			nullEmpty(v)
		}
	}
}
