/** A player on port 80 that is the captive portal of the guests' network, too. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type LedPhones, withPortal } from '../../../pipelines/captive/on-own-port.ts';
import type { HttpRequest } from '../../../pipelines/http/handlers.ts';
import { openOwnNames, ownAddress } from '../../../pipelines/http/own-address.ts';
import { refuse } from '../../../pipelines/http/reply.ts';

const test = suite('a captive portal on the player’s own port');

const ADDRESS = '10.42.0.1';
const NAMES = openOwnNames(['venue.example']);

function openServer({ hasGuests = true, led = {} as LedPhones } = {}) {
  let nowMs = 0;
  const get = withPortal(
    { address: ADDRESS, hasGuests },
    () => refuse(200, 'the player'),
    () => nowMs,
    led,
  );
  /** @param at The address of the box at which it came in. */
  const ask = (
    host: string | undefined,
    path: string,
    { client = 'a', at = ADDRESS, agent = '' } = {},
  ) => {
    const request: HttpRequest = {
      ...{ path, query: new URLSearchParams(), address: client },
      header: (name) => ({ ':authority': host, 'user-agent': agent })[name],
      ownAddress: () => ownAddress(host ?? '', { address: at, port: 80, isTls: false }, NAMES),
    };
    const answer = get(request);
    if (!('status' in answer)) throw new Error('nothing waits');
    const location = answer.headers[answer.headers.indexOf('Location') + 1];
    const body = Buffer.concat(answer.body).toString().trim();
    return `${answer.status} ${answer.status === 302 ? location : body}`.trim();
  };
  return {
    ask,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const PROBE = ['captive.apple.com', '/hotspot-detect.html'] as const;

test('a phone’s question to another host leads to the page, and gets its yes once that is up', () => {
  const { ask, pass } = openServer();
  assert.is(ask(...PROBE), '302 http://10.42.0.1/watch');
  pass(600_000);
  assert.is(ask(...PROBE), '302 http://10.42.0.1/watch', 'nobody has opened it yet');
  assert.is(ask(ADDRESS, '/watch'), '302 http://10.42.0.1/');
  assert.is(ask(ADDRESS, '/'), '200 the player');
  assert.is(ask(...PROBE), '302 http://10.42.0.1/watch', 'a yes would close the page again');
  pass(5_000);
  assert.match(ask(...PROBE), '200 <HTML><HEAD><TITLE>Success');
  assert.is(ask('connectivitycheck.gstatic.com', '/generate_204'), '204');
  assert.is(ask('shop.example', '/'), '302 http://10.42.0.1/watch', 'all else leads to the page');
  assert.is(ask(...PROBE, { client: 'b' }), '302 http://10.42.0.1/watch', 'of another phone');
});

test('an iPhone’s probe, which follows the way to the page, has not opened it for its guest', () => {
  const { ask, pass } = openServer();
  const agent = 'CaptiveNetworkSupport-481.60.1 wispr';
  ask(...PROBE, { agent });
  assert.is(ask(ADDRESS, '/watch', { agent }), '302 http://10.42.0.1/');
  pass(600_000);
  assert.is(ask(...PROBE, { agent }), '302 http://10.42.0.1/watch');
  ask(ADDRESS, '/watch', { agent: 'Mozilla/5.0 (iPhone) AppleWebKit/605.1.15' });
  pass(5_000);
  assert.match(ask(...PROBE, { agent }), '200 <HTML><HEAD><TITLE>Success');
});

test('an address that another phone may have by now is led to the page again', () => {
  const { ask, pass } = openServer();
  const hour = 3_600_000;
  ask(ADDRESS, '/watch');
  pass(2 * hour);
  assert.match(ask(...PROBE), '200 <HTML><HEAD><TITLE>Success');
  pass(2 * hour);
  assert.match(ask(...PROBE), '200 <HTML><HEAD><TITLE>Success', 'it has asked meanwhile');
  pass(4 * hour);
  assert.is(ask(...PROBE), '302 http://10.42.0.1/watch');
  ask(ADDRESS, '/watch');
  pass(5_000);
  assert.match(ask(...PROBE), '200 <HTML><HEAD><TITLE>Success', 'the next guest has opened it');
});

test('of more phones than the network has addresses, the one that asked longest ago is forgotten', () => {
  const { ask, pass } = openServer();
  const isSeen = (client: string) => ask(...PROBE, { client }).startsWith('200');
  for (const client of ['first', 'second']) ask(ADDRESS, '/watch', { client });
  pass(5_000);
  assert.ok(isSeen('first'));
  for (let i = 0; i < 253; i++) ask(ADDRESS, '/watch', { client: String(i) });
  pass(5_000);
  assert.equal(['first', 'second', '0', '252'].map(isSeen), [true, false, true, true]);
});

test('the box’s own names and addresses, other networks and other addresses get the player', () => {
  const { ask } = openServer();
  const hosts = [ADDRESS, `${ADDRESS}:80`, 'venue.example', undefined, ''];
  for (const host of hosts)
    assert.is(ask(host, '/live/index.m3u8'), '200 the player', String(host));
  const elsewhere = ['192.168.1.5', '::1', '10.42.0.10', '::ffff:192.168.1.5'];
  for (const at of elsewhere) assert.is(ask(...PROBE, { at }), '200 the player', at);
  assert.is(ask(...PROBE, { at: '::ffff:10.42.0.1' }), '302 http://10.42.0.1/watch');
});

test('names that are none lead nowhere else than to the page', () => {
  const { ask } = openServer();
  for (const host of ['[', '10.42.0.1@evil.example', 'a b', '%00', 'evil.example#10.42.0.1'])
    assert.match(ask(host, '/x'), /^(?:302 http:\/\/10\.42\.0\.1\/watch|200 the player)$/, host);
});

test('while the box’s own hotspot is up, its phones are led to the page of the crew', () => {
  const led: LedPhones = {};
  const { ask } = openServer({ hasGuests: false, led });
  assert.is(ask(...PROBE), '200 the player', 'there is no hotspot');
  led.page = 'http://10.42.0.1:8081/';
  assert.is(ask(...PROBE), '302 http://10.42.0.1:8081/');
  assert.is(ask('shop.example', '/'), '302 http://10.42.0.1:8081/');
  for (const host of [ADDRESS, 'venue.example']) assert.is(ask(host, '/'), '200 the player', host);
  assert.is(ask(...PROBE, { at: '192.168.1.5' }), '200 the player', 'on another network');
  led.page = undefined;
  assert.is(ask(...PROBE), '200 the player');
});

test('without a guests’ network the server is none', () => {
  const get = () => refuse(200, 'the player');
  assert.is(
    withPortal(undefined, get, () => 0),
    get,
  );
});

test.run();
