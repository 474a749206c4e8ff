// Slack's own client of the Web API, call by call, against the double. It ends
// with status 0 only if every answer is as that client expects it.
import assert from 'node:assert/strict';
import webApi from '@slack/web-api';

const { ErrorCode, LogLevel, WebClient, WebClientEvent } = webApi;
const env = process.env;
const options = { slackApiUrl: env.SLACK_API_URL, retryConfig: { retries: 1, minTimeout: 10 }, logLevel: LogLevel.ERROR };
const logger = { debug() {}, info() {}, warn() {}, error: console.error, setLevel() {}, getLevel: () => LogLevel.ERROR, setName() {} };
const web = new WebClient(env.SLACK_BOT_TOKEN, { ...options, logger });
const channel = 'C0INFRA';

// set is a switch of the double's.
async function set(name, value) {
  const r = await fetch(`${env.ORIGIN}/page/control`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, value }) });
  assert.equal(r.status, 200, await r.text());
}

// refused expects Slack's refusal by its code, as the client throws it.
async function refused(call, code) {
  try {
    await call;
  } catch (e) {
    assert.equal(e.code, ErrorCode.PlatformError, String(e));
    assert.equal(e.data.ok, false);
    assert.equal(e.data.error, code);
    return e.data;
  }
  return assert.fail(`${code} was expected`);
}

