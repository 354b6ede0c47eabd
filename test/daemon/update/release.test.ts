/** Releases: what was packed comes out, and nothing else does. */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { publicKeyOf, ReleaseError } from '../../../daemon/update/release.ts';
import { LineStream, openRelease } from '../../../daemon/update/stream.ts';
import { checkTree, unpack } from '../../../daemon/update/unpack.ts';
import { seeded } from '../../support/seeded.ts';
import { openWorkshop } from './support/program.ts';

const test = suite('releases');

const workshop = openWorkshop();
const { key } = workshop;
const target = join(workshop.folder, 'target');

/** As a network brings them: in pieces of any length. */
async function* inPieces(bytes: Buffer, random: () => number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + Math.floor(random() * 5_000);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** Returns the id of what was unpacked. */
async function open(bytes: Buffer, random = seeded(1), by = key): Promise<string> {
  rmSync(target, { recursive: true, force: true });
  await using stream = new LineStream(inPieces(bytes, random));
  const opened = await openRelease(stream, by);
  await unpack(stream, opened, target, () => undefined);
  await checkTree(target, opened.id, by);
  return opened.id;
}

/** Why it is refused; empty where it is taken. */
async function refusalOf(bytes: Buffer, random = seeded(1), by = key): Promise<string> {
  try {
    await open(bytes, random, by);
    return '';
  } catch (error) {
    assert.instance(error, ReleaseError);
    return (error as Error).message;
  }
}

const FILES = { 'node_modules/a/index.js': 'x'.repeat(40_000), 'dist/empty.js': '' };
const good = readFileSync(await workshop.release({ version: '1.2.3', files: FILES }));

test('what was packed comes out, in whatever pieces it comes', async () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    assert.match(await open(good, seeded(seed)), /^1\.2\.3-[0-9a-f]{12}$/);
    for (const [path, text] of Object.entries(FILES)) {
      assert.is(readFileSync(join(target, path), 'utf8'), text);
    }
    assert.is(statSync(join(target, 'bin/node')).mode & 0o777, 0o750);
    assert.is(statSync(join(target, 'package.json')).mode & 0o777, 0o640);
  }
});

test('the same program, time and key give the same bytes', async () => {
  const again = readFileSync(await workshop.release({ version: '1.2.3', files: FILES }));
  assert.ok(again.equals(good));
});

test('a release that was signed with another key is refused, with what to do', async () => {
  const other = openWorkshop();
  const foreign = readFileSync(await other.release({ version: '1.2.3' }));
  const why = await refusalOf(foreign);
  assert.match(why, 'signature is wrong');
  assert.match(why, 'update.key');
  assert.not.ok(existsSync(target));
  assert.match(await refusalOf(good, seeded(1), ''), 'set update.key');
  rmSync(other.folder, { recursive: true });
});

test('a release that ends too early is refused, wherever it ends', async () => {
  const random = seeded(7);
  for (let i = 0; i < 60; i += 1) {
    const length = Math.floor(random() * good.length);
    const why = await refusalOf(good.subarray(0, length), random);
    assert.match(why, /too early|no release/, `${length} of ${good.length} bytes: ${why}`);
  }
});

test('a release with one byte changed is refused, whichever it is', async () => {
  const random = seeded(11);
  for (let i = 0; i < 120; i += 1) {
    const at = Math.floor(random() * good.length);
    const bytes = Buffer.from(good);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    const why = await refusalOf(bytes, random);
    // Some bits of gzip mean nothing (RFC 1952 2.3, padding in RFC 1951 3.2.4): all files are as signed.
    if (why !== '') continue;
    for (const [path, text] of Object.entries(FILES)) {
      assert.is(readFileSync(join(target, path), 'utf8'), text, `byte ${at}`);
    }
  }
});

test('what is no release is refused at once, also where it never ends', async () => {
  for (const text of [
    '',
    '\n',
    '{}\n\n\n',
    '<html>\n</html>\n',
    `{"format":"venuebox-release-1"}\nx\n`,
  ]) {
    assert.not.equal(await refusalOf(Buffer.from(text)), '', text);
  }
  async function* endless() {
    for (;;) yield Buffer.alloc(65_536, 'x');
  }
  const stream = new LineStream(endless());
  await openRelease(stream, key).then(
    () => assert.unreachable(),
    (error: unknown) => assert.instance(error, ReleaseError),
  );
});

