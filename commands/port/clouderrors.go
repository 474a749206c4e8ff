package port

// ExplainedError is a fault of the cloud's with what it means for people.
type ExplainedError struct {
	Why, Next string // what it means and what to do, without full stops
	Cause     error
}

func (e *ExplainedError) Error() string { return e.Cause.Error() }

func (e *ExplainedError) Unwrap() error { return e.Cause }

// AccessDeniedError is a fault of the cloud's that only a person repairs: wrong
// credentials, or a missing permission. What was asked for did not happen.
type AccessDeniedError struct {
	// Action is what CAM does not allow, such as cvm:ResetInstance. It is empty if the
	// cloud does not name it.
	Action string
	Cause  error // names the call, the region and the account; it may be an ExplainedError
}

func (e *AccessDeniedError) Error() string { return e.Cause.Error() }

func (e *AccessDeniedError) Unwrap() error { return e.Cause }
