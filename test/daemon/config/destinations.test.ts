/** Further destinations in the config, and their secrets. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, parseConfig } from '../../../daemon/config/file.ts';
import { readUplinkSecrets } from '../../../daemon/media/secret-file.ts';
import { plannedLinks } from '../../../daemon/media/uplink-settings.ts';

const test = suite('destinations in the config');

const YOUTUBE = 'id: youtube, kind: rtmp, url: rtmps://a.rtmps.youtube.com/live2';

function faults(uplink: string): string {
  try {
    parseConfig('box.yaml', `uplink: ${uplink}`, []);
    return '';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}

test('without a receiver of its own the uplink has those of the list, and no links', () => {
  const list = `destinations: [{${YOUTUBE}, key_file: k}]`;
  assert.is(faults(`{${list}}`), '');
  const config = parseConfig('x', `uplink: {${list}}`, []);
  assert.equal(plannedLinks(config), {});
  assert.match(faults('{}'), 'uplink.host must be given');
  assert.match(faults(`{${list}, links: [{id: a, device: wwan0}]}`), 'uplink.host must be given');
  assert.match(faults('{host: far}'), 'uplink.port must be given, as uplink.host is');
});

test('each kind names what it needs, and nothing of the other', () => {
  const one = (entry: string) => faults(`{host: a, port: 1, destinations: [{${entry}}]}`);
  assert.match(one('id: a, kind: rtmp'), 'uplink.destinations.0.url must be given');
  assert.match(one(YOUTUBE), 'uplink.destinations.0.key_file must be given');
  assert.match(one('id: a, kind: srt, host: b'), 'uplink.destinations.0.port must be given');
  const mixed = one(`${YOUTUBE}, key_file: k, host: b`);
  assert.match(mixed, 'uplink.destinations.0.host must be left out, as the kind is rtmp');
  assert.match(one('id: a, kind: hls'), 'uplink.destinations.0.kind must be one of: srt, rtmp');
  assert.match(one(`${YOUTUBE}, key_file: k, rendition: huge`), 'unknown rendition huge');
  const twice = `{${YOUTUBE}, key_file: k}`;
  assert.match(
    faults(`{host: a, port: 1, destinations: [${twice}, ${twice}]}`),
    'destinations.1.id: youtube is already used by uplink.destinations.0.id',
  );
});

test('an address has no login, no key and nothing that ends the launch line', () => {
  const one = (url: string) =>
    faults(`{destinations: [{id: a, kind: rtmp, key_file: k, url: ${JSON.stringify(url)}}]}`);
  for (const url of ['rtmp://live.twitch.tv/app', 'rtmp://[::1]:1935/a/b/', 'RTMPS://h/x']) {
    assert.is(one(url), '', url);
  }
  for (const url of [
    ...['http://h/app', 'rtmp://h', 'rtmp://h/app?key=1', 'rtmp://h/a" ! filesink location="/x'],
    ...['rtmp://me:secret@h/app', ''],
  ]) {
    assert.match(one(url), /url must be (?:like rtmps|given)/, url);
    assert.not.match(one(url), 'me:secret');
  }
});

test('a stream key that others can read is refused, and is in no message', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-keys-'));
  const file = join(folder, 'key');
  const read = () => {
    const yaml = `uplink: {destinations: [{${YOUTUBE}, key_file: ${file}}]}`;
    return readUplinkSecrets(parseConfig('x', yaml, []).uplink).destinations['youtube'];
  };
  const reason = () => {
    try {
      return `read ${read()}`;
    } catch (error) {
      return (error as Error).message;
    }
  };
  try {
    assert.match(reason(), 'uplink.destinations.0.key_file');
    writeFileSync(file, 'abcd-1234-efgh\n');
    chmodSync(file, 0o644);
    assert.match(reason(), 'others can read it: chmod 600 it');
    chmodSync(file, 0o600);
    assert.is(read(), 'abcd-1234-efgh');
    writeFileSync(file, 'abcd 1234\nefgh\n');
    assert.match(reason(), 'must hold the stream key in one line');
    assert.not.match(reason(), '1234');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