type Entry = readonly [path: string, bytes: number, sha256: string, isExecutable: 0 | 1];

/** A release of any list, signed as it should be: by somebody who has the key and errs. */
function signed(list: readonly Entry[], contents: Buffer, change: object = {}): Buffer {
  const listLine = JSON.stringify(list);
  const header = JSON.stringify({
    ...{ format: 'venuebox-release-1', version: '9', arch: process.arch },
    ...{ built: '2026-11-29T20:00:00.000Z' },
    list_sha256: createHash('sha256').update(listLine).digest('hex'),
    unpacked_bytes: list.reduce((sum, [, bytes]) => sum + bytes, 0),
    ...change,
  });
  const pem = readFileSync(join(workshop.folder, 'key.pem'));
  const signature = sign(null, Buffer.from(header), createPrivateKey(pem)).toString('base64');
  return Buffer.concat([Buffer.from(`${header}\n${signature}\n${listLine}\n`), gzipSync(contents)]);
}

const entry = (path: string, text = 'x'): Entry => [
  path,
  text.length,
  createHash('sha256').update(text).digest('hex'),
  0,
];
const WHOLE = ['bin/node', 'dist/daemon/main.js', 'package.json'].map((path) => entry(path));

test('a list that leads out of its folder, or lacks the program, is refused', async () => {
  assert.is(await refusalOf(signed(WHOLE, Buffer.from('xxx'))), '');
  for (const path of [
    '../x',
    '/etc/x',
    'a/../../x',
    'a//b',
    './x',
    '.',
    '..',
    '',
    'a\0b',
    'a/',
    '.release',
  ]) {
    const list = [...WHOLE, entry(path)];
    assert.not.equal(await refusalOf(signed(list, Buffer.from('xxxx'))), '', path);
    assert.not.ok(existsSync(join(workshop.folder, 'x')), path);
  }
  assert.match(await refusalOf(signed(WHOLE.slice(1), Buffer.from('xx'))), 'not a program');
  assert.match(
    await refusalOf(signed([...WHOLE, ...WHOLE], Buffer.from('xxxxxx'))),
    'not a program',
  );
});

test('no more is unpacked than the list says, however much there is', async () => {
  assert.not.equal(await refusalOf(signed(WHOLE, Buffer.alloc(50_000_000, 'x'))), '');
  const bytes = readdirSync(target, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(target, path)))
    .reduce((sum, info) => sum + (info.isFile() ? info.size : 0), 0);
  assert.is(bytes, 3);
  assert.match(
    await refusalOf(signed(WHOLE, Buffer.from('xxx'), { unpacked_bytes: 7 })),
    'contradicts',
  );
});

test('a tree is only as good as each of its files', async () => {
  const id = await open(good);
  const why = () => checkTree(target, id, key).then(() => '', String);
  assert.is(await why(), '');
  writeFileSync(join(target, 'dist/extra.js'), '');
  assert.match(await why(), 'dist/extra.js is not of the release');
  rmSync(join(target, 'dist/extra.js'));
  const path = join(target, 'node_modules/a/index.js');
  writeFileSync(path, 'y'.repeat(40_000));
  assert.match(await why(), 'node_modules/a/index.js was changed');
  rmSync(path);
  assert.match(await why(), 'node_modules/a/index.js was changed');
  mkdirSync(path);
  assert.match(await why(), 'node_modules/a/index.js was changed');
  rmSync(target, { recursive: true });
  assert.match(await why(), 'not complete');
});

test('only 32 bytes in base64 are a key', () => {
  assert.ok(publicKeyOf(key) !== undefined);
  for (const text of ['', 'x', `${key} `, key.slice(4), Buffer.alloc(31).toString('base64')]) {
    assert.is(publicKeyOf(text), undefined, text);
  }
});

test.after(() => rmSync(workshop.folder, { recursive: true, force: true }));

test.run();
