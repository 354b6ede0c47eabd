/** STUN and TURN servers: for a WebRTC process, and for its clients. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLinks } from '../../../pipelines/player/playback/rtc/ice.ts';
import { openIceLinks } from '../../../pipelines/webrtc/ice-servers.ts';
import { peerNetworkOf } from '../../../pipelines/webrtc/network.ts';

const test = suite('network of WebRTC');

const SERVERS = ['stun:stun.example.org:3478', 'turn:turn.example.org:3478'];
const STUN = '<stun:stun.example.org:3478>; rel="ice-server"';

function withPassword(text: string, check: (passwordFile: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-turn-'));
  writeFileSync(join(folder, 'password'), text);
  check(join(folder, 'password'));
  rmSync(folder, { recursive: true });
}

test('a process asks a TURN server, too, which address it has, and needs no login for that', () => {
  withPassword('secret\n', (passwordFile) => {
    const turn = { username: 'box', passwordFile };
    assert.equal(peerNetworkOf({ port: 8190, iceServers: SERVERS, turn }), {
      port: 8190,
      stunServers: ['stun:stun.example.org:3478', 'stun:turn.example.org:3478'],
    });
  });
});

test('a server that is reached by TCP or TLS only is not asked by UDP', () => {
  const iceServers = ['a?transport=tcp', 'b', 'c?transport=udp'].map((name) => `turn:${name}`);
  assert.equal(peerNetworkOf({ port: 8190, iceServers: [...iceServers, 'turns:d'] }), {
    ...{ port: 8190, stunServers: ['stun:b', 'stun:c'] },
  });
});

test('a server may be named by its IPv6 address', () => {
  withPassword('secret\n', (passwordFile) => {
    const iceServers = ['stun:[2001:db8::1]:3479', 'turn:[2001:db8::2]?transport=udp'];
    const servers = { iceServers, turn: { username: 'box', passwordFile } };
    const { stunServers } = peerNetworkOf({ port: 8190, ...servers });
    assert.equal(stunServers, [
      { hostname: '2001:db8::1', port: 3479 },
      { hostname: '2001:db8::2', port: 3478 },
    ]);
    assert.equal(readLinks(openIceLinks(servers)(true).join(', ')), [
      { urls: iceServers[0] },
      { urls: iceServers[1], username: 'box', credential: 'secret' },
    ]);
  });
});

test('clients get the login of the config, whatever characters it has; those who may not, STUN only', () => {
  withPassword('p@"s:\\w,d>;\n', (passwordFile) => {
    const links = openIceLinks({
      iceServers: SERVERS,
      turn: { username: 'box "x"', passwordFile },
    });
    assert.equal(links(false), [STUN]);
    assert.equal(readLinks(links(true).join(', ')), [
      { urls: SERVERS[0] },
      { urls: SERVERS[1], username: 'box "x"', credential: 'p@"s:\\w,d>;' },
    ]);
  });
});

test('without a name the file is a secret, and each client gets a login that expires', () => {
  withPassword('shared secret', (passwordFile) => {
    const links = openIceLinks({ iceServers: SERVERS, turn: { username: '', passwordFile } });
    const [, turn] = readLinks(links(true).join(', '));
    const { username = '', credential } = turn ?? {};
    const leftS = Number.parseInt(username, 10) - Date.now() / 1000;
    assert.ok(leftS > 80_000 && leftS < 90_000, username);
    assert.is(credential, createHmac('sha1', 'shared secret').update(username).digest('base64'));
    assert.not.match(links(true).join(), 'shared secret');
  });
});

test('a password that cannot be read is reported with its key by the process, and no server is told', () => {
  const settings = { iceServers: SERVERS, turn: { username: 'box', passwordFile: '/nowhere/pw' } };
  assert.throws(
    () => peerNetworkOf({ port: 1, ...settings }),
    /turn_password_file: \/nowhere\/pw: cannot be read/,
  );
  assert.equal(openIceLinks(settings)(true), [STUN]);
  withPassword('one\ntwo', (passwordFile) => {
    const turn = { username: 'box', passwordFile };
    assert.throws(() => peerNetworkOf({ port: 1, iceServers: [], turn }), /one line/);
  });
});

test('in the room itself there are none', () => {
  assert.equal(peerNetworkOf({ port: 8190, host: '10.0.0.5', iceServers: [] }), {
    ...{ port: 8190, host: '10.0.0.5', stunServers: [] },
  });
  assert.equal(openIceLinks({ iceServers: [] })(true), []);
});

test('a page takes no other links', () => {
  const links = '<stun:a>; rel="next", <http://b>; rel="ice-server", <turn:c>; rel="ice-server"';
  assert.equal(readLinks(links), []);
});

test.run();
