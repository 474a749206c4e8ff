// Package fakeslack is a double of Slack: one workspace with one app in it,
// served over real HTTP, strict where Slack is strict.
//
// It is for practice and tests. The bot under test is pointed at it by its API
// URL and is otherwise as shipped. Tests drive people through Go methods
// (Command, Click, Submit, ..) and Wait for what they expect; people drive the
// same methods through the page of package page.
//
// # Its parts
//
//	workspace        what there is, what happened, and the lock over both
//	surfaces         forms and Home tabs that people have open
//	administration   what an administrator changes, also in the app's settings
//	clients          what people type, press and fill in
//	sender           how Slack reaches the bot
//	webAPI           methods and response URLs that the bot calls
//
//	blockkit         which blocks Slack takes, what they weigh, what they say
//	callargs         the arguments of a call
//	delivery         signed requests and Socket Mode connections
//	directory        people, groups and channels
//	messages, views  one message, one form or Home tab by itself
//	page             a page that looks and works like a Slack channel
//	rates            limits of each method
//	switches         how Slack misbehaves when it is asked to
//
// # What it does
//
//	requests to the bot   signed (v0), form encoded, 3 s; or Socket Mode envelopes
//	  commands            every documented field, answers in the ack
//	  interactions        block_actions, block_suggestion, view_submission,
//	                      view_closed, shortcut, message_action
//	  app_home_opened     as JSON, to an address that answered a challenge; sent
//	                      again at once if it was not acknowledged
//	response_url          5 uses, 30 min, replace_original, delete_original
//	chat.*                postMessage, postEphemeral, update, delete, getPermalink
//	views.*               open, push, update, publish; hash, stack of 3, triggers
//	users.*               info, lookupByEmail
//	usergroups.*          list, users.list
//	conversations.*       info, members, history, replies (cursors, metadata), open
//	others                auth.test, reactions.add, blocks.validate, apps.connections.open
//	refusals              lengths in code points, unknown fields, blocks, elements
//	                      and styles, double ids, scopes, membership, token types,
//	                      blocks above 24,500 bytes of JSON (msg_blocks_too_long)
//	for one alone         in a thread it shows only if that has replies and the
//	                      person has it open (OpenThread, Unshown)
//	rates                 tier 1 to 4, one post a second a channel (5 at once)
//	faults                Switches lists them; Switch and /page/control set them
//
// Package conform, beside it, holds all this against Slack's own clients.
//
// Payloads are as Slack's SDKs recorded them (bot/chat/doc.go, "Payloads"): JSON in
// ASCII, a list for no values, no api_app_id with shortcuts, nothing of what was
// entered with type-ahead, and with the forms of other companies their own team.
//
// If Slack does not document its behaviour, the double takes the stricter guess: a
// reply to an unknown thread is refused (thread_not_found), every page of
// conversations.replies starts with the parent, an argument that a method does
// not have is invalid_arguments, a failed command reads dispatch_failed, blocks
// are measured in the longest spelling of their JSON, wherever they are sent, and
// an answer to a response_url stands in the channel unless it names a thread.
//
// Its people change as an administrator would change them (Enrol, Deactivate,
// Restrict, SetEmail, Share), and no further than a workspace allows.
//
// # What it does not
//
//	any other event, and the tries after one and five minutes; OAuth, token
//	rotation; of a Grid only what JoinOrganisation says
//	direct messages of people, files, attachments (but for another app's: Alert),
//	unfurling, scheduled messages
//	plan, task_card, video, file, call and workflow blocks: refused
//	type-ahead in messages: only in modals
//	deduplication by client_msg_id: none, as none is promised
//	keeping anything: a new Slack is an empty workspace
package fakeslack
