/** The state of each destination, and its alert. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { DestinationStates } from '../../../../daemon/media/destinations/states.ts';
import type { Destination } from '../../../../daemon/model/destinations.ts';
import { watch } from '../../health/support/watched-box.ts';

const test = suite('states of destinations');

const CONFIG = parseConfig(
  'x',
  `uplink:
  destinations:
    - {id: youtube, kind: rtmp, url: rtmp://h/live, key_file: k}
    - {id: archive, kind: srt, host: h, port: 1}`,
  [],
);

function open() {
  let now: readonly Destination[] = [];
  const states = new DestinationStates(CONFIG.uplink?.destinations ?? [], (next) => {
    now = next;
  });
  return { states, of: (id: string) => now.find((one) => one.id === id), all: () => now };
}

const SENDING = { phase: 'connected', sentBps: 2e6, sentBytesTotal: 1e6 } as const;
const TRYING = { phase: 'connecting', sentBps: 0, sentBytesTotal: 0 } as const;

test('before a drop each is off; in it each has its own state', () => {
  const { states, of, all } = open();
  assert.equal(
    all().map(({ id, kind, phase }) => [id, kind, phase]),
    [
      ['youtube', 'rtmp', 'off'],
      ['archive', 'srt', 'off'],
    ],
  );
  states.supervised('youtube', { phase: 'running', restartsTotal: 0 });
  states.supervised('archive', { phase: 'running', restartsTotal: 0 });
  states.report('archive', { ...SENDING, rttMs: 3 });
  states.supervised('youtube', { phase: 'pausing', restartsTotal: 0, lastFailure: 'refused' });
  assert.is(of('youtube')?.reason, 'refused');
  states.supervised('youtube', { phase: 'running', restartsTotal: 1, lastFailure: 'refused' });
  states.report('youtube', TRYING);
  assert.is(of('youtube')?.reason, 'refused', 'it stands until it is connected');
  assert.is(of('youtube')?.restartsTotal, 1);
  assert.equal(of('archive'), {
    id: 'archive',
    kind: 'srt',
    restartsTotal: 0,
    ...SENDING,
    rttMs: 3,
  });
  states.report('youtube', SENDING);
  assert.is(of('youtube')?.reason, undefined);
  for (const id of ['youtube', 'archive'])
    states.supervised(id, { phase: 'stopped', restartsTotal: 1 });
  assert.ok(all().every(({ phase, sentBps }) => phase === 'off' && sentBps === 0));
});

const down: Destination = {
  ...{ id: 'youtube', kind: 'rtmp', phase: 'connecting', reason: 'refused' },
  ...{ sentBps: 0, sentBytesTotal: 0, restartsTotal: 9 },
};

test('one that is down for ten seconds has an alert of its own, a critical one where nothing goes out', async () => {
  await using box = watch();
  box.set({ destinations: [down, { ...down, id: 'archive', phase: 'connected' }] });
  await box.clock.advance(8_000);
  assert.equal(box.keys(), []);
  await box.clock.advance(5_000);
  const [alert] = box.health.warnings();
  assert.is(alert?.key, 'destination-youtube-down');
  assert.is(alert?.severity, 'warning');
  assert.is(alert?.detail, 'refused');
  box.set({ destinations: [{ ...down, phase: 'connected' }] });
  await box.clock.advance(20_000);
  assert.equal(box.keys(), []);
  box.set({ destinations: [down], uplink: undefined });
  await box.clock.advance(20_000);
  assert.equal(
    box.health.warnings().map(({ key, severity }) => [key, severity]),
    [['destination-youtube-down', 'critical']],
  );
});

test.run();
