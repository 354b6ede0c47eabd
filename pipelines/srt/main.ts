/** The SRT process: one connection of a phone or encoder in, its stream to two decoders out. */

import { constants, openSync } from 'node:fs';
import { monotonicUs } from '../../hal/os/clock.ts';
import { openLog } from '../../hal/os/log.ts';
import { openUnitInput } from '../gdp/unit-input.ts';
import { openUnitOutput } from '../gdp/unit-output.ts';
import { runGstWorker } from '../gst/gst-worker.ts';
import { playPipeline } from '../gst/pipeline.ts';
import type { FromSrt, SrtSettings, ToSrt } from './messages.ts';
import { StreamSplit } from './split.ts';

/** Stdin, stdout and stderr come first. */
const FD = 3;
const TICK_MS = 250;
/** More is left out where this process is held up: a second of 30 Mb/s. */
const QUEUE = 'queue leaky=downstream max-size-bytes=4000000 max-size-buffers=0 max-size-time=0';
const OUTPUT = `video/mpegts ! ${QUEUE} ! gdppay crc-header=false ! fdsink fd=${FD} sync=false async=false`;

const log = openLog('info', 'journal');

runGstWorker<SrtSettings, ToSrt, FromSrt>(({ source, path }, { send, fail }) => {
  const split = new StreamSplit({
    openFeed: openUnitOutput,
    onChange: (received) => send({ type: 'receiving', received }),
    onFault: (reason) => log.warn('stream not fed', { reason }),
    later: (ms, callBack) => void setTimeout(callBack, ms),
  });
  let clockUs: number | undefined;
  openUnitInput(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), {
    onCaps: () => undefined,
    onUnit: ({ timeUs, data }) => {
      if (clockUs !== undefined) split.add(data, clockUs + timeUs, monotonicUs());
    },
    onEnd: fail,
  });
  const end = (reason: string) => {
    send({ type: 'ended', reason });
    fail(reason);
  };
  playPipeline(`${source} ! ${OUTPUT}`, {
    onPlaying: (us) => {
      clockUs = us;
    },
    onEnd: () => end('the sender has disconnected'),
    onError: end,
  });
  setInterval(() => split.tick(monotonicUs()), TICK_MS);
  return ({ request, kind, path: to }) =>
    send({ type: 'fed', request, isFed: split.feed(kind, to) });
});
