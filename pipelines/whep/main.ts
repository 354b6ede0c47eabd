/** The WHEP process: access units in, WebRTC to each viewer out. Offers come over IPC. */

import { every, unlessAborted } from '../../hal/os/async.ts';
import { monotonicMs } from '../../hal/os/clock.ts';
import { LogLimit } from '../../hal/os/limits/log-limit.ts';
import { openLog } from '../../hal/os/log.ts';
import { runAsWorker } from '../../hal/os/worker-child.ts';
import { openUnitInput } from '../gdp/unit-input.ts';
import { peerNetworkOf } from '../webrtc/network.ts';
import { checkUdpPort } from '../webrtc/udp-port.ts';
import type { FromWhep, ToWhep, WhepSettings } from './messages.ts';
import { openPeer } from './peer.ts';
import { Rendition } from './rendition.ts';
import { Sessions } from './sessions.ts';
import { timestampOf, VIDEO_TICKS_PER_MS } from './stream-time.ts';

/** The first descriptor after stdin, stdout and stderr. */
const FIRST_FD = 3;
/** How often packets that wait for their time are looked at. */
const PACE_MS = 5;
const TICK_MS = 100;
const SWEEP_MS = 1_000;
/** Each report counts as one fetched part of each viewer: see `Audience`. */
const WATCHING_EVERY_MS = 4_000;

const log = openLog('info', 'journal');

runAsWorker<WhepSettings, ToWhep, FromWhep>(async (settings, { send, onCommand }, signal) => {
  const network = peerNetworkOf(settings);
  await checkUdpPort('viewers.whep.port', network);
  const failing = new AbortController();
  const end = (reason: string) => failing.abort(new Error(reason));
  const renditions = settings.tracks
    .filter(({ kind }) => kind === 'video')
    .map(({ id }) => new Rendition(id, settings.bitratesBps[id] ?? 0))
    .toSorted((a, b) => a.bitrateBps - b.bitrateBps);
  const faults = new LogLimit(monotonicMs);
  const sessions = new Sessions({
    ...{ settings, renditions, nowMs: monotonicMs },
    openPeer: (options, events) => openPeer({ ...options, network }, events),
    onFault: (reason) => {
      const viewers = faults.count();
      if (viewers !== undefined) log.warn('viewers not connected', { viewers, reason });
    },
  });
  const pace = openPacer(() => sessions.tick());
  readTracks(settings, renditions, sessions, { pace, end });
  onCommand((message) => {
    if (message.type === 'end-all') sessions.endAll();
    else if (message.type === 'end') {
      const answer = sessions.end(message.id)
        ? ({ status: 200 } as const)
        : ({ status: 404, line: 'there is no such viewer' } as const);
      send({ type: 'answered', request: message.request, answer });
    } else {
      const { request } = message;
      void sessions.offer(message).then((answer) => send({ type: 'answered', request, answer }));
    }
  });
  send({ type: 'ready' });
  const wanting = openDemandReport(() => sessions.wanted, send);
  const work = [
    every(TICK_MS, signal, () => {
      pace();
      wanting.onChange();
    }),
    every(SWEEP_MS, signal, () => sessions.sweep()),
    every(WATCHING_EVERY_MS, signal, () => {
      send({ type: 'watching', addresses: sessions.addresses });
      wanting.report();
    }),
  ];
  try {
    await unlessAborted(Promise.all(work), failing.signal);
  } finally {
    sessions.endAll();
  }
});

/** Reports which renditions are wanted, where some are. */
function openDemandReport(wanted: () => readonly string[], send: (message: FromWhep) => void) {
  let last = '';
  const report = () => {
    const renditions = wanted();
    last = renditions.join(' ');
    if (renditions.length > 0) send({ type: 'wanted', renditions });
  };
  const onChange = () => {
    if (wanted().join(' ') !== last) report();
  };
  return { report, onChange };
}

/** @returns what sends what is due now, and goes on while packets wait. */
function openPacer(tick: () => boolean): () => void {
  let timer: NodeJS.Timeout | undefined;
  const pace = () => {
    const isWaiting = tick();
    if (isWaiting && timer === undefined) {
      timer = setTimeout(() => {
        timer = undefined;
        pace();
      }, PACE_MS);
    }
  };
  return pace;
}

function readTracks(
  { tracks, start }: WhepSettings,
  renditions: readonly Rendition[],
  sessions: Sessions,
  { pace, end }: { readonly pace: () => void; readonly end: (reason: string) => void },
): void {
  for (const [i, { id, kind }] of tracks.entries()) {
    const rendition = renditions.find((one) => one.id === id);
    openUnitInput(FIRST_FD + i, {
      onCaps: (caps) => {
        if (rendition?.setCaps(caps) === false) end(`${id}: no H.264: ${caps.slice(0, 120)}`);
      },
      onUnit: (unit) => {
        if (kind === 'audio') sessions.addSound(unit.data, unit.timeUs);
        if (rendition === undefined) return;
        const timestamp = timestampOf(start, unit.timeUs, VIDEO_TICKS_PER_MS);
        const frame = rendition.add(unit, timestamp, monotonicMs());
        if (frame === undefined) return;
        sessions.addFrame(rendition, frame);
        pace();
      },
      onEnd: (reason) => end(`${id}: ${reason}`),
    });
  }
}
