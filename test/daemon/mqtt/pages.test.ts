/** The addresses that are published of the box's pages. */
import { writeFileSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { openPages } from '../../../daemon/mqtt/pages.ts';
import { scratch } from './support/mosquitto.ts';
import { bareSnapshot, fullSnapshot } from './support/snapshot.ts';

const test = suite('addresses of the pages');
const clock = { wallMs: () => Date.UTC(2026, 4, 1) };
const playerUrl = 'http://10.0.0.5:8080/';

function pagesOf(yaml: string, address = '10.0.0.5') {
  const eth0 = [{ address, family: 'IPv4', internal: false }];
  const interfaces = () => ({ eth0: eth0 as NetworkInterfaceInfo[] });
  return openPages(parseConfig('box.yaml', yaml, []), clock, interfaces);
}

test('what guests open, the operator’s page, and the mark of the page until the drop is live', () => {
  assert.equal(pagesOf('')(bareSnapshot({ playerUrl })), {
    operator: 'http://10.0.0.5:8081/',
    viewers: playerUrl,
    picture: 'http://10.0.0.5:8080/icon-512.png',
  });
});

test('while live the picture is the newest poster, below the address that guests have', () => {
  const live = fullSnapshot({ playerUrl: 'https://example.org/live/' });
  assert.is(pagesOf('')(live).picture, 'https://example.org/live/posters/live-640');
  assert.is(
    pagesOf('clips: {poster_every_s: 0}')(live).picture,
    'https://example.org/live/icon-512.png',
  );
  const shedLoads = [{ load: 'previews', text: 'none' }];
  assert.match(pagesOf('')({ ...live, shedLoads }).picture ?? '', 'icon-512.png');
});

test('where posters take a token, the address has one', () => {
  using folder = scratch();
  const secret = join(folder.path, 'secret');
  writeFileSync(secret, 'a secret of enough characters');
  const live = fullSnapshot({ playerUrl });
  const { picture = '' } = pagesOf(`clips: {token_secret_file: ${secret}}`)(live);
  assert.match(picture, /^http:\/\/10\.0\.0\.5:8080\/t\/[^/]+\/posters\/live-640$/);
  // A secret that cannot be read is named elsewhere.
  const none = pagesOf(`clips: {token_secret_file: ${folder.path}/none}`)(live);
  assert.match(none.picture ?? '', 'icon-512.png');
});

test('a box without a network has no address', () => {
  const pages = openPages(parseConfig('box.yaml', '', []), clock, () => ({}));
  assert.equal(pages(bareSnapshot({ playerUrl: 'http://localhost:8080/' })), {});
});

test('with TLS the operator’s page is at https', () => {
  const { operator } = pagesOf('operator: {tls: {cert_file: a, key_file: b}}')(bareSnapshot());
  assert.is(operator, 'https://10.0.0.5:8081/');
});

test.run();
