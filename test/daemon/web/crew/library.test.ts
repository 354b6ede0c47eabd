/** Clips and recordings over the operator's server. */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Library, type LibraryDeps } from '../../../../daemon/web/crew/library.ts';
import { messageOf } from '../../../../hal/os/log.ts';
import { OWN_PAGE, signIn } from '../../../support/operator.ts';
import { openVolume } from '../../../support/volume.ts';
import { type FakeBox, startFakeBox } from '../support/fake-box.ts';
import { ask } from '../support/http.ts';

const test = suite('operator server: clips and recordings');
const CLIP = 'AAAAAAAAAA1';
const OLD = 'venuebox-20261128T190000.000Z';
const NEW = 'venuebox-20261129T190000.000Z';

function fill({ folder }: FakeBox): void {
  mkdirSync(join(folder, 'clips', 'clips'), { recursive: true });
  writeFileSync(join(folder, 'clips', 'clips', `clip-${CLIP}.mp4`), 'clip bytes');
  mkdirSync(join(folder, 'recordings'));
  for (const name of [OLD, NEW]) {
    writeFileSync(join(folder, 'recordings', `${name}.mp4`), '0123456789');
    writeFileSync(join(folder, 'recordings', `${name}.journal`), '');
  }
}

test('the crew lists, saves and deletes clips; guests are shown a deleted one no more', async () => {
  const forgotten: string[] = [];
  const deps = { forgetClips: (ids: readonly string[]) => void forgotten.push(...ids) };
  await using box = await startFakeBox({ deps });
  fill(box);
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const { clips } = JSON.parse((await ask(`${box.url}/library`, 'GET', headers)).text);
  assert.is(clips[0].id, CLIP);
  const saved = await ask(`${box.url}/library/clips/${CLIP}`, 'GET', headers);
  assert.is(saved.text, 'clip bytes');
  assert.match(saved.headers['content-disposition'] ?? '', /^attachment; filename="clip-/);
  assert.is((await ask(`${box.url}/library/clips/${CLIP}`, 'DELETE', headers)).status, 200);
  assert.equal(forgotten, [CLIP]);
  assert.is((await ask(`${box.url}/library/clips/${CLIP}`, 'GET', headers)).status, 404);
  assert.is((await ask(`${box.url}/library/clips/${CLIP}`, 'DELETE', headers)).status, 404);
});

test('recordings of all disks stand in one list, the newest first', async () => {
  await using box = await startFakeBox();
  const folders = ['first', 'second'];
  const targets = folders.map((id) => ({ id, folder: join(box.folder, id), reserve_pct: 10 }));
  const name = (hour: number) => `venuebox-20261129T1${hour}0000.000Z`;
  for (const hour of [0, 1, 2, 3]) {
    const folder = join(box.folder, folders[hour % 2] ?? '');
    mkdirSync(folder, { recursive: true });
    // Copied later, or written by a clock that was wrong then: the time of the file says nothing.
    writeFileSync(join(folder, `${name(hour)}.mp4`), '0123456789');
    writeFileSync(join(folder, `${name(hour)}.journal`), '');
  }
  const library = new Library({
    config: () => ({ clips: { folder: '' }, recording: { targets } }) as never,
    stateFolder: box.folder,
    recording: () => [],
    forgetClips: () => undefined,
  });
  const { recordings } = await library.list();
  assert.equal(
    recordings.map((one) => [one.target, one.name]),
    [3, 2, 1, 0].map((hour) => [folders[hour % 2], name(hour)]),
  );
});

test('a recording is saved in parts, and deleted unless it is being written', async () => {
  await using box = await startFakeBox();
  fill(box);
  const [card] = [{ id: 'card', folder: 'recordings', phase: 'recording' as const, writtenBps: 1 }];
  box.set({ recording: [card as never] });
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const { recordings } = JSON.parse((await ask(`${box.url}/library`, 'GET', headers)).text);
  const shown = recordings.map((one: { name: string; isRunning: boolean }) => [
    one.name,
    one.isRunning,
  ]);
  assert.equal(shown, [
    [NEW, true],
    [OLD, false],
  ]);
  const path = `${box.url}/library/recordings/card/${OLD}`;
  const part = await ask(path, 'GET', { ...headers, range: 'bytes=2-4' });
  assert.equal([part.status, part.text], [206, '234']);
  assert.is((await ask(path, 'GET', { ...headers, range: 'bytes=90-' })).status, 416);
  assert.is(
    (await ask(`${box.url}/library/recordings/card/${NEW}`, 'DELETE', headers)).status,
    409,
  );
  assert.is((await ask(path, 'DELETE', headers)).status, 200);
  assert.not.ok(existsSync(join(box.folder, 'recordings', `${OLD}.mp4`)));
  assert.ok(existsSync(join(box.folder, 'recordings', `${NEW}.mp4`)));
});

/** Of one disk. */
function openLibrary(folder: string, recording: ReturnType<LibraryDeps['recording']>) {
  const targets = [{ id: 'card', folder, reserve_pct: 10 }];
  const config = () => ({ clips: { folder }, recording: { targets } }) as never;
  return new Library({
    ...{ config, stateFolder: folder, recording: () => recording },
    forgetClips: () => undefined,
  });
}

test('the recording of a disk that is only slow is still being written', async () => {
  await using box = await startFakeBox();
  fill(box);
  const folder = join(box.folder, 'recordings');
  const slow = openLibrary(folder, [{ id: 'card', phase: 'failed', failure: 'slow' }]);
  assert.is(await slow.deleteRecording('card', NEW), false);
  assert.is(await slow.deleteRecording('card', OLD), true);
  const full = openLibrary(folder, [{ id: 'card', phase: 'failed', failure: 'full' }]);
  assert.is(await full.deleteRecording('card', NEW), true, 'it makes room');
});

test('a link on a stick leads to no file of another disk', async () => {
  await using box = await startFakeBox();
  fill(box);
  await using volume = await openVolume(20_000_000);
  if (volume === undefined) return;
  const folder = join(volume.folder, 'venuebox');
  symlinkSync(join(box.folder, 'recordings'), folder);
  mkdirSync(join(box.folder, 'recordings', 'clips'));
  writeFileSync(join(box.folder, 'recordings', 'clips', `clip-${CLIP}.mp4`), 'clip bytes');
  const library = openLibrary(folder, []);
  assert.equal((await library.list()).recordings, []);
  for (const asked of [
    library.openRecording('card', OLD),
    library.deleteRecording('card', OLD),
    library.openClip(CLIP),
  ]) {
    const reason = await asked.then(() => 'it was reached', messageOf);
    assert.match(reason, 'symbolic link on another disk');
  }
  assert.ok(existsSync(join(box.folder, 'recordings', `${OLD}.mp4`)));
});

test('a file that cannot be deleted is not reported as gone', async () => {
  await using box = await startFakeBox();
  fill(box);
  const journal = join(box.folder, 'recordings', `${OLD}.journal`);
  rmSync(journal);
  mkdirSync(journal);
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  const path = `${box.url}/library/recordings/card/${OLD}`;
  const { status, text } = await ask(path, 'DELETE', headers);
  assert.equal([status, JSON.parse(text)], [503, { error: 'not-deleted' }]);
});

test('no other file of the box is reached by a name', async () => {
  await using box = await startFakeBox();
  fill(box);
  writeFileSync(join(box.folder, 'secret.mp4'), 'secret');
  const headers = { ...OWN_PAGE, cookie: await signIn(box.url) };
  for (const path of [
    '/library/recordings/card/..%2fsecret',
    '/library/recordings/card/../secret',
    '/library/recordings/usb/secret',
    '/library/recordings/card/secret',
    '/library/clips/..%2fsecret',
  ]) {
    for (const method of ['GET', 'DELETE']) {
      const { status, text } = await ask(box.url + path, method, headers);
      assert.is(status, 404, `${method} ${path}`);
      assert.not.match(text, 'secret.');
    }
  }
  assert.ok(existsSync(join(box.folder, 'secret.mp4')));
});

test.run();
