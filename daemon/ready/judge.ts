/** Whether a rehearsal reached what the drop needs. Pure. */
import type { Config } from '../config/config.ts';
import { quietChannels, soundLevel } from '../health/thresholds.ts';
import type { Drill, Line, ProbedViewer } from '../model/readiness.ts';
import { fail, pass, seconds, warn } from './checklist/line.ts';

export type Goals = Config['rehearsal'];

export interface Measured {
  readonly viewer: ProbedViewer | undefined;
  readonly drill: Drill | undefined;
  /** Why no link was taken away. */
  readonly noDrill: string;
  /** Highest of each channel. */
  readonly peakDbfs: readonly number[] | undefined;
  readonly uplink: {
    readonly isWanted: boolean;
    /** Of the seconds that were looked at. */
    readonly connectedRatio: number;
    readonly lost: number;
    readonly lowestBps: number | undefined;
  };
}

/** A viewer in the box fetches without a radio: with fewer parts it saw next to nothing. */
const PARTS_MIN = 10;
const CONNECTED_MIN = 0.95;

export function judge(measured: Measured, goals: Goals): readonly Line[] {
  const { viewer } = measured;
  return [
    ...(viewer === undefined || viewer.parts < PARTS_MIN
      ? [
          fail(
            'viewers',
            'the probe viewer saw no stream',
            'Run the checks: camera, encoder or page do not work.',
          ),
        ]
      : viewerLines(viewer, goals)),
    drillLine(measured, goals),
    uplinkLine(measured),
    soundLine(measured),
  ];
}

function viewerLines(viewer: ProbedViewer, goals: Goals): readonly Line[] {
  const { latency_s: latency, stalls, stalled_s: stalledS, hit_ratio: hits, failed } = viewer;
  const by = viewer.is_by_picture ? 'by the clock in the picture' : 'by the stream’s dates';
  const figures = `half within ${show(latency.p50)}, 95 % within ${show(latency.p95)}, ${by}`;
  const p95Ms = latency.p95 === null ? Number.POSITIVE_INFINITY : latency.p95 * 1000;
  const late =
    p95Ms > goals.latency_p95_ms
      ? fail(
          'latency',
          `${figures}; wanted: ${seconds(goals.latency_p95_ms)}`,
          'Shorter parts (viewers.part_ms), fewer renditions, or a faster machine.',
        )
      : pass('latency', figures);
  const stalled = `${count(stalls)}, ${stalledS.toFixed(1)} s in all, ${failed} requests failed`;
  const stall =
    stalls > goals.stalls_max
      ? fail(
          'stalls',
          `${stalled}; at most ${goals.stalls_max} are allowed`,
          'The box cannot keep up: see its processor and its temperature.',
        )
      : pass('stalls', stalled);
  return [late, stall, hitsLine(hits, goals)];
}

function hitsLine(hits: number | null, { edge_hits_pct: wanted }: Goals): Line {
  const seen =
    hits === null
      ? 'no cache in front of the box'
      : `${Math.round(hits * 100)} % of replies from the cache`;
  const isMet = (hits ?? 0) * 100 >= wanted;
  return isMet
    ? pass('cache hits', seen)
    : fail(
        'cache hits',
        `${seen}; wanted: ${wanted} %`,
        'Check that the CDN keeps Cache-Control and query strings as they are.',
      );
}

function drillLine({ drill, noDrill, uplink }: Measured, goals: Goals): Line {
  const name = 'failover';
  if (!uplink.isWanted) return pass(name, 'no uplink is configured');
  if (drill === undefined)
    return warn(name, noDrill, 'Bring a second link up, and rehearse again.');
  const { link, taken_over_by: nextLink, failover_s: failoverS, lost, stalls } = drill;
  if (nextLink === null || failoverS === null) {
    return fail(
      name,
      `${link} was switched off for the test, and no other link took over`,
      'Check the other links.',
    );
  }
  const far =
    lost === null
      ? ''
      : lost === 0
        ? '; the receiver lost nothing'
        : `; the receiver lost ${lost} packets`;
  const near = stalls === null ? '' : `; viewers here had ${count(stalls)}`;
  const seen = `${link} away: ${nextLink} took over in ${failoverS.toFixed(1)} s${far}${near}`;
  if (failoverS * 1000 > goals.failover_max_ms) {
    return fail(
      name,
      `${seen}; wanted: ${seconds(goals.failover_max_ms)}`,
      'Raise uplink.latency_ms, or replace the slow link.',
    );
  }
  return (lost ?? 0) > 0
    ? warn(name, seen, 'Raise uplink.latency_ms: lost packets then come in time by the other link.')
    : pass(name, seen);
}

function uplinkLine({ uplink }: Measured): Line {
  const name = 'receiver';
  if (!uplink.isWanted) return pass(name, 'no uplink is configured');
  const connected = `connected ${Math.round(uplink.connectedRatio * 100)} % of the time`;
  const least =
    uplink.lowestBps === undefined ? '' : `, at least ${(uplink.lowestBps / 1e6).toFixed(1)} Mb/s`;
  const seen = `${connected}${least}, ${uplink.lost} packets lost`;
  if (uplink.connectedRatio < CONNECTED_MIN) {
    return fail(name, seen, 'Check the links and the receiver; run the checks.');
  }
  return uplink.lost > 0 ? warn(name, seen, 'Raise uplink.latency_ms.') : pass(name, seen);
}

function soundLine({ peakDbfs }: Measured): Line {
  const name = 'sound';
  if (peakDbfs === undefined) return pass(name, 'no sound is configured, or none was measured');
  const seen = `highest peaks ${peakDbfs.map((peak) => peak.toFixed(1)).join(' and ')} dBFS`;
  if (quietChannels(peakDbfs).length > 0) {
    return fail(name, `a channel is silent: ${seen}`, 'Check that microphone and its cable.');
  }
  const level = soundLevel(peakDbfs);
  if (level === 'clipped') return warn(name, `too loud: ${seen}`, 'Turn the gain down.');
  return level === 'silent'
    ? warn(name, `silence: ${seen}`, 'Rehearse while someone plays.')
    : pass(name, seen);
}

function show(s: number | null): string {
  return s === null ? 'an unknown time' : `${s.toFixed(2)} s`;
}

function count(stalls: number): string {
  return stalls === 0 ? 'no stalls' : stalls === 1 ? '1 stall' : `${stalls} stalls`;
}
