/** WHEP over HTTP. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '../../../../pipelines/http/reply.ts';
import { openNotLiveFilter } from '../../../../pipelines/origin/not-live.ts';
import { openWhep } from '../../../../pipelines/whep/http/endpoint.ts';
import type { WhepAnswer, WhepRequest } from '../../../../pipelines/whep/messages.ts';

const test = suite('WHEP over HTTP');

const CREATED = { status: 201, id: 'abcdefghijklmnopqrstuv', sdp: 'v=0 answer' } as const;

const SERVERS = ['stun:stun.example.org:3478', 'turn:turn.example.org'];

/** @param answer Of the WHEP process; `none` before the test gives one. */
function openDoor(
  answer: WhepAnswer | 'none' = CREATED,
  isLive = true,
  tokenFile = '',
  turn?: { readonly username: string; readonly passwordFile: string },
) {
  const notLive = openNotLiveFilter('/preview-secret');
  notLive.setLive(isLive);
  const asked: WhepRequest[] = [];
  const clock = { ms: 0 };
  const whep = openWhep({
    options: { iceServers: SERVERS, tokenFile, ...(turn && { turn }) },
    admit: notLive.admit,
    renditions: async ({ query }) =>
      query.get('profile') === 'laptop' ? ['high', 'low'] : ['low'],
    send: (request) => {
      asked.push(request);
      if (answer !== 'none' && 'request' in request) whep.onAnswer(request.request, answer);
    },
    nowMs: () => clock.ms,
  });
  const send = async (
    method: string,
    path: string,
    { type = 'application/sdp', address = '10.0.0.1', authorization = '' } = {},
  ): Promise<Reply | undefined> => {
    const [only = '', query = ''] = path.split('?');
    const headers: Readonly<Record<string, string>> = { 'content-type': type, authorization };
    const header = (name: string) => headers[name];
    const request = { path: only, query: new URLSearchParams(query), header, address };
    const exchange = whep.exchange(request, method);
    if (exchange === undefined || 'status' in exchange) return exchange;
    return await exchange.answer('v=0 offer');
  };
  return { asked, clock, send, whep };
}

function headersOf(reply: Reply | undefined): ReadonlyMap<string, string> {
  const pairs = reply?.headers ?? [];
  return new Map(pairs.flatMap((name, i) => (i % 2 === 0 ? [[name, pairs[i + 1] ?? '']] : [])));
}

test('an offer is answered with 201, where the session is, and STUN servers without logins', async () => {
  const { asked, send } = openDoor();
  const reply = await send('POST', '/live/whep?profile=laptop');
  const headers = headersOf(reply);
  assert.is(reply?.status, 201);
  assert.is(String(reply?.body[0]), 'v=0 answer');
  assert.is(headers.get('Content-Type'), 'application/sdp');
  const at = new URL(headers.get('Location') ?? '', 'http://box/live/whep');
  assert.is(at.pathname, `/live/whep/${CREATED.id}`);
  assert.match(headers.get('ETag') ?? '', /^"[\w-]+"$/);
  assert.is(headers.get('Link'), '<stun:stun.example.org:3478>; rel="ice-server"');
  assert.equal(asked, [
    {
      type: 'offer',
      request: 1,
      address: '10.0.0.1',
      isPreview: false,
      renditions: ['high', 'low'],
      sdp: 'v=0 offer',
    },
  ]);
});

test('a session is deleted; addresses that a viewer finds later are not needed', async () => {
  const { asked, send } = openDoor({ status: 200 });
  assert.is((await send('DELETE', `/live/whep/${CREATED.id}`))?.status, 200);
  assert.equal(asked, [{ type: 'end', request: 1, id: CREATED.id }]);
  const patch = await send('PATCH', `/live/whep/${CREATED.id}`);
  assert.is(patch?.status, 405);
  assert.is(headersOf(patch).get('Allow'), 'DELETE, OPTIONS');
  assert.is((await send('GET', '/live/whep'))?.status, 405);
});

