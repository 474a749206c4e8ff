// Package delivery is how Slack reaches an app: signed HTTP requests with three
// seconds for the answer, and envelopes over Socket Mode connections.
package delivery
