/** The whole box: real processes, real GStreamer, real sockets. */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as support from '../support/box.ts';
import { mediaTimeOf } from '../support/media/media-time.ts';
import { checkSeries, type SeenPlaylist } from '../support/rules.ts';

type Box = support.Box;
const { descriptorsOf, isAlive, programsOf, startBox, until } = support;

const test = suite<{ box: Box }>('box');
const restarts = suite<{ box: Box }>('box whose processes die and hang');
const ends = suite('box that ends, or starts with something missing');
const run = promisify(execFile);

async function playlists(box: Box, seconds: number): Promise<readonly SeenPlaylist[]> {
  const seen: SeenPlaylist[] = [];
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    for (const renditionId of ['mid', 'low', 'audio']) {
      const response = await fetch(`${box.url}/live/${renditionId}/index.m3u8`);
      if (response.ok) seen.push({ renditionId, text: await response.text(), atMs: Date.now() });
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return seen;
}

async function fourSegments(box: Box): Promise<void> {
  await until(
    async () =>
      (await (await fetch(`${box.url}/live/mid/index.m3u8`)).text()).split('#EXTINF').length > 4,
    15_000,
  );
}

for (const [{ before, after }, start] of [
  [test, support.startDetailedBox],
  [restarts, startBox],
] as const) {
  before(async (context) => {
    context.box = await start();
    await context.box.ready();
  });
  after(async ({ box }) => {
    await box[Symbol.asyncDispose]();
  });
}

test('ffprobe reads picture and sound without an error', async ({ box }) => {
  await fourSegments(box);
  const { stdout, stderr } = await run(
    'ffprobe',
    [
      '-v',
      'error',
      '-of',
      'json',
      '-show_streams',
      '-read_intervals',
      '%+3',
      '-count_frames',
      `${box.url}/live/index.m3u8?profile=laptop`,
    ],
    { timeout: 120_000 },
  );
  assert.is(stderr, '');
  const { streams } = JSON.parse(stdout) as {
    streams: { codec_name: string; width?: number; nb_read_frames: string }[];
  };
  assert.ok(streams.some(({ codec_name, width }) => codec_name === 'h264' && width === 640));
  assert.ok(streams.some(({ codec_name }) => codec_name === 'aac'));
  assert.ok(streams.every(({ nb_read_frames }) => Number(nb_read_frames) > 20));
});

test('the rules hold on the running origin, and over a kill -9 of capture', async ({ box }) => {
  const before = await playlists(box, 4);
  const capture = box.childPid('capture');
  process.kill(capture ?? 0, 'SIGKILL');
  const after = await playlists(box, 5);
  assert.equal(checkSeries([...before, ...after]), []);
  for (const { text } of after) assert.not.match(text, /GAP|EXT-X-DISCONTINUITY\n/);
  const isAnother = () => (box.childPid('capture') ?? capture) !== capture;
  await until(isAnother, 15_000, box.output);
});

test('ffmpeg decodes on without an error over a kill -9 of capture', async ({ box }) => {
  await fourSegments(box);
  const decoding = run(
    'ffmpeg',
    [
      // `repeat`: each line by itself, never "Last message repeated 1 times".
      ...['-v', 'repeat+warning', '-xerror'],
      ...['-i', `${box.url}/live/index.m3u8?profile=laptop`],
      ...['-t', '12', '-f', 'null', '-'],
    ],
    { timeout: 120_000 },
  );
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  process.kill(box.childPid('capture') ?? 0, 'SIGKILL');
  const { stderr } = await decoding;
  // It says so of each segment's init section, of any fMP4 playlist.
  const complaints = stderr.split('\n').filter((line) => !/^$|duplicated MOOV/.test(line));
  assert.equal(complaints, []);
});

test('a second box on the same state folder is one clear line, and leaves the first alone', async ({
  box,
}) => {
  await using second = await startBox(['log.level=error'], ['demo'], [], undefined, box.folder);
  assert.is(await second.ended, 1);
  assert.is(
    second.output().trim(),
    `venuebox: ${box.folder}: another venuebox runs and keeps its state there; end it, or name another folder for this one in STATE_DIRECTORY`,
  );
  assert.is((await fetch(`${box.url}/live/mid/index.m3u8`)).status, 200);
});

restarts(
  'kill -9 of media: a new one serves on, numbers and media time grow on, nothing is left behind',
  async ({ box }) => {
    const msn = async () =>
      Number(
        /MEDIA-SEQUENCE:(\d+)/.exec(
          await (await fetch(`${box.url}/live/mid/index.m3u8`)).text(),
        )?.[1],
      );
    const firstMsn = await msn();
    const playlistUrl = `${box.url}/live/mid/index.m3u8`;
    await fourSegments(box);
    const first = await mediaTimeOf(playlistUrl);
    assert.ok(first.mediaMs < 300_000, `media time begins with the stream: ${first.mediaMs} ms`);
    let descriptors = 0;
    const old = [box.childPid('capture'), box.childPid('media')].map((pid) => pid ?? 0);
    for (let i = 0; i < 4; i += 1) {
      const killed = box.childPid('media') ?? 0;
      process.kill(killed, 'SIGKILL');
      const isAnother = () => ![killed, undefined].includes(box.childPid('media'));
      await until(async () => isAnother() && (await fetch(playlistUrl)).ok, 10_000, box.output);
      // By then it has opened all that it opens once.
      if (i === 0) descriptors = descriptorsOf(box.pid).length;
    }
    const lastMsn = await msn();
    assert.ok(lastMsn >= firstMsn, `${firstMsn}, then ${lastMsn}: ${box.output().slice(-3000)}`);
    await fourSegments(box);
    const last = await mediaTimeOf(playlistUrl);
    assert.ok(last.mediaMs > first.mediaMs, `${first.mediaMs}, then ${last.mediaMs}`);
    const movedMs = last.dateMs - last.mediaMs - (first.dateMs - first.mediaMs);
    assert.ok(Math.abs(movedMs) < 2, `the date of media time 0 moved by ${movedMs} ms`);
    assert.ok(old.every((pid) => !isAlive(pid)));
    assert.is(programsOf(box.pid).length, 4, 'media, capture, camera and sound');
    // Some are open for a moment: what this test has asked, and what the box reads of the machine.
    const areClosed = () => descriptorsOf(box.pid).length <= descriptors + 2;
    await until(areClosed, 10_000, () => descriptorsOf(box.pid).join(' '));
  },
);

restarts(
  'a capture that hangs is ended and started again, and the page reports it meanwhile',
  async ({ box }) => {
    const hung = box.childPid('capture') ?? 0;
    const isFlowing = async () =>
      (await box.state<{ media: { isFlowing: boolean } }>()).media.isFlowing;
    await until(isFlowing, 5_000);
    process.kill(hung, 'SIGSTOP');
    await until(async () => !(await isFlowing()), 4_000);
    await until(() => box.childPid('capture') !== hung && !isAlive(hung), 15_000, box.output);
    await until(isFlowing, 10_000, box.output);
  },
);

restarts(
  'a media process that dies while capture starts takes nothing else down',
  async ({ box }) => {
    for (let i = 0; i < 3; i += 1) {
      process.kill(box.childPid('capture') ?? 0, 'SIGKILL');
      await until(() => box.childPid('capture') !== undefined, 5_000);
      process.kill(box.childPid('media') ?? 0, 'SIGKILL');
      await until(
        async () => (await fetch(`${box.url}/live/mid/index.m3u8`)).ok,
        15_000,
        box.output,
      );
    }
    assert.ok(isAlive(box.pid));
  },
);

ends('SIGTERM ends everything and exits 0', async () => {
  await using box = await startBox();
  await box.ready();
  const children = programsOf(box.pid);
  assert.is(children.length, 4);
  box.kill('SIGTERM');
  assert.is(await box.ended, 0);
  assert.equal(children.filter(isAlive), []);
});

ends('kill -9 of the daemon leaves no child behind', async () => {
  await using box = await startBox();
  await box.ready();
  const children = programsOf(box.pid);
  box.kill('SIGKILL');
  await until(() => children.every((pid) => !isAlive(pid)), 5_000);
});

for (const [key, whose] of [
  ['viewers.port', "viewers' port"],
  ['operator.port', "operator's port"],
  ['metrics.port', 'the metrics port'],
  ['mqtt.broker_port', "the MQTT broker's port"],
] as const) {
  ends(`a taken ${key} is one line that says what to do, and exit code 1`, async () => {
    const server = createServer().unref();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await using box = await startBox([`${key}=${port}`, 'log.level=error']);
    assert.is(await box.ended, 1);
    assert.match(
      box.output(),
      `venuebox: ${whose} ${port} on 127.0.0.1: another program listens there already; choose another ${key}`,
    );
    assert.is(box.output().trim().split('\n').length, 1, box.output());
    server.close();
  });
}

for (const [what, overrides, code, line] of [
  [
    'a missing encoder',
    ['encoder.driver=v4l2h264enc'],
    1,
    'venuebox: no H.264 encoder: GStreamer has none of v4l2h264enc',
  ],
  ['a wrong config', ['viewers.port=0'], 78, 'venuebox: --set viewers.port: viewers.port must be'],
] as const) {
  ends(`${what} is one clear line and exit code ${code}`, async () => {
    await using box = await startBox([...overrides, 'log.level=error']);
    assert.is(await box.ended, code, box.output());
    const lines = box
      .output()
      .trim()
      .split('\n')
      .filter((text) => text.startsWith('venuebox: '));
    assert.is(lines.length, 1, box.output());
    assert.ok(lines[0]?.startsWith(line), lines[0]);
  });
}

for (const [what, overrides, ...said] of [
  [
    'a missing camera',
    ['camera.driver=v4l2', 'camera.device=/dev/video99'],
    'camera /dev/video99 is not there; plug it in',
  ],
  [
    'a missing file, and a missing sound card',
    [
      'camera.driver=file',
      'camera.file=/nope.mp4',
      'sound.driver=alsa',
      'sound.device=hw:CARD=nope',
    ],
    'camera.file: cannot read /nope.mp4',
    'sound card nope is not there',
  ],
  [
    'a wrong launch line',
    ['camera.driver=custom', 'camera.launch=videotestsrc ! nosuchelement'],
    'nosuchelement',
  ],
] as const) {
  ends(`${what}: the stream goes on without it, and the log says what is wrong`, async () => {
    await using box = await startBox(overrides);
    await box.ready();
    await until(() => said.every((line) => box.output().includes(line)), 30_000, box.output);
    assert.is((await fetch(`${box.url}/live/index.m3u8`)).status, 200);
    assert.ok(isAlive(box.pid));
  });
}

ends(
  'a custom source that counts its frames is set on the clock, however late it starts',
  async () => {
    await using box = await startBox([
      'camera.driver=custom',
      'camera.launch=fakesrc num-buffers=1 ! fakesink videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=30/1',
    ]);
    await box.ready();
    const text = await (await fetch(`${box.url}/live/index.m3u8`)).text();
    assert.match(text, 'RESOLUTION=320x180');
  },
);

test.run();
restarts.run();
ends.run();