test('OPTIONS says what can be sent, to pages elsewhere as well', async () => {
  const { send } = openDoor();
  const headers = headersOf(await send('OPTIONS', '/live/whep'));
  assert.is(headers.get('Accept-Post'), 'application/sdp');
  assert.is(headers.get('Access-Control-Allow-Origin'), '*');
  assert.match(headers.get('Access-Control-Allow-Methods') ?? '', 'POST');
});

test('what is no SDP is refused with 415', async () => {
  const { asked, send } = openDoor();
  assert.is((await send('POST', '/live/whep', { type: 'application/json' }))?.status, 415);
  assert.equal(asked, []);
});

test('before a drop is live, only the crew’s address gives access', async () => {
  const { send } = openDoor(CREATED, false);
  const refused = await send('POST', '/live/whep');
  assert.is(refused?.status, 503);
  assert.ok(headersOf(refused).has('Retry-After'));
  assert.is((await send('POST', '/preview-secret/live/whep'))?.status, 201);
});

test('with a token, only who sends it gets an answer; the crew’s address needs none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-token-'));
  const file = join(folder, 'token');
  writeFileSync(file, 'correct-horse-battery\n');
  const { asked, send } = openDoor(CREATED, true, file);
  const right = { authorization: 'Bearer correct-horse-battery' };
  for (const authorization of ['', 'Bearer correct-horse-batterz', 'Basic correct-horse-battery']) {
    const refused = await send('POST', '/live/whep', { authorization });
    assert.is(refused?.status, 401);
    assert.is(headersOf(refused).get('WWW-Authenticate'), 'Bearer');
  }
  assert.is((await send('DELETE', `/live/whep/${CREATED.id}`))?.status, 401);
  assert.equal(asked, []);
  assert.is((await send('POST', '/live/whep', right))?.status, 201);
  assert.is((await send('POST', '/preview-secret/live/whep'))?.status, 201);
  assert.equal(
    asked.map((request) => 'isPreview' in request && request.isPreview),
    [false, true],
  );
  assert.is((await send('OPTIONS', '/live/whep'))?.status, 204);
  rmSync(folder, { recursive: true });
});

test('who may watch is told of TURN servers: with a login that expires, or with the token', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-turn-'));
  const passwordFile = join(folder, 'password');
  const tokenFile = join(folder, 'token');
  writeFileSync(passwordFile, 'secret-of-the-turn-server');
  writeFileSync(tokenFile, 'correct-horse-battery\n');
  const told = async (username: string, file: string, authorization: string, isLive = true) => {
    const { send } = openDoor(CREATED, isLive, file, { username, passwordFile });
    const links = [];
    for (const method of ['OPTIONS', 'POST']) {
      links.push(headersOf(await send(method, '/live/whep', { authorization })).get('Link') ?? '');
    }
    return links.map((link) => /<turn:.*username="[^"]*/.exec(link)?.[0].split('"').at(-1));
  };
  const right = 'Bearer correct-horse-battery';
  for (const login of await told('', '', '')) assert.match(login ?? '', /^\d+:venuebox$/);
  assert.equal(await told('', '', '', false), [undefined, undefined]);
  assert.equal(await told('', tokenFile, ''), [undefined, undefined]);
  assert.equal(await told('box', '', ''), [undefined, undefined]);
  assert.equal(await told('box', tokenFile, 'Bearer no'), [undefined, undefined]);
  assert.equal(await told('box', tokenFile, right), ['box', 'box']);
  rmSync(folder, { recursive: true });
});

test('a token that is too short, or a file that is none, is reported with its key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-token-'));
  writeFileSync(join(folder, 'short'), 'abc');
  assert.throws(() => openDoor(CREATED, true, join(folder, 'short')), /whep\.token_file: .* 16 to/);
  assert.throws(() => openDoor(CREATED, true, join(folder, 'none')), /whep\.token_file: .* read/);
  rmSync(folder, { recursive: true });
});

