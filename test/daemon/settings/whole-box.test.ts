/** Settings of a whole box: in force without a restart, also while it is live, and taken back. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outcome } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import type { SaveOutcome, SettingsView } from '../../../daemon/settings/settings.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { OWN_PAGE, signIn } from '../../support/operator.ts';

const test = suite('settings of a whole box');

const LONG_MS = 60_000;

async function openSettings(box: Box) {
  const headers = { ...OWN_PAGE, cookie: await signIn(box.operatorUrl) };
  const read = async () =>
    (await (await fetch(`${box.operatorUrl}/settings`, { headers })).json()) as SettingsView;
  return {
    read,
    save: async (changes: Readonly<Record<string, unknown>>) => {
      const { tag } = await read();
      const body = JSON.stringify({ changes, tag, isTry: false });
      const response = await fetch(`${box.operatorUrl}/settings`, {
        ...{ method: 'POST', headers, body },
      });
      return (await response.json()) as SaveOutcome;
    },
    goLive: async () => {
      const body = JSON.stringify({ verb: 'go-live', args: { force: true } });
      const url = `${box.operatorUrl}/command`;
      return (await (await fetch(url, { method: 'POST', headers, body })).json()) as Outcome;
    },
  };
}

const state = (box: Box) => box.state<BoxSnapshot>();
const titleOf = async (box: Box) => {
  const report = await (await fetch(`${box.url}/drop.json`)).json();
  return (report as { readonly title: string }).title;
};
const answers = async (port: number) =>
  await fetch(`http://127.0.0.1:${port}/metrics`).then(
    ({ ok }) => ok,
    () => false,
  );

test('while it is live, what does not interrupt the picture is in force at once, and the rest waits', async () => {
  await using box = await startBox();
  await box.ready();
  await until(async () => (await state(box)).drop.phase === 'live', LONG_MS);
  const { read, save } = await openSettings(box);
  const [metrics, broker] = [await freePort(), await freePort()];
  const children = [box.childPid('media'), box.childPid('capture')];
  const changes = {
    ...{ 'drop.title': 'Tonight', 'printer.driver': 'none', 'modems.driver': 'none' },
    ...{ 'metrics.port': metrics, 'mqtt.url': `mqtt://127.0.0.1:${broker}` },
    'viewers.window_s': 20,
  };
  const saved = await save(changes);
  assert.is(saved.status, 'saved', JSON.stringify(saved));
  await until(async () => (await titleOf(box)) === 'Tonight', LONG_MS, box.output);
  await until(() => answers(metrics), LONG_MS, box.output);
  const isAbsent = async () => {
    const { printer, modems, broker: mqtt } = await state(box);
    return [printer.phase, modems.phase, mqtt.phase].join() === 'absent,absent,away';
  };
  await until(isAbsent, LONG_MS, box.output);
  assert.equal((await read()).pending, { restart: [], drop: ['viewers.window_s'] });
  await save(Object.fromEntries(Object.keys(changes).map((path) => [path, null])));
  await until(async () => (await titleOf(box)) === 'Live', LONG_MS, box.output);
  const isBack = async () => {
    const { printer, modems, broker: mqtt } = await state(box);
    return printer.phase !== 'absent' && modems.phase === 'known' && mqtt.phase === 'none';
  };
  await until(isBack, LONG_MS, box.output);
  assert.is(await answers(metrics), false);
  assert.equal((await read()).pending, { restart: [], drop: [] });
  assert.equal([box.childPid('media'), box.childPid('capture')], children, 'nothing was restarted');
});

test('while it is live, another camera, sound card or panel restarts no process but its own', async () => {
  await using box = await startBox();
  await box.ready();
  const cameraPhase = async () => (await state(box)).sources?.camera.phase;
  await until(async () => (await cameraPhase()) === 'live', LONG_MS, box.output);
  const { read, save } = await openSettings(box);
  const others = () => [box.childPid('media'), box.childPid('capture')];
  const starts = async () => {
    const { camera, sound, capture, media } = (await state(box)).children;
    return { camera: camera?.restartsTotal ?? 0, sound: sound?.restartsTotal ?? 0, capture, media };
  };
  const [before, began] = [others(), await starts()];
  const file = '/nowhere/film.mp4';
  await save({ 'camera.driver': 'file', 'camera.file': file, 'power.board': 'none' });
  await until(async () => (await cameraPhase()) !== 'live', LONG_MS, box.output);
  assert.is((await state(box)).camera, `file ${file}`);
  await until(async () => (await state(box)).battery.phase === 'absent', LONG_MS, box.output);
  assert.is((await starts()).sound, began.sound);
  const restored = { 'camera.driver': null, 'camera.file': null, 'power.board': null };
  await save({ ...restored, 'panel.driver': 'none' });
  await until(async () => (await cameraPhase()) === 'live', LONG_MS, box.output);
  assert.is((await state(box)).camera, 'test picture');
  assert.is((await starts()).sound, began.sound);
  const seen = (await starts()).camera;
  await save({ 'sound.device': 'hw:0', 'panel.driver': null });
  await until(async () => (await starts()).sound > began.sound, LONG_MS, box.output);
  const { camera: cameraStarts, capture, media } = await starts();
  assert.equal([cameraStarts, capture, media], [seen, began.capture, began.media]);
  assert.equal(others(), before, 'encoders and guests go on');
  assert.equal((await read()).pending, { restart: [], drop: [] });
});

test('an idle box serves guests with new settings within moments, and without a restart of the box', async () => {
  await using box = await startBox([], ['demo', '--idle']);
  await until(async () => (await titleOf(box)) === 'Live', LONG_MS, box.output);
  const { read, save, goLive } = await openSettings(box);
  const before = box.childPid('media');
  assert.is((await save({ 'drop.reactions': false })).status, 'saved');
  assert.equal((await read()).pending, { restart: [], drop: [] });
  const hasReactions = async () =>
    ((await (await fetch(`${box.url}/drop.json`)).json()) as { hasReactions: boolean })
      .hasReactions;
  await until(async () => !(await hasReactions()), LONG_MS, box.output);
  assert.is.not(box.childPid('media'), before);
  await save({ 'drop.reactions': null });
  await until(hasReactions, LONG_MS, box.output);
  // The next drop begins with other devices; nothing else is started again for them.
  const media = box.childPid('media');
  await save({ 'camera.lock_exposure': false, 'sound.device': 'hw:0' });
  const saved = await save({ 'encoder.driver': 'v4l2h264enc', 'camera.device': 'x' });
  const fault = saved.status === 'wrong' ? saved.faults : [];
  assert.equal(
    fault.map(({ path }) => path),
    ['encoder.driver'],
    'this machine has none',
  );
  assert.is(box.childPid('media'), media);
  assert.is((await save({ 'sound.driver': 'none' })).status, 'saved');
  await until(async () => (await state(box)).sound === 'none', LONG_MS, box.output);
  await until(() => box.childPid('media') !== media, LONG_MS, box.output);
  assert.equal((await read()).pending, { restart: [], drop: [] });
  assert.is((await goLive()).status, 'done');
  await until(async () => (await state(box)).media?.isFlowing === true, LONG_MS, box.output);
  const { sources, children } = await state(box);
  assert.equal([sources?.sound, children['sound']], [undefined, undefined]);
});

test.run();
