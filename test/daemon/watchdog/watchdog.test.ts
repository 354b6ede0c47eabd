/** Tests of readiness and watchdog messages to systemd. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { runWatchdog } from '../../../daemon/watchdog/run.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { type Notify, openNotify } from '../../../hal/os/systemd/notify.ts';
import { until } from '../../support/box.ts';
import { EDGE, figures, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('what is reported to systemd');

const pausing = { phase: 'pausing', restartsTotal: 1 } as const;

/** A box whose media process speaks and makes parts, unless the test says otherwise. */
function startHeartbeat(first: Partial<BoxSnapshot> = {}) {
  const clock = new VirtualClock();
  const reported: string[] = [];
  let change = first;
  let isSpeaking = true;
  let hasParts = true;
  let media = figures();
  const snapshot = (): BoxSnapshot => {
    if (isSpeaking) media = { ...media, partsTotal: media.partsTotal + (hasParts ? 5 : 0) };
    return { ...WELL, media, ...change };
  };
  const notify: Notify = {
    hasReceiver: true,
    send: (...lines) => reported.push(...lines),
    [Symbol.dispose]: () => undefined,
  };
  const stop = new AbortController();
  const running = runWatchdog(
    { notify, watchdogUsec: 3_000_000, snapshot, clock, log: silentLog },
    stop.signal,
  );
  return {
    clock,
    reported,
    set: (next: Partial<BoxSnapshot>) => {
      change = next;
    },
    figures: (next: Parameters<typeof figures>[0]) => {
      media = figures(next);
    },
    hang: () => {
      isSpeaking = false;
    },
    noParts: () => {
      hasParts = false;
    },
    /** How often the watchdog was fed during `ms`. */
    async beats(ms: number): Promise<number> {
      reported.splice(0);
      await clock.advance(ms);
      return reported.filter((line) => line === 'WATCHDOG=1').length;
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

test('a box is ready when frames flow, is fed thrice a period, and says goodbye', async () => {
  const box = startHeartbeat();
  await box.clock.advance(0);
  const first = ['READY=1', 'STATUS=live, 3 viewers', 'WATCHDOG_USEC=15000000', 'WATCHDOG=1'];
  assert.equal(box.reported, first);
  assert.is(await box.beats(30_000), 30);
  assert.not(box.reported.some((line) => line.startsWith('READY') || line.startsWith('STATUS')));
  await box.stop();
  assert.is(box.reported.at(-1), 'STOPPING=1');
});

test('an idle box is ready when its media process serves', async () => {
  const box = startHeartbeat({ media: undefined, drop: { phase: 'idle', sinceMs: 0 } });
  await box.clock.advance(5_000);
  assert.not(box.reported.includes('READY=1'));
  box.set({ drop: { phase: 'idle', sinceMs: 0 }, media: figures({ isFlowing: false }) });
  await box.clock.advance(1_000);
  assert.ok(box.reported.includes('READY=1'));
  await box.stop();
});

test('the watchdog is not armed by a box that still starts', async () => {
  const box = startHeartbeat({ media: undefined, drop: { phase: 'idle', sinceMs: 0 } });
  assert.is(await box.beats(5_000), 0);
  box.set({ drop: { phase: 'idle', sinceMs: 0 }, media: figures({ isFlowing: false }) });
  assert.is(await box.beats(5_000), 5);
  await box.stop();
});

test('the watchdog is patient until beats have come in time for half a minute', async () => {
  const box = startHeartbeat();
  const asked = () => box.reported.filter((line) => line.startsWith('WATCHDOG_USEC='));
  await box.clock.advance(0);
  assert.equal(asked(), ['WATCHDOG_USEC=15000000']);
  await box.beats(20_000);
  box.clock.stall(4_000);
  await box.beats(29_000);
  assert.equal(asked(), [], 'a late beat begins the half minute again');
  await box.beats(3_000);
  assert.equal(asked(), ['WATCHDOG_USEC=3000000']);
  await box.beats(60_000);
  box.clock.stall(2_500);
  await box.beats(60_000);
  assert.equal(asked(), [], 'the unit’s own it stays');
  await box.stop();
});

test('a box whose camera is away is ready at last, and is not killed for it', async () => {
  const children = { ...WELL.children, capture: pausing };
  const box = startHeartbeat({ children, media: undefined });
  box.set({ children });
  box.figures({ isFlowing: false });
  await box.clock.advance(59_000);
  assert.not(box.reported.includes('READY=1'));
  await box.clock.advance(2_000);
  assert.ok(box.reported.includes('READY=1'));
  assert.is(await box.beats(600_000), 600);
  await box.stop();
});

test('a media process that says nothing stops the feeding within eleven seconds', async () => {
  const box = startHeartbeat();
  await box.clock.advance(5_000);
  box.hang();
  await box.clock.advance(11_000);
  assert.is(await box.beats(10_000), 0);
  await box.stop();
});

test('capture that runs on air without a part stops it after a minute; an idle one does not', async () => {
  const box = startHeartbeat();
  await box.clock.advance(5_000);
  box.noParts();
  assert.is(await box.beats(50_000), 50);
  await box.clock.advance(12_000);
  assert.is(await box.beats(10_000), 0);
  await box.stop();
  const idle = startHeartbeat({ drop: { phase: 'idle', sinceMs: 0 } });
  idle.noParts();
  assert.is(await idle.beats(600_000), 600);
  await idle.stop();
});

test('a box on air whose camera is restarted again and again is not killed for it', async () => {
  const box = startHeartbeat();
  await box.clock.advance(5_000);
  box.noParts();
  const capture = { phase: 'running', restartsTotal: 0 } as const;
  for (let restartsTotal = 1; restartsTotal <= 20; restartsTotal += 1) {
    box.set({ children: { ...WELL.children, capture: { ...capture, restartsTotal } } });
    assert.is(await box.beats(20_000), 20);
  }
  await box.stop();
});

test('an edge is ready when it serves, and is fed while its upstream is away', async () => {
  const box = startHeartbeat({
    drop: { phase: 'idle', sinceMs: 0 },
    children: { media: { phase: 'running', restartsTotal: 0 } },
    media: undefined,
  });
  await box.clock.advance(5_000);
  assert.not(box.reported.includes('READY=1'));
  await box.stop();
  const away = { ...EDGE, upstream: { url: 'http://10.0.0.5:8080', phase: 'away' as const } };
  const edge = startHeartbeat();
  edge.noParts();
  edge.set({
    drop: { phase: 'idle', sinceMs: 0 },
    children: { media: { phase: 'running', restartsTotal: 0 } },
  });
  edge.figures({ isFlowing: false, partsTotal: 0, edge: away });
  await edge.clock.advance(1_000);
  assert.ok(edge.reported.includes('READY=1'));
  assert.ok(edge.reported.includes('STATUS=edge, away, 3 viewers'), edge.reported.join());
  assert.is(await edge.beats(600_000), 600);
  edge.hang();
  await edge.clock.advance(11_000);
  assert.is(await edge.beats(10_000), 0);
  await edge.stop();
});

test('without a systemd socket nothing is sent', async () => {
  const notify = openNotify(undefined, silentLog);
  notify.send('READY=1');
  const deps = { watchdogUsec: undefined, snapshot: () => WELL, clock: new VirtualClock() };
  await runWatchdog({ ...deps, notify, log: silentLog }, new AbortController().signal);
  assert.is(openNotify('@abstract', silentLog).hasReceiver, false);
});

test('the words reach a datagram socket, and a socket that is gone is no failure', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'venuebox-notify-')), 'notify');
  const python = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
for _ in range(2): print(repr(s.recv(4096).decode()), flush=True)
`;
  const receiver = spawn('python3', ['-c', python, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let received = '';
  receiver.stdout.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  const ended = new Promise((resolve) => receiver.once('close', resolve));
  await until(() => existsSync(path), 20_000);
  {
    using notify = openNotify(path, silentLog);
    notify.send('READY=1', 'STATUS=two\nlines');
    notify.send('WATCHDOG=1');
    await ended;
    assert.is(received, "'READY=1\\nSTATUS=two lines'\n'WATCHDOG=1'\n");
    notify.send('WATCHDOG=1');
  }
  execFileSync('rm', ['-f', path]);
  using gone = openNotify(path, silentLog);
  gone.send('WATCHDOG=1');
});

test.run();
