/** A phone or OBS at the operator's port: who is answered, and with what. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WhipEndpoint } from '../../../../pipelines/whip/messages.ts';
import { signIn } from '../../../support/operator.ts';
import { startFakeBox } from '../support/fake-box.ts';

const test = suite('WHIP at the operator’s port');

const TOKEN = 'secret-token-of-the-box';
const SDP = { 'content-type': 'application/sdp' };
const KNOWN = { authorization: `Bearer ${TOKEN}` };

function fakeEndpoint() {
  const seen: string[] = [];
  const endpoint: WhipEndpoint = {
    token: TOKEN,
    iceLinks: (isAllowed) =>
      isAllowed ? ['<stun:a>; rel="ice-server"', '<turn:a>; rel="ice-server"'] : ['<stun:a>'],
    offer: async (sdp) => {
      seen.push(sdp);
      return sdp === 'busy'
        ? { status: 409, line: 'another camera is sending' }
        : { status: 201, id: 'abcdefgh-ijk', sdp: 'v=0\r\n' };
    },
    end: async (id) =>
      id === 'abcdefgh-ijk' ? { status: 200 } : { status: 404, line: 'there is no such session' },
  };
  return { seen, endpoint };
}

test('with its token an offer is answered, and the session ended, without any cookie', async () => {
  const { seen, endpoint: whip } = fakeEndpoint();
  await using box = await startFakeBox({ deps: { whip: () => whip } });
  const url = `${box.url}/whip`;
  const headers = { ...SDP, ...KNOWN, origin: 'https://elsewhere.example' };
  const answer = await fetch(url, { method: 'POST', headers, body: 'v=0 offer' });
  assert.is(answer.status, 201);
  assert.is(await answer.text(), 'v=0\r\n');
  assert.is(answer.headers.get('content-type'), 'application/sdp');
  assert.is(answer.headers.get('etag'), '"abcdefgh"');
  assert.is(answer.headers.get('access-control-allow-origin'), '*');
  assert.match(answer.headers.get('link') ?? '', '<turn:a>; rel="ice-server"');
  const told = await fetch(url, { method: 'OPTIONS', headers: KNOWN });
  assert.match(told.headers.get('link') ?? '', '<turn:a>; rel="ice-server"');
  assert.equal(seen, ['v=0 offer']);
  const session = new URL(answer.headers.get('location') ?? '', url);
  assert.is(session.pathname, '/whip/abcdefgh-ijk');
  assert.is((await fetch(session, { method: 'DELETE' })).status, 401);
  assert.is((await fetch(session, { method: 'DELETE', headers: KNOWN })).status, 200);
  assert.is((await fetch(`${url}/none`, { method: 'DELETE', headers: KNOWN })).status, 404);
  const trickle = await fetch(session, { method: 'PATCH', headers: KNOWN });
  assert.is(trickle.status, 405);
  assert.is(trickle.headers.get('allow'), 'DELETE, OPTIONS');
});

test('without the token nothing is taken, and what is wrong is said', async () => {
  const { seen, endpoint: whip } = fakeEndpoint();
  await using box = await startFakeBox({ deps: { whip: () => whip } });
  const offer = (headers: Record<string, string>, body = 'v=0') =>
    fetch(`${box.url}/whip`, { method: 'POST', headers, body });
  for (const authorization of ['', 'Bearer', 'Bearer wrong', `Bearer ${TOKEN}x`, 'Basic eDp5']) {
    const answer = await offer({ ...SDP, authorization });
    assert.is(answer.status, 401);
    assert.match(answer.headers.get('www-authenticate') ?? '', 'Bearer');
    assert.match(await answer.text(), /token/);
  }
  assert.equal(seen, []);
  assert.is((await offer({ ...KNOWN, 'content-type': 'application/json' })).status, 415);
  assert.is((await offer({ ...SDP, ...KNOWN }, 'x'.repeat(70_000))).status, 413);
  const busy = await offer({ ...SDP, ...KNOWN }, 'busy');
  assert.is(busy.status, 409);
  assert.match(await busy.text(), /another camera/);
});

test('floods are answered 429, and never reach the process', async () => {
  const { seen, endpoint: whip } = fakeEndpoint();
  await using box = await startFakeBox({ deps: { whip: () => whip } });
  const counts = new Map<number, number>();
  for (let i = 0; i < 200; i += 1) {
    const { status } = await fetch(`${box.url}/whip`, {
      ...{ method: 'POST', headers: { ...SDP, authorization: 'Bearer no' }, body: 'v=0' },
    });
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  assert.ok((counts.get(429) ?? 0) > 0, JSON.stringify([...counts]));
  assert.is((counts.get(429) ?? 0) + (counts.get(401) ?? 0), 200);
  assert.equal(seen, []);
});

test('a page elsewhere may ask what is allowed; a box without such a camera has no endpoint', async () => {
  const { endpoint: whip } = fakeEndpoint();
  {
    await using box = await startFakeBox({ deps: { whip: () => whip } });
    const answer = await fetch(`${box.url}/whip`, { method: 'OPTIONS' });
    assert.is(answer.status, 204);
    assert.is(answer.headers.get('accept-post'), 'application/sdp');
    assert.is(answer.headers.get('link'), '<stun:a>');
    assert.match(answer.headers.get('access-control-allow-headers') ?? '', 'Authorization');
  }
  await using box = await startFakeBox();
  const headers = { ...SDP, ...KNOWN };
  assert.is((await fetch(`${box.url}/whip`, { method: 'POST', headers, body: 'v=0' })).status, 403);
});

test('the crew reads the token on the page, a stranger does not', async () => {
  const { endpoint: whip } = fakeEndpoint();
  const read = async (url: string, cookie = '') => {
    const answer = await fetch(`${url}/camera-access`, { headers: { cookie } });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  {
    await using box = await startFakeBox({ deps: { whip: () => whip } });
    assert.is((await read(box.url)).status, 401);
    const known = await read(box.url, await signIn(box.url));
    assert.equal(known, { status: 200, body: { path: '/whip', token: TOKEN } });
    const policy = (await fetch(box.url)).headers.get('permissions-policy') ?? '';
    assert.match(policy, 'camera=(self)');
  }
  await using box = await startFakeBox();
  assert.is((await read(box.url, await signIn(box.url))).status, 404);
  assert.match((await fetch(box.url)).headers.get('permissions-policy') ?? '', 'camera=()');
});

test.run();
