/** STUN and TURN servers of a WebRTC process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peerNetworkOf } from '../../../pipelines/webrtc/network.ts';

const test = suite('network of WebRTC');

const SERVERS = ['stun:stun.example.org:3478', 'turn:turn.example.org:3478'];

test('a TURN server gets the login, whatever characters it has; a STUN server none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-turn-'));
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'p@ss:w/rd\n');
  const turn = { username: 'box@venue', passwordFile };
  assert.equal(peerNetworkOf({ port: 8190, iceServers: SERVERS, turn }), {
    port: 8190,
    iceServers: [SERVERS[0], 'turn:box%40venue:p%40ss%3Aw%2Frd@turn.example.org:3478'],
  });
  rmSync(folder, { recursive: true });
});

test('a password that cannot be read is reported with its key', () => {
  const turn = { username: 'box', passwordFile: '/nowhere/password' };
  assert.throws(
    () => peerNetworkOf({ port: 1, iceServers: SERVERS, turn }),
    /turn_password_file: \/nowhere\/password: cannot be read/,
  );
});

test('in the room itself there are none', () => {
  assert.equal(peerNetworkOf({ port: 8190, host: '10.0.0.5', iceServers: [] }), {
    ...{ port: 8190, host: '10.0.0.5', iceServers: [] },
  });
});

test.run();
