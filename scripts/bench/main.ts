/**
 * `npm run bench [-- NAME...]`: the figures of scripts/bench/README.md, with the
 * machine's load beside them. Without names: lag, glass, start, viewers. Longer ones by
 * name: `push` (what is pushed: latency, and 1,000 viewers), `edge` (200 viewers behind an edge box and behind nginx), `record` (recorders
 * and clips), `clip` (a viewer while clips are made), `shed` (what saving power saves),
 * `idle`, `lab` (how soon an unplugged device is reported), `telemetry` (bytes over MQTT),
 * `operator` (its page opened cold), `orders` (10,000 at once),
 * `network` (the stream beside the crew's traffic on the same links),
 * `attack` (a watching viewer's p99 beside floods),
 * `rehearsal` (its figures beside those of a benchmark of the same box and links),
 * `codes` (the code in the picture, read off encoded frames),
 * `lossy` (WHEP and pushed streams over a line that loses packets, as root),
 * `fallback` (a guest by WebRTC whose box loses a process),
 * `throttled` (our player on a CPU that is six times slower),
 * `faults` (players while devices are unplugged, encoders die and the clock is set),
 * `pauses` (parts while the camera pauses), `glass10` (our player for 10 minutes), `soak`
 * (30 minutes, plots memory; `soak60` takes 60).
 */
import { benchAttack } from './attack/attack.ts';
import { benchClip } from './clip.ts';
import { benchEdge } from './edge.ts';
import { benchGlass, benchStart } from './glass.ts';
import { benchIdle } from './idle.ts';
import { benchLab } from './lab.ts';
import { benchLag } from './lag.ts';
import { benchLossy } from './lossy/lossy.ts';
import { type Figure, printFigures, saveFigures, watchMachine } from './machine.ts';
import { benchNetwork } from './network/network.ts';
import { benchOperator } from './operator.ts';
import { benchOrders } from './orders/orders.ts';
import { benchPush } from './push/push.ts';
import { benchRecord } from './record.ts';
import { benchShed } from './shed.ts';
import { benchSoak } from './soak.ts';
import { benchCodes } from './stream/codes.ts';
import { benchFallback } from './stream/fallback.ts';
import { benchFaults } from './stream/faults.ts';
import { benchPauses } from './stream/pauses.ts';
import { benchRehearsal } from './stream/rehearsal.ts';
import { benchThrottled } from './stream/throttled.ts';
import { benchWhep } from './stream/whep.ts';
import { benchTelemetry } from './telemetry.ts';
import { benchViewers, type ViewersCase } from './viewers.ts';

const VIEWERS: readonly ViewersCase[] = [
  { viewers: 100, listsBy: 'page' },
  { viewers: 100, listsBy: 'part' },
  { viewers: 1_000, listsBy: 'page' },
];

const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  lag: benchLag,
  glass: () => benchGlass(30),
  start: benchStart,
  viewers: () => benchViewers(VIEWERS),
  push: benchPush,
  edge: benchEdge,
  record: benchRecord,
  clip: benchClip,
  glass10: () => benchGlass(600, 1),
  idle: benchIdle,
  lab: benchLab,
  shed: benchShed,
  telemetry: benchTelemetry,
  network: benchNetwork,
  operator: benchOperator,
  orders: benchOrders,
  faults: benchFaults,
  pauses: benchPauses,
  attack: benchAttack,
  whep: () => benchWhep(3, 60),
  lossy: benchLossy,
  fallback: benchFallback,
  codes: benchCodes,
  rehearsal: benchRehearsal,
  throttled: benchThrottled,
  soak: () => benchSoak(30),
};

/** `soak60` takes so many minutes. */
function find(name: string) {
  const minutes = /^soak(\d{1,4})$/.exec(name)?.[1];
  return minutes === undefined ? BENCHES[name] : () => benchSoak(Number(minutes));
}

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : ['lag', 'glass', 'start', 'viewers']) {
  const bench = find(name);
  if (bench === undefined) {
    console.error(`no benchmark ${name}; there are: ${Object.keys(BENCHES).join(', ')}`);
    process.exit(2);
  }
  const machine = watchMachine();
  const figures = await bench();
  const seen = machine();
  printFigures(name, figures, seen);
  saveFigures(name, figures, seen);
}
