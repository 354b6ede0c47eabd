/** The box's way upstream: real GStreamer, real links, Debian's own SRT at the far end. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask, statusOf } from '../../support/ask.ts';
import { type Box, isAlive, startBox, until } from '../../support/box.ts';
import { DAEMON } from '../../support/daemon.ts';
import { freePort } from '../../support/free-port.ts';
import { inside, openVenueNetwork } from '../../support/network/venue-network.ts';
import { nodeProgram, startProgram } from '../../support/program.ts';
import type { Watched } from '../../support/viewer.ts';

const test = suite('uplink');

const newFolder = () => mkdtempSync(join(tmpdir(), 'venuebox-uplink-'));

/** Debian's SRT listener, which writes what it gets to a file. */
const listen = (uri: string, file: string, prefix: readonly string[] = []) => {
  const [command = 'srt-live-transmit', ...rest] = [...prefix, 'srt-live-transmit'];
  return startProgram(command, [...rest, '-q', uri, 'file://con'], file);
};

const uplinkOf = (config: object) =>
  `uplink=${JSON.stringify({ width: 320, height: 180, bitrate_bps: 500_000, ...config })}`;

const figuresOf = async (box: Box) => (await statusOf(box)).uplink;
const connected = async (box: Box) => (await figuresOf(box))?.phase === 'connected';

const sizeOf = (file: string) => statSync(file).size;
const grown = (file: string, bytes: number) => {
  const from = sizeOf(file);
  return () => sizeOf(file) > from + bytes;
};

interface Probed {
  readonly frames: readonly number[];
  readonly errors: string;
}

/** What ffprobe finds in what has come so far, up to the last whole packet of MPEG-TS. */
function probe(received: string): Probed {
  const whole = `${received}.ts`;
  copyFileSync(received, whole);
  truncateSync(whole, Math.floor(sizeOf(whole) / 188) * 188);
  return probeFile(whole);
}

function probeFile(file: string): Probed {
  const args = ['-v', 'error', '-count_packets', '-of', 'json'];
  const entries = ['-show_entries', 'stream=codec_name,nb_read_packets'];
  const { stdout, stderr } = spawnSync('ffprobe', [...args, ...entries, file], {
    encoding: 'utf8',
  });
  const { streams } = JSON.parse(stdout) as { streams: { nb_read_packets: string }[] };
  return {
    frames: streams.map(({ nb_read_packets }) => Number(nb_read_packets)),
    errors: stderr,
  };
}

test('plain SRT reaches Debian’s listener, and is there again after a kill -9 and a restart of the listener', async () => {
  const port = await freePort();
  const file = join(newFolder(), 'received');
  const uri = `srt://127.0.0.1:${port}?mode=listener&latency=300`;
  await using box = await startBox([uplinkOf({ host: '127.0.0.1', port, latency_ms: 300 })]);
  await box.ready();
  {
    await using _listener = listen(uri, file);
    await until(() => connected(box), 30_000, box.output);
    await until(grown(file, 150_000), 30_000, box.output);
    const { frames, errors } = probe(file);
    assert.is(frames.length, 2);
    assert.ok(
      frames.every((count) => count > 10),
      String(frames),
    );
    assert.not.match(errors, /Packet corrupt|Continuity|Invalid/);

    const first = box.childPid('uplink') ?? 0;
    process.kill(first, 'SIGKILL');
    await until(() => !isAlive(first) && (box.childPid('uplink') ?? first) !== first, 15_000);
    await until(grown(file, 50_000), 30_000, box.output);
  }
  await until(async () => !(await connected(box)), 20_000, box.output);
  const again = join(newFolder(), 'again');
  await using _listener = listen(uri, again);
  await until(grown(again, 50_000), 30_000, box.output);
  assert.is((await fetch(`${box.url}/live/index.m3u8`)).status, 200);
});

test('a passphrase that the receiver does not know is reported, and viewers are served on', async () => {
  const port = await freePort();
  const folder = newFolder();
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, 'correct horse battery\n');
  await using _listener = listen(
    `srt://127.0.0.1:${port}?mode=listener&passphrase=another phrase altogether`,
    join(folder, 'received'),
  );
  const config = { host: '127.0.0.1', port, passphrase_file: passphraseFile };
  await using box = await startBox([uplinkOf(config)]);
  await box.ready();
  await until(
    async () => /passphrase/.test((await figuresOf(box))?.reason ?? ''),
    30_000,
    box.output,
  );
  assert.not.match(box.output(), 'correct horse');
  assert.is((await fetch(`${box.url}/live/index.m3u8`)).status, 200);
});

test('a passphrase and a stream id that the receiver knows are let in', async () => {
  const port = await freePort();
  const folder = newFolder();
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, 'correct horse battery\n');
  const file = join(folder, 'received');
  await using _listener = listen(
    `srt://127.0.0.1:${port}?mode=listener&passphrase=correct horse battery`,
    file,
  );
  const config = {
    host: '127.0.0.1',
    port,
    passphrase_file: passphraseFile,
    stream_id: 'publish/cafe',
    rendition: 'low',
  };
  await using box = await startBox([uplinkOf(config)]);
  await until(() => grown(file, 0)() || sizeOf(file) > 100_000, 40_000, box.output);
  assert.is(probe(file).frames.length, 2);
});

