package switches

// Kinds are settings of a channel or a workspace under which Slack takes some messages and
// refuses others, by the switch that turns them on. Edits of what is there go
// through.
var Kinds = []struct {
	Name, Code       string
	Replies, Threads bool // what is refused: replies, and messages outside threads
}{
	{Name: "threads_off", Code: "restricted_action_non_threadable_channel", Replies: true},
	{Name: "threads_locked", Code: "restricted_action_thread_locked", Replies: true},
	{Name: "threads_only", Code: "restricted_action_thread_only_channel", Threads: true},
	{Name: "read_only", Code: "restricted_action", Replies: true, Threads: true},
}
