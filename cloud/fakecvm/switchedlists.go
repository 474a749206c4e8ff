package fakecvm

import (
	"encoding/json"
	"strings"

	"twokey/cloud/fakecvm/account"
)

// Answers that are well formed and not the truth. A switch that is unproven says so.

// withSwitchedLists is the answer of an executed call as a switch wants it to be.
func withSwitchedLists(a *account.Account, req request, result any) any {
	if !strings.HasPrefix(req.action, "Describe") {
		return result
	}
	for _, how := range []struct {
		name  string
		spoil func(map[string]any)
	}{
		{"empty:" + req.action, emptyLists},
		{"null:" + req.action, nullLists},
		{"other:" + req.action, replaceIDs},
		{"twice:" + req.action, doubleEntries},
		{"no_system_disk", withoutField("SystemDisk")},
	} {
		if strings.HasPrefix(how.name, "no_") && req.action != "DescribeInstances" {
			continue
		}
		if _, ok := a.Switches.Take(how.name, req.instance); ok {
			result = editAnswer(result, how.spoil)
		}
	}
	return withNulls(a, req.action, result)
}

// editAnswer is an answer after an edit of its fields.
func editAnswer(result any, edit func(map[string]any)) any {
	raw, err := json.Marshal(result)
	var fields map[string]any
	if err == nil {
		err = json.Unmarshal(raw, &fields)
	}
	if err != nil {
		panic("fakecvm: " + err.Error()) // only plain structs get here
	}
	edit(fields)
	return fields
}

// editLists calls f with each list of an answer, and keeps what it returns.
func editLists(fields map[string]any, f func([]any) any) {
	for name, v := range fields {
		if list, ok := v.([]any); ok && strings.HasSuffix(name, "Set") {
			fields[name] = f(list)
		}
	}
}

func emptyLists(fields map[string]any) {
	editLists(fields, func([]any) any { return []any{} })
	fields["TotalCount"] = 0
}

// nullLists keeps the total: null is the SDK's word for what could not be read.
func nullLists(fields map[string]any) {
	editLists(fields, func([]any) any { return nil })
}

// replaceIDs answers for other machines and images than those asked for.
func replaceIDs(fields map[string]any) {
	editLists(fields, func(list []any) any {
		for _, one := range list {
			for _, id := range []string{"InstanceId", "ImageId", "SnapshotId"} {
				if m, ok := one.(map[string]any); ok && m[id] != nil {
					m[id] = m[id].(string)[:4] + "0ther0ne"
					break
				}
			}
		}
		return list
	})
}

func doubleEntries(fields map[string]any) {
	n := 0
	editLists(fields, func(list []any) any {
		n = 2 * len(list)
		return append(list, list...)
	})
	fields["TotalCount"] = n
}

func withoutField(field string) func(map[string]any) {
	return func(fields map[string]any) {
		editLists(fields, func(list []any) any {
			for _, one := range list {
				one.(map[string]any)[field] = nil
			}
			return list
		})
	}
}
