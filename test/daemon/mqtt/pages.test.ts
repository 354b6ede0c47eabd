/** The addresses that are published of the box's pages. */
import { writeFileSync } from 'node:fs';
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
const operatorUrl = 'https://10.0.0.5:8081/';

const pagesOf = (yaml: string) => openPages(parseConfig('box.yaml', yaml, []), clock);

test('what guests open, the operator’s page, and the mark of the page until the drop is live', () => {
  assert.equal(pagesOf('')(bareSnapshot({ playerUrl, operatorUrl })), {
    operator: operatorUrl,
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
  const away = { playerUrl: 'http://localhost:8080/', operatorUrl: 'http://localhost:8081/' };
  assert.equal(pagesOf('')(bareSnapshot(away)), {});
});

test.run();
