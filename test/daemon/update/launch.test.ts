/** Updates of a small program by the real launcher: systemd/venuebox.sh, on a real disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VersionStore } from '../../../daemon/update/store.ts';
import { INSTALLED, proved, STARTS_MAX } from '../../../daemon/update/versions.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { seeded } from '../../support/seeded.ts';
import { LaunchedBox } from './support/launched-box.ts';
import { layProgram, openWorkshop } from './support/program.ts';

const test = suite('the launcher');

const workshop = openWorkshop();
class Box extends LaunchedBox {
  constructor() {
    super(workshop);
  }
}

test('without updates the installed program starts, and is told where it lies', async () => {
  const box = new Box();
  assert.is(await box.start(), 'runs 1.0\n');
  assert.is(await box.start('status'), 'is 1.0\n');
});

test('an update starts in place of the installed program, and other verbs stay that one’s', async () => {
  const box = new Box();
  const run = 'console.log(process.env.VENUEBOX_RUNS)';
  const id = await box.update({ version: '1.1', run });
  assert.is(await box.start(), `runs 1.1\n${id}\n`);
  assert.is(await box.start('status'), 'is 1.0\n');
  await box.store.save(proved(await box.store.load(), id));
  assert.is(await box.start(), `runs 1.1\n${id}\n`);
});

test('a version that dies is started three times, and then the one before runs', async () => {
  const box = new Box();
  await box.update({ version: '1.1', run: 'process.exit(1)' });
  for (let i = 0; i < STARTS_MAX; i += 1) assert.is(await box.start(), 'runs 1.1\n');
  assert.is(await box.start(), 'runs 1.0\n');
  assert.match((await box.store.load()).failed?.reason ?? '', 'ended 3 times');
});

test('a version that hangs is ended from outside, unless it shows a drop', async () => {
  const box = new Box();
  const id = await box.update({ version: '1.1' });
  box.live = true;
  assert.is(await box.expire(id, '$$'), 'survived');
  box.live = false;
  assert.is(await box.expire(id, '1'), 'survived');
  assert.is((await box.store.load()).trial?.id, id);
  assert.is(await box.expire(id, '$$'), 'killed');
  assert.is(await box.start(), 'runs 1.0\n');
});

test('a file that was changed, and a key that was changed, undo an update', async () => {
  const box = new Box();
  const id = await box.update({ version: '1.1' });
  await box.store.save(proved(await box.store.load(), id));
  box.configure('');
  assert.match(await box.start(), /is not started: .*update\.key.*runs 1\.0\n$/s);
  box.configure(
    `update: {key: "${workshop.key.replace(/./, (one) => (one === 'A' ? 'B' : 'A'))}"}`,
  );
  assert.match(await box.start(), /is not started: .*signature is wrong.*runs 1\.0\n$/s);
  const again = new Box();
  const other = await again.update({ version: '1.1' });
  appendFileSync(join(again.store.folderOf(other), 'dist/daemon/main.js'), ' ');
  assert.match(await again.start(), /main\.js was changed.*runs 1\.0\n$/s);
});

test('a config file with a typo, or none, undoes an update only until it is mended', async () => {
  const box = new Box();
  const good = `update: {key: "${workshop.key}"}`;
  const id = await box.update({ version: '1.1' });
  for (const [wrong, why] of [
    ['update: {kye: ""}', 'is no key'],
    [`${good}\nbox: [`, 'line 2'],
    ['update: {key: "3Qh1"}', 'is no key'],
    [undefined, 'ENOENT'],
  ] as const) {
    const before = await box.store.load();
    box.configure(wrong);
    assert.match(await box.start(), new RegExp(`is not started: .*${why}.*runs 1\\.0\\n$`, 's'));
    assert.equal(await box.store.load(), before);
    box.configure(good);
    assert.is(await box.start(), 'runs 1.1\n');
    await box.store.save(proved(await box.store.load(), id));
  }
});

/** Its main program says 1.0 in each, so that only what is named differs. */
const OTHER_PROGRAMS: Readonly<Record<string, (folder: string, builtAt: Date) => void>> = {
  'another main program': (folder, builtAt) => {
    layProgram(folder, { version: '1.0', run: '// changed' });
    utimesSync(join(folder, 'dist/daemon/main.js'), builtAt, builtAt);
  },
  'another version in package.json': (folder) => {
    writeFileSync(join(folder, 'package.json'), '{"version":"1.0.1","type":"module"}');
  },
  'a later build, of which other files differ': (folder, builtAt) => {
    const later = new Date(builtAt.getTime() + 60_000);
    utimesSync(join(folder, 'dist/daemon/main.js'), later, later);
  },
};

