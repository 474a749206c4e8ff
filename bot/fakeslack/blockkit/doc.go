// Package blockkit is what Slack takes in Block Kit, and how people read and fill
// it in: which fields, kinds and lengths blocks, views and answers may have, what
// they weigh, what the elements in them hold, and what they say in plain text.
// It is pure: JSON-shaped values in, Slack's own complaints out.
//
// The lengths are those that Slack documents for blocks, elements and objects
// (docs.slack.dev/reference/block-kit). Unknown fields are refused.
package blockkit
