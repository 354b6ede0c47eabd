/** How large SRT packets are, by what the paths carry. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PayloadSize } from '../../../pipelines/uplink/payload.ts';
import type { SrtFigures } from '../../../pipelines/uplink/srt-observer.ts';

const test = suite('payload size');

const SRT: SrtFigures = {
  phase: 'connected',
  unackedPackets: 0,
  sentBps: 0,
  sentBytesTotal: 0,
  sentPacketsTotal: 0,
  retransmittedTotal: 0,
  droppedTotal: 0,
};

const link = (passedBytes?: number, state: 'active' | 'stalled' | 'out' = 'stalled') => ({
  state,
  isEnabled: true,
  isSpent: false,
  largePackets: { lostBytes: 1332, ...(passedBytes === undefined ? {} : { passedBytes }) },
});
const WHOLE = { state: 'active', isEnabled: true, isSpent: false } as const;

test('is the largest that one of the links carries, once all are known to need a smaller one', () => {
  const size = new PayloadSize();
  assert.is(size.update([link(1144), WHOLE], SRT, 0), 7);
  assert.is(size.update([link(1144), link()], SRT, 1), 7);
  assert.is(size.update([link(768), link(956), { ...WHOLE, state: 'out' }], SRT, 2), 5);
  assert.is(size.update([link(768), link(956), WHOLE], SRT, 3), 5, 'it stays');
  assert.is(size.update([link(300)], SRT, 4), 3);
});

test('falls step by step where no link tells what passes, and data is lost', () => {
  const size = new PayloadSize();
  const lost = { ...SRT, isDataLost: true };
  assert.is(size.update([], SRT, 0), 7);
  assert.is(size.update([], lost, 1000), 6);
  assert.is(size.update([], lost, 2000), 6);
  assert.is(size.update([], lost, 3000), 5);
  for (let nowMs = 5000; nowMs < 30_000; nowMs += 1000) size.update([], lost, nowMs);
  assert.is(size.tsPackets, 3);
});

test.run();
