// A small app on Slack's own framework. The test (conform_test.go) plays people
// against it through the double. It says on standard output what it saw: one
// JSON object a line.
import { subscribe } from 'node:diagnostics_channel';
import bolt from '@slack/bolt';

const { App, HTTPReceiver, LogLevel, SocketModeReceiver } = bolt;
const env = process.env;
const say = (saw, more = {}) => console.log(JSON.stringify({ saw, ...more }));
const logger = { debug() {}, info() {}, warn: console.error, error: console.error, setLevel() {}, getLevel: () => LogLevel.WARN, setName() {} };
const clientOptions = { slackApiUrl: env.SLACK_API_URL };

const receiver = env.MODE === 'socket'
  ? new SocketModeReceiver({ appToken: env.SLACK_APP_TOKEN, clientPingTimeout: 3000, installerOptions: { clientOptions }, logger })
  : new HTTPReceiver({ signingSecret: env.SLACK_SIGNING_SECRET, endpoints: ['/slack/commands', '/slack/interactions', '/slack/events'], logger });
const app = new App({ token: env.SLACK_BOT_TOKEN, receiver, clientOptions, logger });
app.error(async (error) => say('error', { message: String(error.original ?? error) }));

const button = (action_id, text) => ({ type: 'button', action_id, text: { type: 'plain_text', text }, value: `${action_id}-value` });
const section = (text) => ({ type: 'section', text: { type: 'plain_text', text } });
const form = (title) => ({
  type: 'modal', callback_id: 'form', title: { type: 'plain_text', text: title }, submit: { type: 'plain_text', text: 'Send' }, private_metadata: 'kept', notify_on_close: true,
  blocks: [
    { type: 'input', block_id: 'machine', label: { type: 'plain_text', text: 'Machine' }, element: { type: 'external_select', action_id: 'machine', min_query_length: 0 } },
    { type: 'input', block_id: 'reason', label: { type: 'plain_text', text: 'Reason' }, element: { type: 'plain_text_input', action_id: 'reason' } },
  ],
});

app.command('/reinstall', async ({ command, ack, respond, client, body }) => {
  switch (command.text) {
    case 'ack':
      await ack({ text: 'told in the ack' });
      return;
    case 'respond':
      await ack();
      await respond({ text: 'told by respond', response_type: 'ephemeral' });
      return;
    case 'card':
      await ack();
      await client.chat.postMessage({ channel: command.channel_id, text: 'A card', blocks: [section('A card'), { type: 'actions', elements: [button('replace', 'Replace'), button('redraw', 'Redraw'), button('more', 'More')] }] });
      return;
    case 'form':
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view: form('A form') });
      return;
    default:
      await ack(`what is ${command.text}?`);
  }
});

app.action('replace', async ({ ack, respond }) => {
  await ack();
  await respond({ replace_original: true, text: 'Replaced', blocks: [section('Replaced by respond')] });
});
app.action('redraw', async ({ ack, body, client }) => {
  await ack();
  await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: 'Redrawn', blocks: [section('Redrawn by an update')] });
});
app.action('more', async ({ ack, say: post, action, body }) => {
  await ack();
  await post({ text: `${body.user.name} pressed ${action.value}`, thread_ts: body.message.ts });
});

app.options('machine', async ({ options, ack }) => {
  const names = ['web-01', 'web-02', 'db-01'].filter((n) => n.startsWith(options.value));
  await ack({ options: names.map((n) => ({ text: { type: 'plain_text', text: n }, value: `ins-${n}` })) });
});

app.view('form', async ({ ack, view, body, client }) => {
  const reason = view.state.values.reason.reason.value;
  const machine = view.state.values.machine.machine.selected_option.value;
  if (reason === 'wrong') {
    await ack({ response_action: 'errors', errors: { reason: 'Give a better reason.' } });
    return;
  }
  if (reason === 'again') {
    await ack({ response_action: 'update', view: form('Once more') });
    return;
  }
  await ack();
  await client.chat.postMessage({ channel: 'C0INFRA', text: `${body.user.name} sent ${machine}, ${reason}, ${view.private_metadata}` });
});
app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body }) => {
  await ack();
  say('closed', { cleared: body.is_cleared });
});

app.shortcut('anywhere', async ({ ack, shortcut, client }) => {
  await ack();
  await client.views.open({ trigger_id: shortcut.trigger_id, view: form(`From ${shortcut.type}`) });
});
app.shortcut({ callback_id: 'on-message', type: 'message_action' }, async ({ ack, shortcut, client }) => {
  await ack();
  await client.chat.postMessage({ channel: shortcut.channel.id, thread_ts: shortcut.message.ts, text: `It reads: ${shortcut.message.text}` });
});

// Here an app home that the double opens is published: app.event('app_home_opened', ..).

if (env.MODE === 'socket') {
  receiver.client.on('connected', () => say('connected'));
  subscribe('undici:websocket:ping', () => say('ping'));
  subscribe('undici:websocket:pong', () => say('pong'));
  await app.start();
  say('ready');
} else {
  const server = await app.start(0);
  say('ready', { port: server.address().port });
}
process.stdin.on('end', () => process.exit(0)).resume(); // the test has ended