test('a refusal of the process is passed on in its words', async () => {
  const full = await openDoor({ status: 503, line: 'there are 50 viewers already' }).send(
    'POST',
    '/live/whep',
  );
  assert.is(full?.status, 503);
  assert.is(headersOf(full).get('Retry-After'), '5');
  assert.match(String(full?.body[0]), 'there are 50 viewers already');
  const starting = await openDoor({ status: 503, line: 'not now', isSoon: true }).send(
    'POST',
    '/live/whep',
  );
  assert.is(headersOf(starting).get('Retry-After'), '1');
  assert.is(headersOf(starting).get('Access-Control-Expose-Headers'), 'Retry-After');
  const bad = await openDoor({ status: 400, line: 'the offer has no media' }).send(
    'POST',
    '/live/whep',
  );
  assert.is(bad?.status, 400);
});

test('a flood of offers reaches the process as a trickle, whoever sends it', async () => {
  const { asked, clock, send } = openDoor();
  let refused = 0;
  for (let i = 0; i < 1_000; i += 1) {
    clock.ms += 60;
    const reply = await send('POST', '/live/whep', { address: i % 2 === 0 ? 'one' : `${i}` });
    if (reply?.status === 429) refused += 1;
  }
  const ofOne = asked.filter((request) => 'address' in request && request.address === 'one');
  assert.ok(ofOne.length <= 20 + 60, `${ofOne.length} of one address`);
  assert.ok(asked.length <= 60 + 600, `${asked.length} in a minute`);
  assert.ok(refused > 400);
});

test('a flood of leavers with made-up names reaches the process as a trickle, and holds up no offer', async () => {
  const { asked, clock, send } = openDoor();
  for (let i = 0; i < 2_000; i += 1) {
    clock.ms += 1;
    const name = `${i}`.padStart(22, 'a');
    await send('DELETE', `/live/whep/${name}`, { address: i % 2 === 0 ? 'one' : `${i}` });
  }
  assert.ok(asked.length <= 60 + 20, `${asked.length} in two seconds`);
  assert.is((await send('POST', '/live/whep', { address: 'one' }))?.status, 201);
});

test('a room that sees the stream begin is taken as one: as many offers wait as are allowed at once', async () => {
  const { asked, send, whep } = openDoor('none');
  const all = Array.from({ length: 100 }, (_, i) =>
    send('POST', '/live/whep', { address: `${i}` }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  for (const { request } of asked as { request: number }[]) whep.onAnswer(request, CREATED);
  const replies = await Promise.all(all);
  assert.is(replies.filter((reply) => reply?.status === 201).length, 60);
  const late = replies.filter((reply) => reply?.status === 429);
  assert.is(late.length, 40);
  assert.is(headersOf(late[0]).get('Retry-After'), '5');
});

test('while the process does not answer, a bounded number of offers waits for it', async () => {
  const { asked, clock, send, whep } = openDoor('none');
  const waiting = Array.from({ length: 80 }, (_, i) => {
    clock.ms += 100;
    return send('POST', '/live/whep', { address: `${i}` });
  });
  await new Promise((resolve) => setImmediate(resolve));
  for (const request of [...asked]) {
    if ('request' in request) whep.onAnswer(request.request, CREATED);
  }
  const statuses = (await Promise.all(waiting)).map((reply) => reply?.status);
  assert.is(statuses.filter((status) => status === 201).length, 64);
  assert.is(statuses.filter((status) => status === 503).length, 16);
});

test('other paths are not its own', async () => {
  const { send } = openDoor();
  for (const path of ['/live/whepx', '/live/whep/a/b', '/live/index.m3u8', '/beacon']) {
    assert.is(await send('POST', path), undefined, path);
  }
});

test.run();
