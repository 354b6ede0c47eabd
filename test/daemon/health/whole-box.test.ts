/** What a whole box reports of its own faults: over MQTT, by a real mosquitto, and on the command line. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { ask } from '../../support/ask.ts';
import { type Box, childrenOf, isAlive, startBox, until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { listen } from '../mqtt/support/consumer.ts';
import { scratch, startMosquitto } from '../mqtt/support/mosquitto.ts';

const test = suite('faults of a whole box');

const PATIENCE_MS = 60_000;
const ROOT = 'venuebox/v1/venuebox';

const keysOf = async (box: Box) => (await box.state<BoxSnapshot>()).warnings.map(({ key }) => key);
const isServing = async (box: Box) => {
  const signal = AbortSignal.timeout(10_000);
  const text = await (await fetch(`${box.url}/live/mid/index.m3u8`, { signal })).text();
  return text.includes('TYPE=PART') && !text.includes('GAP=YES');
};

function recorderPid(box: Box): number {
  const isRecorder = (pid: number) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('recording/main');
  return childrenOf(box.childPid('media') ?? 0).find(isRecorder) ?? 0;
}

test('a child that is killed is an alert over MQTT and on the command line, and clears by itself', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/#`]);
  await using box = await startBox([
    `mqtt.url=mqtt://127.0.0.1:${broker.port}`,
    'recording.targets=[{id: one, folder: rec}]',
  ]);
  await box.ready();
  const isRecording = async () =>
    (await box.state<BoxSnapshot>()).recording[0]?.phase === 'recording';
  await until(isRecording, PATIENCE_MS, box.output);
  let shown = 0;
  // On a busy machine it is away for so long that another alert says so.
  for (const [keys, pidOf] of [
    [['capture-died', 'capture-down'], () => box.childPid('capture') ?? 0],
    // The processes of camera and sound look the same from outside.
    [['camera-died', 'sound-died', 'camera-down', 'sound-down'], () => box.childPid('source') ?? 0],
    [['media-died', 'media-down'], () => box.childPid('media') ?? 0],
    [['recorder-one-died', 'recording-one-failed'], () => recorderPid(box)],
  ] as const) {
    await until(
      () => pidOf() > 0,
      PATIENCE_MS,
      () => keys.join(),
    );
    const pid = pidOf();
    process.kill(pid, 'SIGKILL');
    const raised = () => keys.find((one) => (consumer.last(`/alert/${one}`)?.text ?? '') !== '');
    await until(() => raised() !== undefined, PATIENCE_MS, box.output);
    const key = raised() ?? '';
    const alert = () => consumer.last(`/alert/${key}`)?.text;
    const { severity, text, advice } = JSON.parse(alert() ?? '') as Record<string, string>;
    assert.is(severity === 'warning', key.endsWith('-died'), `${key}: ${severity}`);
    assert.ok((text ?? '').length > 10 && (advice ?? '').length > 10);
    // On a busy machine the next alert of the same cause may stand there already.
    if ((await ask(box, 'status')).includes(`! ${severity} ${key}`)) shown += 1;
    await until(() => alert() === '', PATIENCE_MS, box.output);
    await until(async () => !(await keysOf(box)).includes(key), PATIENCE_MS, box.output);
    await until(isRecording, PATIENCE_MS, box.output);
  }
  assert.ok(shown > 0, 'the command line shows them');
  await until(() => isServing(box), PATIENCE_MS, box.output);
});

test('a file that ends and is played again is not a fault', async () => {
  using folder = scratch();
  const movie = join(folder.path, 'short.mp4');
  const words = `-q videotestsrc num-buffers=120 ! video/x-raw,width=320,height=180,framerate=30/1 ! x264enc speed-preset=ultrafast ! mp4mux ! filesink location=${movie}`;
  execFileSync('gst-launch-1.0', words.split(' '));
  await using box = await startBox([
    'camera.driver=file',
    `camera.file=${movie}`,
    'sound.driver=none',
  ]);
  await box.ready();
  const camera = async () => (await box.state<BoxSnapshot>()).children['camera'];
  await until(
    async () => ((await camera())?.restartsTotal ?? 0) >= 2,
    PATIENCE_MS,
    () => box.output(),
  );
  assert.is((await camera())?.diedTotal, undefined);
  assert.not((await keysOf(box)).includes('camera-died'));
});

test('a media process that hangs is restarted, reported as an event, and viewers get the stream again', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/event`]);
  await using box = await startBox([`mqtt.url=mqtt://127.0.0.1:${broker.port}`]);
  await box.ready();
  await until(() => isServing(box), PATIENCE_MS, box.output);
  const hung = box.childPid('media') ?? 0;
  process.kill(hung, 'SIGSTOP');
  const reported = (word: string) => consumer.received.some(({ text }) => text.includes(word));
  // Whichever is first: missing reports are a stall, and a process that does not answer is killed.
  const isReported = () => reported('"media.restarted"') || reported('"media-died"');
  await until(isReported, PATIENCE_MS, box.output);
  await until(() => !isAlive(hung), PATIENCE_MS, box.output);
  await until(async () => !(await keysOf(box)).includes('media-silent'), PATIENCE_MS, box.output);
  await until(() => isServing(box), PATIENCE_MS, box.output);
  assert.ok(box.childPid('media') !== hung);
  const restarts = consumer.received.filter(({ text }) => text.includes('"media.restarted"'));
  assert.ok(restarts.length <= 1, 'the new one is given time');
});

test('a broker that stays away is a warning while the drop goes on, and clears when it is there', async () => {
  const port = await freePort();
  await using box = await startBox([`mqtt.url=mqtt://127.0.0.1:${port}`]);
  await box.ready();
  await until(async () => (await keysOf(box)).includes('broker-away'), PATIENCE_MS, box.output);
  assert.match(await ask(box, 'status'), /broker +away: .*\n.*! warning broker-away/s);
  assert.is((await box.state<BoxSnapshot>()).drop.phase, 'live');
  await using broker = await startMosquitto(undefined, port);
  await until(
    async () => !(await keysOf(box)).includes('broker-away'),
    // The next try is a minute away at most.
    90_000,
    () => box.output() + broker.output(),
  );
  assert.match(await ask(box, 'status'), /broker +connected/);
});

test.run();
