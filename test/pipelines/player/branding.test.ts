/** The venue's look: what is taken from its folder, and what is refused with a reason. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '../../../pipelines/http/reply.ts';
import { openBranding, readBranding } from '../../../pipelines/player/branding.ts';
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
  const pages = openPages(settings, undefined, undefined, undefined, branding);
  const ask = (path: string) => {
    const ownAddress = () => 'http://box';
    const query = new URLSearchParams();
    return pages.answer({ path, query, header: () => undefined, ownAddress }) as Reply;
  };
  const textOf = (path: string) => Buffer.concat([...ask(path).body]).toString();
  assert.match(textOf('/'), '<img id="logo" src="./brand-logo.png" alt="">');
  assert.match(textOf('/replay/'), '<img id="logo" src="../brand-logo.png" alt="">');
  assert.match(textOf('/'), '<meta property="og:image" content="http://box/brand-title.webp">');
  assert.match(textOf('/brand.css'), '--back:#101820;--text:#ffffff');
  assert.ok(ask('/brand-logo.png').headers.includes('image/png'));
  const report = textOf('/drop.json');
  assert.is(JSON.parse(report).picture, 'brand-title.webp');
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
    assert.equal(openBranding(folder.path, log), { style: '' });
    assert.is(logged.length, 1);
  }
  assert.throws(() => readBranding('/nowhere'), '/nowhere is not a folder');
});

test.run();
