/** An ALSA sound card (snd-aloop), also unplugged while in use. */
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listSoundCards } from '../../hal/audio/list.ts';
import { openSound } from '../../hal/audio/open.ts';
import { launch } from './support/gst.ts';
import { put, timed, until } from './support/kernel.ts';

const test = suite('lab: a sound card on ALSA (snd-aloop)');
const never = new AbortController().signal;
const DRIVER = '/sys/bus/platform/drivers/snd_aloop';
const DEVICE = 'hw:CARD=Loopback,DEV=1';
const config = { driver: 'alsa', device: DEVICE, file: '', launch: '' } as const;

const unplug = () => put(`${DRIVER}/unbind`, 'snd_aloop.0');
const plug = () => {
  if (!existsSync(`${DRIVER}/snd_aloop.0`)) put(`${DRIVER}/bind`, 'snd_aloop.0');
};

test('it is listed by its id, with what its capture devices can do', async () => {
  const cards = await listSoundCards();
  const card = cards.find(({ id }) => id === 'Loopback');
  assert.equal(
    card?.captures.map(({ device }) => device),
    ['hw:CARD=Loopback,DEV=0', DEVICE],
  );
  const state = card?.captures[1]?.state;
  assert.is(state?.phase, 'free', JSON.stringify(state));
  if (state?.phase !== 'free') return;
  assert.ok(state.formats.includes('S16_LE') && state.formats.includes('S32_LE'));
  assert.equal([...state.channels], [1, 32]);
  assert.ok(state.ratesHz[0] <= 48_000 && state.ratesHz[1] >= 48_000);
});

test('a capture device in use is busy, with the process that holds it', async () => {
  await using held = launch(openSound(config).source?.launch ?? '');
  await until('sound', () => held.bytes() > 0);
  const [card] = await listSoundCards();
  assert.equal(card?.captures[1]?.state, { phase: 'busy', pid: held.pid });
});

test('unplugged in use: noticed, and sound again after the replug', async () => {
  const sound = openSound(config);
  await sound.check(never);
  assert.match(sound.source?.launch ?? '', 'alsasrc');
  {
    await using first = launch(sound.source?.launch ?? '');
    await until('sound', () => first.bytes() > 0);
    unplug();
    await timed(1000, 'sound card: pipeline ended', () => !first.isRunning());
    await timed(
      1000,
      'sound card: gone from the list',
      async () => (await listSoundCards()).length === 0,
    );
  }
  const reason = await sound.check(never).then(() => '', String);
  assert.match(reason, 'Loopback is not there');
  plug();
  await timed(5000, 'sound card: found again', () =>
    sound.check(never).then(
      () => true,
      () => false,
    ),
  );
  await using second = launch(sound.source?.launch ?? '');
  await timed(5000, 'sound card: sound again', () => second.bytes() > 0);
});

test('it is plugged in at the end, for the files after this one', () => {
  plug();
});

test.run();