test('a passphrase file that is missing or too short is one clear line', async () => {
  for (const [content, why] of [
    [undefined, /passphrase_file: .*cannot be read/],
    ['short\n', /passphrase_file: .*10 to 79 characters/],
  ] as const) {
    const file = join(newFolder(), 'passphrase');
    if (content !== undefined) writeFileSync(file, content);
    await using box = await startBox([
      uplinkOf({ host: '127.0.0.1', port: 9, passphrase_file: file }),
    ]);
    assert.is(await box.ended, 78);
    assert.match(box.output(), why);
  }
});

test('the whole chain over two links: each dies in turn and nothing is lost; with both cut viewers notice nothing', async () => {
  using network = openVenueNetwork(2);
  if (network === undefined) {
    console.log('SKIPPED 1: this machine makes no network namespaces');
    return;
  }
  const [relayPort, srtPort] = [6000, 6001];
  const file = join(newFolder(), 'received');
  const [here, there] = [inside(network.venue), inside(network.far)];
  await using _listener = listen(
    `srt://127.0.0.1:${srtPort}?mode=listener&latency=1000`,
    file,
    there,
  );
  await using relay = startProgram(there[0] ?? '', [
    ...there.slice(1),
    ...[process.execPath, ...DAEMON, 'relay'],
    ...['--listen', `${network.farHost}:${relayPort}`, '--srt', `127.0.0.1:${srtPort}`],
  ]);
  await until(() => relay.output().includes('relay started'), 20_000, relay.output);
  const config = {
    host: network.farHost,
    port: relayPort,
    latency_ms: 1000,
    bitrate_bps: 1_500_000,
    links: [
      { id: 'first', device: 'wwan0' },
      { id: 'second', device: 'wwan1' },
    ],
  };
  await using box = await startBox(
    [uplinkOf(config), 'recording.targets=[{id: card, folder: card}]'],
    ['demo'],
    here,
  );
  const figures = () => figuresOf(box);
  const stateOf = async (id: string) =>
    (await figures())?.bond?.links.find((link) => link.id === id)?.state;
  await until(() => connected(box), 40_000, box.output);
  await until(async () => (await stateOf('first')) === 'active', 20_000, box.output);
  await until(async () => (await stateOf('second')) === 'active', 20_000, box.output);
  await until(grown(file, 100_000), 30_000, box.output);

  network.blackHole(0, true);
  // After four seconds it is out: a slow machine that looks seldom sees only that.
  const isDown = async () => ['stalled', 'out'].includes((await stateOf('first')) ?? '');
  await until(isDown, 20_000, box.output);
  await until(grown(file, 100_000), 30_000, box.output);
  network.blackHole(0, false);
  await until(async () => (await stateOf('first')) === 'active', 30_000, box.output);
  network.plug(1, false);
  await until(async () => (await figures())?.missingLinks.includes('second') === true, 20_000);
  await until(grown(file, 100_000), 30_000, box.output);
  network.plug(1, true);
  await until(async () => (await stateOf('second')) === 'active', 30_000, box.output);
  await until(grown(file, 100_000), 30_000, box.output);
  assert.is((await figures())?.srt?.droppedTotal, 0);
  const { frames, errors } = probe(file);
  assert.ok(frames.length === 2 && frames.every((count) => count > 30), String(frames));
  assert.is(errors, '');

  // A guest watches from before until after.
  const guest = startProgram(here[0] ?? '', [
    ...here.slice(1),
    ...[process.execPath, ...nodeProgram('test/support/viewer'), box.url, '25'],
  ]);
  await until(() => guest.output().includes('WATCHING'), 30_000, guest.output);
  for (const link of [0, 1]) network.blackHole(link, true);
  await until(async () => !(await connected(box)), 20_000, box.output);
  for (const link of [0, 1]) network.blackHole(link, false);
  await until(() => connected(box), 40_000, box.output);
  await until(grown(file, 100_000), 30_000, box.output);
  await guest.ended;
  const watched = JSON.parse(guest.output().split('\n').at(-2) ?? '') as Watched;
  assert.ok(watched.parts > 50, `${watched.parts} parts`);
  assert.is(watched.refused, 0);
  assert.is(watched.gaps, 0);

  const rules = () => execFileSync('ip', [...here.slice(1), 'ip', 'rule'], { encoding: 'utf8' });
  assert.match(rules(), 'lookup 5200');
  await ask(box, 'cmd', 'end');
  const movies = readdirSync(join(box.folder, 'card')).filter((name) => name.endsWith('.mp4'));
  assert.is(movies.length, 1, 'one recording without an interruption');
  const keptReports = join(box.folder, 'reports.json');
  const reports = () => JSON.parse(readFileSync(keptReports, 'utf8')).reports;
  await until(() => reports().length === 1, 10_000, box.output);
  const [{ failovers }] = reports();
  assert.ok(failovers >= 2, `${failovers} failovers in the report of the drop`);
  const recorded = probeFile(join(box.folder, 'card', movies[0] ?? ''));
  assert.is(recorded.errors, '');
  assert.ok(
    recorded.frames.every((count) => count > 200),
    String(recorded.frames),
  );

  box.kill('SIGTERM');
  assert.is(await box.ended, 0);
  assert.not.match(rules(), /lookup 52\d\d/);
});

test.run();
