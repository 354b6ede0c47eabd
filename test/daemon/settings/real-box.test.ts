/** Settings of a real box: in force without a restart, also while it is live, and taken back. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import type { SaveOutcome, SettingsView } from '../../../daemon/settings/settings.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { OWN_PAGE, signIn } from '../../support/operator.ts';

const test = suite('settings of a real box');

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

test('an idle box serves guests with new settings within moments, and without a restart of the box', async () => {
  await using box = await startBox([], ['demo', '--idle']);
  await until(async () => (await titleOf(box)) === 'Live', LONG_MS, box.output);
  const { read, save } = await openSettings(box);
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
});

test.run();
