package blockkit

import "regexp"

var (
	userID      = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)
	groupID     = regexp.MustCompile(`^S[A-Z0-9]{1,30}$`)
	emojiName   = regexp.MustCompile(`^[a-z0-9_+'-]{1,100}$`)
	webLink     = regexp.MustCompile(`^https?://[^\s<>|]+$`)
	operationID = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}$`) // Crockford's alphabet has no I, L, O and U
	verbWord    = regexp.MustCompile(`^[a-z]{1,20}$`)
)

// IsUserID reports whether s has the form of a person's id in Slack.
func IsUserID(s string) bool { return userID.MatchString(s) }

// IsGroupID reports whether s has the form of a user group's id.
func IsGroupID(s string) bool { return groupID.MatchString(s) }

// isEmojiName reports whether s can name an emoji, without its colons.
func isEmojiName(s string) bool { return emojiName.MatchString(s) }

// IsWebLink reports whether s is an http or https address that Slack can show.
func IsWebLink(s string) bool { return webLink.MatchString(s) }

// IsOperationID reports whether s has the form of a proposal's id.
func IsOperationID(s string) bool { return operationID.MatchString(s) }

// IsVerb reports whether s has the form of a button's or a form's verb.
func IsVerb(s string) bool { return verbWord.MatchString(s) }
