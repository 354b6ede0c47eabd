/** The venue's look: what is taken from its folder, and what is refused with a reason. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '../../../pipelines/http/reply.ts';
import { orNone, readBranding } from '../../../pipelines/player/brand/branding.ts';
import { LiveBranding } from '../../../pipelines/player/brand/live-branding.ts';
import { openPages } from '../../../pipelines/player/pages.ts';

const test = suite('branding');

const PNG = Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1');
const COLORS = { background: '#101820', text: '#ffffff', accent: '#ffd166' };

function folderWith(files: Readonly<Record<string, string | Buffer>>) {
  const path = mkdtempSync(join(tmpdir(), 'venuebox-brand-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test('pages show logo, colours and title picture, and nobody reads where they lie', () => {
  using folder = folderWith({
    'colors.json': JSON.stringify(COLORS),
    'logo.png': PNG,
    'title.webp': Buffer.from('RIFF....WEBPVP8 ', 'latin1'),
  });
  const settings = { title: 'Tonight', startsAt: '', brandingFolder: folder.path };
  const branding = readBranding(folder.path);
  const pages = openPages(settings, undefined, undefined, undefined, () => branding);
  const ask = (path: string) => {
    const ownAddress = () => 'http://box';
    const query = new URLSearchParams();
    return pages.answer({ path, query, header: () => undefined, ownAddress }) as Reply;
  };
  const textOf = (path: string) => Buffer.concat([...ask(path).body]).toString();
  const [logo = '', picture = ''] = [branding.logo?.path, branding.picture?.path];
  assert.match(textOf('/'), `<img id="logo" src="./${logo}" alt="">`);
  assert.match(textOf('/replay/'), `<img id="logo" src="../${logo}" alt="">`);
  assert.match(textOf('/'), `<meta property="og:image" content="http://box/${picture}">`);
  assert.match(textOf('/brand.css'), '--back:#101820;--text:#ffffff');
  assert.ok(ask(`/${logo}`).headers.includes('image/png'));
  assert.ok(ask(`/${logo}`).headers.some((value) => value.includes('immutable')));
  assert.ok(pages.etags.has(`/${logo}`) && pages.etags.has('/brand.css'));
  const report = textOf('/drop.json');
  assert.is(JSON.parse(report).picture, picture);
  assert.is(JSON.parse(report).look.logo, logo);
  assert.not.match(report, folder.path);
});

test('an empty folder, and none, leave the page as it is', () => {
  using folder = folderWith({});
  for (const path of [folder.path, '']) assert.equal(readBranding(path), { style: '' });
});

test('what cannot be used is refused with the reason, and a box goes on without it', () => {
  for (const [files, why] of [
    [{ 'logo.png': 'GIF89a, which is none' }, /logo.png is not a picture of type image\/png/],
    [{ 'logo.png': Buffer.concat([PNG, Buffer.alloc(201 * 1024)]) }, /logo.png has more than 200/],
    [{ 'title.jpg': Buffer.alloc(3 * 1024 * 1024) }, /title.jpg has more than 2048 KiB/],
    [{ 'colors.json': '{"text":"red"}' }, /colors.json: .* has background, text, accent/],
    [{ 'colors.json': 'no JSON' }, /colors.json: /],
    [
      { 'colors.json': JSON.stringify({ ...COLORS, accent: '#203040' }) },
      /accent on background has a contrast of 1\.\d, and needs 4.5/,
    ],
  ] as const) {
    using folder = folderWith(files as Record<string, string | Buffer>);
    assert.throws(() => readBranding(folder.path), why);
    const logged: unknown[] = [];
    const log = { warn: (...line: unknown[]) => logged.push(line) };
    assert.equal(orNone(readBranding, folder.path, log), { style: '' });
    assert.is(logged.length, 1);
  }
  assert.throws(() => readBranding('/nowhere'), '/nowhere is not a folder');
});

test('what the crew uploads wins piece by piece, is shown without a restart, and is removed again', async () => {
  using config = folderWith({ 'colors.json': JSON.stringify(COLORS), 'logo.png': PNG });
  using uploads = folderWith({});
  const logged: string[] = [];
  const log = { warn: (line: string) => logged.push(line), info: () => undefined };
  let changes = 0;
  const folders = { config: config.path, uploads: join(uploads.path, 'branding') };
  const live = new LiveBranding(folders, log, () => {
    changes += 1;
  });
  const own = live.current.logo?.path;
  await live.look();
  const before = changes;
  mkdirSync(folders.uploads);
  writeFileSync(join(folders.uploads, 'logo.png'), Buffer.concat([PNG, Buffer.from('other')]));
  await live.look();
  assert.is(changes, before + 1);
  assert.not.equal(live.current.logo?.path, own);
  assert.match(live.current.style, '--back:#101820');
  await live.look();
  assert.is(changes, before + 1, 'what has not changed is not read again');
  writeFileSync(join(folders.uploads, 'logo.png'), 'half a file');
  await live.look();
  assert.not.equal(live.current.logo?.path, own, 'a damaged file leaves the look as it is');
  assert.equal(logged, ['branding not used']);
  rmSync(join(folders.uploads, 'logo.png'));
  await live.look();
  assert.is(live.current.logo?.path, own);
});

test.run();
