package main

import "github.com/alecthomas/kong"

// helpTexts are the help texts that are too long for a tag. A tag names one in braces.
var helpTexts = kong.Vars{
	"serve": "Serve Slack and work off what is due. All settings come from the environment.",
	"serve_heads": "Believe Redis only if its audit goes through the heads that bot audit verify printed " +
		"and that were kept elsewhere.",
	"check": "Look at everything that serve needs, and say what is missing and what to do. Nothing is changed. " +
		"Exit status 1: something is missing.",
	"check_beliefs": "Look whether Slack and the cloud are as Twokey believes, on your own workspace and account. " +
		"Nothing is changed and nothing is posted. What is printed can be pasted into an issue. " +
		"Exit status 1: a belief that safety needs differs.",
	"audit": "Export or verify who did what, when, on which plan. Needs only the settings of Redis.",
	"audit_adopt": "Go on with chains of which entries were removed: until then nothing is armed. " +
		"Verify goes on saying what is missing.",
	"audit_adopt_why": "What happened to the audit; it stands in the audit, and is told in the channels.",
	"audit_key":       "Print the key that signs what audit: https://.. in the policy file posts, for its receiver.",
	"audit_verify_file": "Verify an export, or what was shipped, instead of Redis; - is standard input. " +
		"Several are read as one. If Redis is set, say where both part.",
	"audit_verify_heads": "Hold the chains against heads that an earlier verify printed and that were kept elsewhere.",
	"policy": "Check a policy file, explain what it says of one machine and one person, or print its " +
		"schema.",
	"policy_check": "Say every mistake of a policy file with its line and column, or what the file means. " +
		"Exit status 1: there is a mistake.",
	"policy_explain": "Say which rule decides about a machine, who may turn which key, and what blocks now. " +
		"Nothing is touched.",
	"policy_explain_instance": "An instance's id, which is read from the cloud; " +
		"or @FILE with an instance as JSON, for which no cloud is needed.",
	"policy_explain_as": "A Slack user's id. Their groups are read where SLACK_BOT_TOKEN is set.",
	"policy_file":       "The policy file; default is the one that TWOKEY_POLICY names.",
	"policy_schema": "Print the JSON schema of policy files, with which editors complete and check them. " +
		"No settings are needed.",
	"adopt": "Go on with Redis as it is, after it was emptied or rolled back: until then nothing is armed.",
}
