/** Which inputs are opened again for another config, and which process has the connection of a camera by SRT. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { type OpenInputs, openInputs } from '../../../../daemon/media/inputs/inputs.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';

const test = suite('inputs of a config');

const SRT = ['driver=srt', 'url=srt://:7001?mode=listener'];
const deps = {
  ...{ setLive: () => undefined, stateFolder: '/none', clock: systemClock, log: silentLog },
};
const open = (sets: readonly string[], before?: OpenInputs) =>
  openInputs(parseConfig('x', '', sets), before, deps);
const first = SRT.map((set) => `camera.${set}`);

test('without its sound the camera’s process has it, and so has that of a second camera', async () => {
  const second = SRT.map((set) => `camera2.${set}`);
  for (const sets of [first, [...first, 'sound.driver=none'], second]) {
    const { srt, camera, camera2 } = await open(sets);
    assert.is(srt.is.run, undefined);
    const { source, sendUnits } =
      sets === second ? (camera2.is ?? camera.is.device) : camera.is.device;
    assert.match(
      source.launch,
      /^srtsrc uri="srt:\/\/:7001\?mode=listener" latency=200 ! decodebin/,
    );
    assert.is(source.isCalled, true);
    assert.is(sendUnits, undefined);
  }
});

test('with its sound another process has it, and picture and sound have the stream of that', async () => {
  const without = await open(first);
  const both = await open([...first, 'sound.driver=camera'], without);
  assert.ok(both.srt.is.run);
  for (const { source, sendUnits } of [both.camera.is.device, both.sound.is.device]) {
    assert.match(source?.launch ?? '', /^appsrc .*tsdemux/);
    assert.ok(sendUnits);
  }
  const away = await open([...first, 'camera.away_text=Later', 'sound.driver=camera'], both);
  assert.is(away.srt, both.srt);
  const slower = await open([...first, 'camera.latency_ms=900', 'sound.driver=camera'], both);
  for (const kind of ['srt', 'camera', 'sound'] as const) assert.is.not(slower[kind], both[kind]);
});

test('a card is opened again where other channels of it are picked, as with another number of them', async () => {
  const card = ['sound.driver=alsa', 'sound.device=plughw:CARD=Mixer'];
  const before = await open(card);
  const picked = await open([...card, 'sound.pick=[3, 4]'], before);
  assert.is.not(picked.sound, before.sound);
  assert.is((await open([...card, 'sound.pick=[3, 4]'], picked)).sound, picked.sound);
  const tone = await open(['sound.driver=test']);
  assert.is((await open(['sound.driver=test', 'sound.pick=[2]'], tone)).sound, tone.sound);
});

test.run();