for (const [name, change] of Object.entries(OTHER_PROGRAMS)) {
  test(`a package with ${name} replaces a version that was fetched`, async () => {
    const box = new Box();
    const installed = box.store.folderOf(INSTALLED);
    const builtAt = statSync(join(installed, 'dist/daemon/main.js')).mtime;
    await box.update({ version: '1.1' });
    assert.is(await box.start(), 'runs 1.1\n');
    change(installed, builtAt);
    assert.is(await box.start(), 'runs 1.0\n');
  });
}

test('a fetched version reads the state as its launcher does, however that tells programs apart', async () => {
  const box = new Box();
  const id = await box.update({ version: '1.1' });
  const state = join(box.store.folder, 'state.json');
  writeFileSync(state, readFileSync(state, 'utf8').replace(/"over":"\w+"/, '"over":"other"'));
  assert.is((await box.store.load()).trial, null);
  const store = new VersionStore(dirname(box.store.folder), box.store.folderOf(INSTALLED), id);
  assert.is((await store.load()).trial?.id, id);
});

test('a drop that was live is resumed by the version before', async () => {
  const box = new Box();
  await box.update({ version: '1.1' });
  box.live = true;
  assert.is(await box.start(), 'runs 1.0\n');
  box.live = false;
  assert.is(await box.start(), 'runs 1.1\n');
});

test('what cannot be installed leaves nothing behind, and says why', async () => {
  const box = new Box();
  const good = await workshop.release({ version: '1.1' });
  const torn = join(workshop.folder, 'torn.release');
  const bytes = readFileSync(good);
  writeFileSync(torn, bytes.subarray(0, bytes.length - 20));
  const why = (from: string, isBusy = false) => box.give(from, isBusy).then(() => '', String);
  assert.match(await why(torn), 'ends too early');
  assert.match(await why(join(workshop.folder, 'none')), 'cannot be read');
  assert.match(await why(workshop.folder), 'no file');
  assert.match(await why(good, true), 'a drop');
  assert.match(await why(await workshop.release({ version: '0.9' })), 'not newer');
  const foreign = process.arch === 'x64' ? 'arm64' : 'x64';
  assert.match(await why(await workshop.release({ version: '1.1' }, { arch: foreign })), foreign);
  const broken = await workshop.release({
    version: '1.1',
    files: { 'bin/node': '#!/bin/sh\nexit 3\n' },
  });
  assert.match(await why(broken), 'does not start on this machine');
  const check = "console.error('unknown key'); process.exit(process.argv[3] ? 78 : 0)";
  const strict = await workshop.release({ version: '1.1', check });
  assert.match(await why(strict), 'refuses this box’s config file: unknown key');
  assert.equal(
    readdirSync(box.store.folder).filter((name) => name !== 'state.json'),
    [],
  );
  assert.is(await box.start(), 'runs 1.0\n');
});

test('killed at any moment of an update, one of the two versions starts', async () => {
  const box = new Box();
  const random = seeded(3);
  const release = await workshop.release({
    version: '1.1',
    files: { 'dist/large.js': 'x'.repeat(3_000_000) },
  });
  const give = `
    import { install } from ${JSON.stringify(entryPoint(import.meta.url, '../../../daemon/update/install'))};
    import { VersionStore } from ${JSON.stringify(entryPoint(import.meta.url, '../../../daemon/update/store'))};
    const [state, program, from, key] = process.argv.slice(1);
    console.log('begins');
    await install({ from, isOlderWelcome: false }, {
      store: new VersionStore(state, program), key, busyWith: () => undefined,
      running: { id: 'installed', version: '1.0', built: '2020-01-01T00:00:00Z' },
      whatWorks: async () => ({ pages: [], picture: false }),
    }, false, () => undefined, new AbortController().signal);
  `;
  const seen = new Set<string>();
  for (let i = 0; i < 5; i += 1) {
    const args = [...process.execArgv, '--input-type=module', '--eval', give];
    const where = [join(box.folder, 'state'), join(box.folder, 'installed'), release, workshop.key];
    const child = spawn(process.execPath, [...args, ...where], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    await once(child.stdout, 'data');
    const timer = setTimeout(() => child.kill('SIGKILL'), random() * 500);
    await closed;
    clearTimeout(timer);
    const says = await box.start();
    assert.match(says, /^runs 1\.[01]\n$/);
    seen.add(says);
    rmSync(join(box.folder, 'state/versions'), { recursive: true, force: true });
  }
  assert.ok(seen.size > 0);
});

test.after(() => rmSync(workshop.folder, { recursive: true, force: true }));

test.run();
