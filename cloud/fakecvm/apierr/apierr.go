// Package apierr has the errors with which the doubled cloud refuses a call.
package apierr

import "fmt"

// Error is a refusal in the cloud's words.
type Error struct {
	Code    string
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf makes a refusal with a code of the cloud.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Missing refuses a call without a required parameter.
func Missing(name string) *Error {
	return Errorf("MissingParameter", "The request is missing a required parameter `%s`.", name)
}
