/** An event spool in a folder, for tests of what it saves. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EventSpool } from '../../../../daemon/mqtt/spool/event-spool.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

export function openSpool(
  folder: string,
  { clock = new VirtualClock(), maxBytes = 1_000_000 } = {},
): Promise<EventSpool> {
  return EventSpool.open({ folder, maxBytes, segmentBytes: 4_096, clock, log: silentLog });
}

export function recordText(spool: EventSpool, text: string): Promise<void> {
  return spool.record({ type: 'x', severity: 'info', atMs: 0, data: { text } });
}

export interface ReadEvent {
  readonly seq: number;
  readonly session: string;
  readonly text: string;
}

/** Reads and acknowledges all events, a few at a time as the sender does. */
export async function drain(spool: EventSpool): Promise<readonly ReadEvent[]> {
  const found: ReadEvent[] = [];
  while (spool.state().waiting > 0) {
    const records = await spool.next(7, AbortSignal.timeout(10_000));
    for (const { seq, payload } of records) {
      const event = JSON.parse(payload.toString());
      found.push({ seq, session: event.session, text: event.data.text });
    }
    const last = found.at(-1);
    if (records.length === 0 || last === undefined) break;
    await spool.ack(last.seq);
  }
  return found;
}

export async function drainSeqs(spool: EventSpool): Promise<readonly number[]> {
  return (await drain(spool)).map(({ seq }) => seq);
}

export function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

export function segmentPaths(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.seg'))
    .toSorted()
    .map((name) => join(folder, name));
}
