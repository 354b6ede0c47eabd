import { randomBytes } from 'node:crypto';
import {
  type ActiveSegment,
  createSegment,
  listSegments,
  openSegment,
  resumeSegment,
  type Segment,
} from './segments.ts';

/** What a folder holds, and the segment to go on with. */
export interface Found {
  readonly session: string;
  readonly closed: readonly Segment[];
  readonly active: ActiveSegment;
  readonly lastSeq: number;
  readonly tornBytes: number;
}

/** Looks through a spool's folder, and mends what a crash left. Makes the first segment. */
export async function findSegments(folder: string): Promise<Found> {
  const opened = [];
  for (const name of await listSegments(folder)) {
    const one = await openSegment(folder, name);
    if (one !== undefined) opened.push(one);
  }
  const newest = opened.pop();
  if (newest === undefined) {
    const session = randomBytes(8).toString('hex');
    const active = await createSegment(folder, { session, firstSeq: 1 });
    return { session, closed: [], active, lastSeq: 0, tornBytes: 0 };
  }
  const { session } = newest.header;
  const closed = opened.filter(({ header }) => header.session === session);
  const resumed = await resumeSegment(newest.segment);
  return { session, closed: closed.map(({ segment }) => segment), ...resumed };
}
