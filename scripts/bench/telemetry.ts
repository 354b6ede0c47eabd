/** Measures bytes sent over MQTT. */
import { connect as connectTcp, createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import { listen } from '../../test/daemon/mqtt/support/consumer.ts';
import { startMosquitto } from '../../test/daemon/mqtt/support/mosquitto.ts';
import { startMqtt } from '../../test/daemon/mqtt/support/mqtt.ts';
import { fullSnapshot } from '../../test/daemon/mqtt/support/snapshot.ts';
import { freePort } from '../../test/support/free-port.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import type { Figure } from './machine.ts';

const GOAL_BYTES = 4_000_000;
/** A TLS 1.3 record, and IP and TCP headers of a packet and of its acknowledgement. */
const OVERHEAD_BYTES = 22 + 52 + 52;

interface Cost {
  readonly bytes: number;
  readonly messages: number;
  readonly answers: number;
  readonly longest: number;
}

/** A hop to the broker that counts. */
async function startCounter(target: number) {
  const port = await freePort();
  let bytes = 0;
  const server = createServer((near) => {
    const far = connectTcp(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.on('data', (chunk) => {
        bytes += chunk.length;
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port, bytes: () => bytes, close: () => server.close() };
}

/** Figures move as on a real box: their digits are part of the bytes. */
function drift(snapshot: BoxSnapshot, s: number): BoxSnapshot {
  const wave = (low: number, high: number) => low + ((high - low) * (1 + Math.sin(s / 7))) / 2;
  const { battery, levels, uplink, system } = snapshot;
  return {
    ...snapshot,
    battery:
      battery.phase === 'known'
        ? { ...battery, voltageMv: wave(7_400, 8_400), currentMa: wave(-1_900, -900) }
        : battery,
    levels:
      levels === undefined
        ? levels
        : { peakDbfs: [wave(-12, -3), wave(-14, -4)], rmsDbfs: [wave(-24, -15), wave(-25, -16)] },
    ...(system === undefined ? {} : { system: { ...system, cpuC: wave(48, 71) } }),
    uplink:
      uplink?.bond === undefined
        ? uplink
        : {
            ...uplink,
            bitrateBps: wave(3.1e6, 4.2e6),
            bond: {
              ...uplink.bond,
              links: uplink.bond.links.map((link, i) => ({
                ...link,
                rttMs: wave(31, 160) + i,
                bitrateBps: wave(1.1e6, 1.9e6) + i,
                lossPct: wave(0, 2.5),
                sharePct: wave(20, 46),
                usedBytes: 1_650_000_000 + s * 180_000,
              })),
            },
          },
  };
}

async function measure(snapshot: BoxSnapshot, seconds: number): Promise<Cost> {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, ['venuebox/#', 'homeassistant/#']);
  let longest = 0;
  let messages = 0;
  let answers = 0;
  consumer.client.on('message', (_topic, payload, { qos }) => {
    messages += 1;
    if (qos === 1) answers += 1;
    longest = Math.max(longest, payload.length);
    consumer.received.length = 0;
  });
  const counter = await startCounter(broker.port);
  const clock = new VirtualClock();
  await using status = await startMqtt(counter.port, { clock, snapshot });
  while (messages < 10) await nextTurn();
  for (let s = 1; s <= seconds; s += 1) {
    status.set(drift(snapshot, s));
    await clock.advance(1_000);
    // The broker's answers come in real time: nothing may be left out for want of them.
    await nextTurn();
    const isQuiet = seconds > 10_000 && s % 30 > 3;
    if (!isQuiet) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const before = counter.bytes();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const bytes = Math.max(before, counter.bytes());
  counter.close();
  return { bytes, messages, answers, longest };
}

function figuresOf(name: string, { bytes, messages, answers, longest }: Cost): readonly Figure[] {
  const mb = (value: number) => `${(value / 1e6).toFixed(2)} MB`;
  const wire = bytes + (messages + answers) * OVERHEAD_BYTES;
  const goal = `<= ${mb(GOAL_BYTES)}`;
  return [
    { name: `${name}, at the socket`, value: mb(bytes), goal },
    { name: `${name}, messages`, value: `${messages}, longest ${longest} B`, goal: '-' },
    { name: `${name}, with TLS and TCP/IP (reckoned)`, value: mb(wire), goal: '-' },
  ];
}

/**
 * What the status over MQTT costs, in bytes at the socket, both ways: a day idle
 * and an hour live on a virtual clock, against a real mosquitto (MQTT 5).
 */
export async function benchTelemetry(): Promise<readonly Figure[]> {
  const live = fullSnapshot();
  const idle: BoxSnapshot = {
    ...live,
    drop: { phase: 'idle', sinceMs: live.drop.sinceMs },
    uplink: { phase: 'off', targetBps: 0, bitrateBps: 0, missingLinks: [] },
  };
  return [
    ...figuresOf('a day idle', await measure(idle, 86_400)),
    ...figuresOf('an hour live, three links', await measure(live, 3_600)),
  ];
}
