package port

// Health is what Redis can promise.
type Health struct {
	AOF      bool
	NoEvict  bool
	Replicas int
	// Keeps says what keeps the record of a call before it goes out, and what a
	// power cut could take, in sentences; it is empty where Unkept is not.
	Keeps string
	// Unkept says why no call may be armed now, as CannotArmError does.
	Unkept   string
	Warnings []string // one sentence each
}
