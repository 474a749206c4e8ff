// Package chat is Slack: it posts what commands shows, and makes port.Inbound of
// what people type and press. It knows no rule of the domain.
//
// A Chat is made of parts, each of one subject:
//
//	directory      who the bot and the people are; groups and channels
//	messages       posts, edits, whispers, answers; finding a post again
//	viewCalls      dialogs and Home tabs, and the sealed state of dialogs
//	dispatcher     what Slack sends, handed to the front
//	httpEndpoint   signature, size and acks over HTTP
//	socketMode     connections, sessions and acks over Socket Mode
//	inspector      what Twokey believes of Slack, for bot check beliefs
//
// Three packages stand below. Package blockkit renders cards, forms and Homes as Block
// Kit, and payload reads what Slack sends: both are pure. Package webapi calls the Web
// API within its limits and classifies its errors. Only chat, blockkit and webapi import
// slack-go.
//
// What follows is what Twokey knows of Slack and slack-go v0.35.0, gathered in
// November 2026. Comments cite it by number. The end of a paragraph names the source:
//
//	a page           under https://docs.slack.dev
//	an issue         in a tracker, on GitHub
//	recorded         a payload of Slack's SDKs or pages, in testdata/payloads
//	run              seen when slack-go was run; the tests repeat it
//	source           read in slack-go
//	belief NAME      not proven: bot check beliefs looks at it on a live workspace
//
// # 1. Requests over HTTP
//
// 1.1 Slack signs timestamp and body with the signing secret (HMAC-SHA256, v0=). The
// page's own example is a test. Page authentication/verifying-requests-from-slack.
//
// 1.2 slack-go's verifier refuses an empty secret and a timestamp more than five
// minutes off, past or future. It recognises no replay inside that window and bounds
// no body. Source.
//
// 1.3 Only the body is signed. slack-go before v0.35.0 read a payload from the query
// string too, which the signature does not cover. Source.
//
// 1.4 With ssl_check=1 Slack checks the certificate: answer 200, process nothing. Page
// interactivity/implementing-slash-commands.
//
// 1.5 Slack writes letters that are not ASCII as \uXXXX and then form-encodes them:
// eight bytes a letter. A message may have 40,000 letters, and a shortcut on it brings
// them along more than once. Recorded; page reference/methods/chat.postMessage.
//
// # 2. Slash commands
//
// 2.1 Slack must have the ack within 3000 ms, else the person reads
// operation_timeout. An answer for that person alone goes in it, with status 200. Page
// interactivity/implementing-slash-commands.
//
// 2.2 Slack repeats neither commands nor interactions. It repeats events at once, after
// one minute and after five. Pages apis/events-api, interactivity.
//
// 2.3 With should_escape Slack writes people, channels and groups as <@U..>, <#C..>
// and <!subteam^S..>, with or without a name behind |, and links as <url>; & < > are
// entities. The name of a private channel is left out. Page
// interactivity/implementing-slash-commands; recorded.
//
// 2.4 People of another company can run no commands of ours, but can press our buttons
// (9.2). Page apis/slack-connect.
//
// 2.5 Commands do not work inside threads; shortcuts on a message do.
// Page interactivity/implementing-slash-commands.
//
// 2.6 If several apps have a command of one name, the app installed last gets it. So
// api_app_id is checked (9.5). Page interactivity/implementing-slash-commands.
//
// 2.7 Keyboards of phones and Macs replace what people type: -- becomes a dash, quotes
// become curly, blanks become unbreakable. Seen in trackers; commands undoes it.
//
// # 3. Presses, dialogs, shortcuts
//
// 3.1 A trigger_id lives three seconds and works once. Its errors have two spellings:
// expired_trigger_id and trigger_expired, exchanged_trigger_id and trigger_exchanged.
// Pages interactivity/handling-user-interaction, reference/methods/views.open.
//
// 3.2 The keys of a submission's errors are block_ids of inputs; with any other key
// Slack shows none of them. An empty ack closes the dialog. Page surfaces/modals.
//
// 3.3 A view's hash guards views.update against a change meanwhile. It is in the
// payload's view; the payload's own hash is empty. Run.
//
// 3.4 private_metadata has at most 3000 characters. Page reference/views/modal-views.
//
// 3.5 An external select asks with each letter, by default from the third on; the answer
// has at most 100 options. Its payload brings nothing of what was entered in the other
// fields, so that a form carries what it needs in private_metadata. Page
// reference/block-kit/block-elements/select-menu-element; recorded.
//
// 3.6 Slack promises nowhere to deliver a press once. It wants a new block_id at each
// edit of a message. Page reference/block-kit/blocks/header-block (block_id).
//
// 3.7 A message in a payload can hold blocks that slack-go cannot decode: then the whole
// payload fails, and over Socket Mode nobody acknowledges it. Run.
//
// 3.8 A state without values comes as [] and not as {}; slack-go then fails also on the
// answers of views.open, views.update and views.publish, though Slack did what was
// asked. Issue slack-go/slack#943; recorded.
//
// 3.9 A response_url works five times within half an hour, also if the bot is not in the
// channel. It is on hooks.slack.com, of GovSlack on hooks.slack-gov.com. Page
// interactivity/handling-user-interaction.
//
// 3.10 A press on a card with replies has a thread_ts too, the card's own ts: only a
// thread_ts that differs from message_ts says that the press was inside the thread.
// Recorded.
//
// 3.11 A press on a Home tab has a view and a trigger_id, and no channel, message or
// response_url: nothing can be posted where it was pressed. A form opens by the trigger.
// Page reference/interaction-payloads/block_actions-payload; recorded.
//
// 3.12 A press below a message that one person alone sees has is_ephemeral in its
// container, a response_url and a trigger_id, and no message. Recorded.
//
// # 4. Block Kit
//
// 4.1 Lengths, in Unicode code points: 50 blocks in a message, 100 in a view; header
// 150; text object 3000; 10 elements of a context, 25 of actions; button's text 75,
// value 2000, url 3000, accessibility_label 75; action_id, block_id and callback_id 255;
// 100 options, an option's text 75, value 150, description 75; placeholder 150; label and
// hint 2000; title, submit and close of a modal 24. Pages reference/block-kit/blocks,
// reference/block-kit/block-elements, reference/block-kit/composition-objects.
//
// 4.2 slack-go checks few of these. Source.
//
// 4.3 A message is refused by the size of its blocks (msg_blocks_too_long), by a measure
// that Slack does not document. It was seen at 13,297 letters of markdown, at 11,341
// letters of other blocks, and for rich_text above about 24.5 kB of JSON. Twokey keeps
// to 20,000 bytes. Issues slackapi/bolt-js#2509 and #2867; belief "size of a message".
//
// 4.4 blocks.validate checks blocks and views without posting them, and needs no scope.
// Page reference/methods/blocks.validate; belief "cards".
//
// 4.5 Outside text goes into plain_text and rich_text, which interpret no markup.
// Escaping & < > elsewhere leaves * _ ` and line breaks in force. Page
// messaging/formatting-message-text.
//
// # 5. Limits and scopes
//
// 5.1 A method's tier is so many calls a minute, for an app in a workspace: tier 1 is
// one, tier 2 twenty, tier 3 fifty, tier 4 a hundred. Replicas share it. Page
// apis/web-api/rate-limits; each method's own page names its tier.
//
// 5.2 chat.postMessage takes about one post a second in a channel, short bursts, and has
// a limit of the workspace besides. Page apis/web-api/rate-limits.
//
// 5.3 chat.update with text and without blocks deletes the blocks. Page
// reference/methods/chat.update.
//
// 5.4 A Retry-After says how many seconds to wait. Page apis/web-api/rate-limits.
//
// 5.5 Scopes: see Scopes. Each method's page names those that it needs; an answer lists
// the token's in X-OAuth-Scopes. Recorded; belief "scopes".
//
// 5.6 chat.update without metadata keeps the message's metadata, so that an edited line is
// still found by its key. Page reference/methods/chat.update.
//
// 5.7 A workspace's settings may end the time in which messages are edited: then the
// answer is edit_window_closed. Page reference/methods/chat.update.
//
// 5.8 A line that was broadcast (reply_broadcast) is one message with one ts, of subtype
// thread_broadcast: its blocks stand in the channel too, and an edit reaches both. The
// page's example has blocks; its text says that the copy "cannot contain attachments or
// message buttons", which are older than blocks. Nobody has tried it live: the card in
// the channel has the same buttons. Page reference/events/message/thread_broadcast.
//
// # 6. A post whose answer was lost
//
// 6.1 chat.postMessage has no documented idempotency key. An undocumented client_msg_id
// seems to drop a second post; Slack's developers ask apps not to rely on it. Issue
// slackapi/java-slack-sdk#852; belief "same post twice".
//
// 6.2 With that id Slack can also take a post for one that it had and cannot find:
// duplicate_message_not_found, duplicate_channel_not_found. Nothing was posted then. Page
// reference/methods/chat.postMessage.
//
// 6.3 A message's metadata is read back with include_all_metadata. Members can read it,
// and any app can write it into its own posts. Page messaging/message-metadata; belief
// "metadata".
//
// 6.4 After fatal_error, internal_error, a 5xx or a broken connection the post may stand.
// Page reference/methods/chat.postMessage.
//
// # 7. Socket Mode
//
// 7.1 An app has at most ten connections; each envelope comes over any one of them.
// Slack lets an eleventh be made, says too_many_websockets instead of hello, and ends
// it. Page apis/events-api/using-socket-mode; issues slackapi/bolt-js#2225,
// slackapi/java-slack-sdk#1223.
//
// 7.2 Slack renews connections every few hours. Page apis/events-api/using-socket-mode.
//
// 7.3 Slack drops an ack of 20 KB or more without a word. Issue slack-go/slack#1196.
//
// 7.4 A press that was not acknowledged does not come again. Issue
// slackapi/python-slack-sdk#1940; belief "acks of Socket Mode".
//
// 7.5 slack-go's client has faults; each was seen by running it.
//
//	fault 1   A connection that is taken and at once ended is opened again without a
//	          pause: 5,722 calls of apps.connections.open in two seconds.
//	fault 2   A full channel of events (50) stops the client.
//	fault 3   Ack only queues; while the connection is down the 21st blocks for ever.
//	fault 4   A write that fails is reported, and the dead connection kept.
//	fault 5   The reason of a disconnect reaches nobody, and the old connection ends
//	          before the new one is made.
//	fault 6   It repeats for ever what no repetition changes, such as token_expired.
//	fault 7   OptionDebug makes connections of 360 seconds.
//	fault 8   Without a ping of the server within 30 s it reconnects.
//	fault 9   A stop drops the acks that are queued.
//
// # 8. The Web API's client and its errors
//
// 8.1 slack-go's HTTP client has no time-out. Source.
//
// 8.2 The answers {}, null and {"ok":false} are no error to slack-go. Run.
//
// 8.3 A 429 without Retry-After is a StatusCodeError, one with a Retry-After that is no
// whole number a *strconv.NumError. Run.
//
// 8.4 What the codes mean is in webapi/codes.go. Slack's pages list them by method
// (webapi/testdata/slack-errors.json). restricted_action_thread_locked and
// restricted_action_non_threadable_channel concern one thread or one kind of post, not
// the channel. update_failed and fetch_members_failed pass by themselves.
//
// # 9. Who acted
//
// 9.1 People are told apart by user id and team id, never by names. team may be null if
// an app is installed for a whole organisation. Recorded.
//
// 9.2 In a channel that is shared with another company (Slack Connect) its people can
// press our buttons, and is_stranger is false for those who share a channel with us. So
// users.info is asked at each decision, and whoever is not plainly ours counts as
// outside. Page apis/slack-connect; belief "people".
//
// 9.3 is_ext_shared says that a channel is shared with another company, and
// is_pending_ext_shared that it is about to be. is_shared also covers one's own
// organisation. Page reference/objects/conversation-object; belief "channels".
//
// 9.4 Members may be able to edit a user group, unless it is locked. A membership is read
// again for each key; its method is tier 2, so that it may be 30 s old. Page
// reference/methods/usergroups.users.list; belief "groups".
//
// 9.5 api_app_id says whose app a payload is for. Payloads of shortcuts have none: of nine
// recorded ones not one, and an SDK's developer confirms it. Issue
// slackapi/bolt-python#129.
//
// 9.6 When somebody of another company submits a form, team and view.team_id are that
// company's; ours is app_installed_team_id. In an event from a shared channel team_id
// may be theirs; ours is among the authorizations. Recorded.
//
// 9.7 If an app is installed for a whole organisation, auth.test says
// is_enterprise_install and names the organisation. Page reference/methods/auth.test;
// belief "bot".
//
// # 10. What people see
//
// 10.1 Notifications and screen readers use the top-level text, in which Slack reads
// markup. Pages reference/methods/chat.postMessage, messaging/formatting-message-text.
//
// 10.2 A date is shown in the reader's zone: <!date^..> in text, a date element in
// rich_text. {ago} says how long ago it is. Page messaging/formatting-message-text.
//
// 10.3 An ephemeral in a thread is seen only if the thread has replies and the person has
// it open. So whoever presses in the channel is answered through the response_url, else
// by an ephemeral in the channel. Belief "whispers in threads".
//
// # 11. Events
//
// 11.1 Slack verifies the address for events with a challenge when the app is made. If
// the bot does not run yet, that fails, and an administrator has to press Retry; until
// then Home tabs stay empty. Page apis/events-api.
//
// 11.2 app_rate_limited says that no events come for a minute. It is not an event
// itself. Recorded.
package chat