const tests = {
  async 'who it is, and its scopes'() {
    const me = await web.auth.test();
    assert.equal(me.team_id, 'T0HOME');
    assert.equal(me.user_id, 'U0TWOKEY');
    assert.equal(me.bot_id, 'B0TWOKEY');
    assert.ok(me.response_metadata.scopes.includes('users:read.email'));
  },
  async 'a message is posted, linked, changed and deleted'() {
    const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'one' } }];
    const post = await web.chat.postMessage({ channel, text: 'one', blocks, unfurl_links: false });
    assert.equal(post.channel, channel);
    assert.match(post.ts, /^\d{10}\.\d{6}$/);
    assert.equal(post.message.text, 'one');
    assert.ok(post.message.blocks[0].block_id);
    const { permalink } = await web.chat.getPermalink({ channel, message_ts: post.ts });
    assert.ok(permalink.endsWith(`/p${post.ts.replace('.', '')}`));
    const changed = await web.chat.update({ channel, ts: post.ts, text: 'two', blocks: [] });
    assert.equal(changed.ts, post.ts);
    assert.equal(changed.text, 'two');
    const gone = await web.chat.delete({ channel, ts: post.ts });
    assert.equal(gone.ts, post.ts);
    await refused(web.chat.update({ channel, ts: post.ts, text: 'x' }), 'message_not_found');
  },
  async 'blocks are validated, and nothing is posted'() {
    const block = { type: 'section', text: { type: 'plain_text', text: 'one' } };
    for (const ask of [{ blocks: [block] }, { message: { blocks: [block] } }, { view: { type: 'modal', title: { type: 'plain_text', text: 'A form' }, blocks: [block] } }]) {
      assert.equal((await web.blocks.validate(ask)).ok, true);
    }
    const [error] = (await refused(web.blocks.validate({ blocks: [{ ...block, text: { type: 'wrong', text: 'one' } }] }), 'invalid_blocks')).errors;
    assert.equal(error.pointer, '/0/text/type');
    assert.ok(error.code && error.message);
    await refused(web.blocks.validate({ message: { blocks: [{ type: 'wrong' }] } }), 'invalid_message');
    await refused(web.blocks.validate({ view: { type: 'modal', blocks: [block] } }), 'invalid_view');
    await refused(web.blocks.validate({ blocks: [block], message: { blocks: [block] } }), 'invalid_arguments');
  },
  async 'one person alone is told'() {
    const told = await web.chat.postEphemeral({ channel, user: 'U0ANN', text: 'psst' });
    assert.match(told.message_ts, /^\d{10}\.\d{6}$/);
    await refused(web.chat.postEphemeral({ channel, user: 'U0EVE', text: 'psst' }), 'user_not_in_channel');
  },
  async 'one person is told in a direct message'() {
    const { channel: direct } = await web.conversations.open({ users: 'U0BOB' });
    assert.match(direct.id, /^D/);
    const again = await web.conversations.open({ users: 'U0BOB', return_im: true });
    assert.equal(again.already_open, true);
    assert.equal(again.channel.id, direct.id);
    assert.equal(again.channel.is_im, true);
    const post = await web.chat.postMessage({ channel: direct.id, text: 'psst' });
    assert.equal((await web.chat.postMessage({ channel: 'U0BOB', text: 'psst' })).channel, direct.id);
    const { messages } = await web.conversations.history({ channel: direct.id, oldest: post.ts, inclusive: true });
    assert.equal(messages.length, 2);
    await refused(web.conversations.open({ users: 'U0REX' }), 'user_disabled');
    await refused(web.conversations.open({ users: 'U0NOBODY' }), 'user_not_found');
    await refused(web.conversations.open({}), 'users_list_not_supplied');
  },
  async 'a thread is read page by page, with its metadata'() {
    const parent = await web.chat.postMessage({ channel, text: 'parent', metadata: { event_type: 'a_post', event_payload: { key: 'k0' } } });
    for (let i = 1; i <= 5; i++) {
      await web.chat.postMessage({ channel, thread_ts: parent.ts, text: `reply ${i}`, metadata: { event_type: 'a_post', event_payload: { key: `k${i}` } } });
    }
    const seen = new Map();
    let pages = 0;
    for await (const page of web.paginate('conversations.replies', { channel, ts: parent.ts, limit: 2, include_all_metadata: true })) {
      pages++;
      for (const m of page.messages) seen.set(m.ts, m.metadata.event_payload.key);
    }
    assert.equal(pages, 3);
    assert.deepEqual([...seen.values()], ['k0', 'k1', 'k2', 'k3', 'k4', 'k5']);
    const bare = await web.conversations.replies({ channel, ts: parent.ts });
    assert.equal(bare.messages[0].reply_count, 5);
    assert.equal(bare.messages[0].metadata?.event_payload, undefined);
    let read = 0;
    for await (const page of web.paginate('conversations.history', { channel, limit: 1, oldest: parent.ts, inclusive: true })) read += page.messages.length;
    assert.equal(read, 1);
    await refused(web.conversations.replies({ channel, ts: parent.ts, cursor: 'bogus' }), 'invalid_cursor');
  },
  async 'people, groups and channels are read'() {
    const { user } = await web.users.info({ user: 'U0BOB' });
    assert.equal(user.team_id, 'T0HOME');
    assert.equal(user.profile.email, 'bob@home.example');
    assert.equal(user.is_restricted, false);
    assert.equal((await web.users.lookupByEmail({ email: 'bob@home.example' })).user.id, 'U0BOB');
    await refused(web.users.info({ user: 'U0NOBODY' }), 'user_not_found');
    assert.deepEqual((await web.usergroups.users.list({ usergroup: 'S0ONCALL' })).users, ['U0BOB', 'U0CHO']);
    const { usergroups } = await web.usergroups.list({ include_disabled: true, include_users: true });
    assert.deepEqual(usergroups.map((g) => [g.id, g.handle, g.users.length]), [['S0ONCALL', 'oncall', 2]]);
    const info = await web.conversations.info({ channel, include_num_members: true });
    assert.equal(info.channel.name, 'infra-oncall');
    assert.equal(info.channel.is_member, true);
    assert.equal(info.channel.is_ext_shared, false);
    const members = [];
    for await (const page of web.paginate('conversations.members', { channel, limit: 2 })) members.push(...page.members);
    assert.equal(members.length, info.channel.num_members);
    assert.equal(new Set(members).size, members.length);
  },
  async 'a home is published, and opening needs a trigger'() {
    const view = { type: 'home', blocks: [{ type: 'section', text: { type: 'plain_text', text: 'hello' } }] };
    const home = await web.views.publish({ user_id: 'U0ANN', view });
    assert.equal(home.view.type, 'home');
    assert.ok(home.view.id && home.view.hash);
    await refused(web.views.publish({ user_id: 'U0ANN', view, hash: 'another' }), 'hash_conflict');
    const modal = { type: 'modal', title: { type: 'plain_text', text: 'A form' }, blocks: view.blocks };
    await refused(web.views.open({ trigger_id: 'made.up', view: modal }), 'invalid_trigger_id');
    await refused(web.views.update({ view_id: 'V0NONE', view: modal }), 'not_found');
  },
  async 'what is wrong is told by a code, with what goes beside it'() {
    await refused(web.chat.postMessage({ channel: 'C0NONE', text: 'x' }), 'channel_not_found');
    await refused(web.chat.postMessage({ channel: 'C0RANDOM', text: 'x' }), 'not_in_channel');
    const bad = await refused(web.chat.postMessage({ channel, text: 'x', blocks: [{ type: 'section' }] }), 'invalid_blocks');
    assert.ok(bad.response_metadata.messages.some((m) => m.includes('json-pointer')));
    const scope = await refused(web.reactions.add({ channel, timestamp: '1.000000', name: 'eyes' }), 'missing_scope');
    assert.equal(scope.needed, 'reactions:write');
    assert.ok(scope.provided.includes('chat:write'));
    await refused(new WebClient('xoxb-wrong', { ...options, logger }).auth.test(), 'invalid_auth');
    await refused(new WebClient(env.SLACK_APP_TOKEN, { ...options, logger }).auth.test(), 'not_allowed_token_type');
    await refused(new WebClient(undefined, { ...options, logger }).auth.test(), 'not_authed');
    await refused(web.apiCall('chat.sing', { channel }), 'unknown_method');
  },
  async 'a rate limit is waited out'() {
    let waits = 0;
    web.on(WebClientEvent.RATE_LIMITED, (seconds) => { waits += seconds; });
    await set('chat.postMessage:rate_limit', '1');
    const began = Date.now();
    const post = await web.chat.postMessage({ channel, text: 'later' });
    assert.equal(post.message.text, 'later');
    assert.equal(waits, 1);
    assert.ok(Date.now() - began >= 1000);
    await set('auth.test:rate_limit', '1');
    const hasty = new WebClient(env.SLACK_BOT_TOKEN, { ...options, logger, rejectRateLimitedCalls: true });
    await assert.rejects(hasty.auth.test(), (e) => e.code === ErrorCode.RateLimitedError && e.retryAfter === 1);
  },
  async 'a Slack that fails inside is tried again, and then told'() {
    await set('auth.test:error_500', '1');
    assert.equal((await web.auth.test()).ok, true);
    await set('auth.test:error_500', '2');
    await assert.rejects(web.auth.test(), (e) => e.code === ErrorCode.HTTPError && e.statusCode === 500 || e.code === ErrorCode.RequestError);
    await set('auth.test:fatal_error', '1');
    await refused(web.auth.test(), 'fatal_error');
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    console.log(`ok: ${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok: ${name}\n${e.stack}`);
  }
}
process.exit(failed ? 1 : 0);
