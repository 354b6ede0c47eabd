/** Bonded links in a bad place: the real sender and the real groups of the relay over simulated paths. */
import { readSequence } from '../../pipelines/bond/wire/srt.ts';
import type { PathOptions } from '../pipelines/bond/support/simulated-path.ts';
import { data } from '../pipelines/bond/support/simulated-srt.ts';
import { Venue } from '../pipelines/bond/support/simulated-venue.ts';
import { Dice, expect, type Scenario } from './scenario.ts';

type Change =
  | { readonly do: 'cut' | 'join' | 'expire-nat' | 'new-address'; readonly link: number }
  | { readonly do: 'change'; readonly link: number; readonly path: Partial<PathOptions> }
  | { readonly do: 'mtu'; readonly link: number; readonly bytes: number }
  | { readonly do: 'restart-relay' }
  | { readonly do: 'bitrate'; readonly bps: number }
  | { readonly do: 'wait'; readonly ms: number };

export type BondAction = Change | { readonly do: 'links'; readonly links: readonly PathOptions[] };

const LATENCY_MS = 1_000;
/** With a good link for this long the stream flows: registration, and what slow start takes. */
const RECOVERED_AFTER_MS = 6_000;
const CHECK_EVERY_MS = 1_000;
/** The sender's store is bounded by its own constants, and so is what is under way on a link. */
const IN_FLIGHT_MAX_PACKETS = 20_000;
const PACKET_BYTES = 1_332;

function drawPath(dice: Dice): PathOptions {
  return {
    delayMs: dice.whole(5, 150),
    jitterMs: dice.pick([0, 5, 30]),
    rateBps: dice.pick([2_000_000, 4_000_000, 20_000_000]),
    queueMs: dice.pick([50, 200, 800]),
    lossRatio: dice.pick([0, 0, 0.005, 0.05]),
  };
}

function drawChange(dice: Dice, links: number): Change {
  const link = dice.whole(0, links - 1);
  const what = dice.pick(['cut', 'join', 'expire-nat', 'new-address', 'change', 'mtu', 'wait']);
  if (what === 'change') {
    const { rateBps: _, ...path } = drawPath(dice);
    return { do: 'change', link, path: { ...path, lossRatio: dice.pick([0, 0.02, 0.1, 0.4]) } };
  }
  if (what === 'mtu') return { do: 'mtu', link, bytes: dice.pick([1_500, 1_500, 1_200, 600]) };
  if (what === 'wait' || dice.isTrue(0.4)) return { do: 'wait', ms: dice.whole(10, 8_000) };
  if (dice.isTrue(0.1)) return { do: 'restart-relay' };
  if (dice.isTrue(0.1)) return { do: 'bitrate', bps: dice.pick([300_000, 600_000, 1_200_000]) };
  return { do: what as 'cut' | 'join' | 'expire-nat' | 'new-address', link };
}

export const bondScenario: Scenario<BondAction> = {
  name: 'bond',
  draw: (random) => {
    const dice = new Dice(random);
    const links = dice.list(1, 4, () => drawPath(dice));
    return [{ do: 'links', links }, ...dice.list(5, 25, () => drawChange(dice, links.length))];
  },
  run: async (actions, seed) => {
    const [first, ...changes] = actions;
    // What is left out by shrinking: a world without links has no promise to break.
    if (first?.do !== 'links') return 0;
    const world = new World(first.links, seed);
    for (const change of changes) if (change.do !== 'links') world.apply(change);
    for (let link = 0; link < first.links.length; link += 1) world.mend(link, first.links[link]);
    world.wait(2 * RECOVERED_AFTER_MS);
    return world.simulatedMs;
  },
};

/** But for the flag of a retransmission, R of SRT's data header. */
function isAsSent(packet: Buffer): boolean {
  const sent = data(readSequence(packet), PACKET_BYTES);
  sent[4] = (sent[4] ?? 0) | ((packet[4] ?? 0) & 0x04);
  return packet.equals(sent);
}

class World {
  readonly #venue: Venue;
  readonly #goodSinceMs: (number | undefined)[];
  #receivedAtCheck = 0;

  constructor(links: readonly PathOptions[], seed: number) {
    const venue = new Venue({ links, latencyMs: LATENCY_MS, bitrateBps: 600_000, seed });
    this.#venue = venue;
    this.#goodSinceMs = links.map(() => undefined);
    const { onPacket } = venue.receiver;
    venue.receiver.onPacket = (packet, nowMs) => {
      expect(isAsSent(packet), 'a packet arrives as the encoder sent it');
      onPacket(packet, nowMs);
    };
  }

  get simulatedMs(): number {
    return this.#venue.nowMs;
  }

  apply(change: Change): void {
    const venue = this.#venue;
    switch (change.do) {
      case 'cut':
      case 'join':
        venue.cut(change.link, change.do === 'cut');
        break;
      case 'expire-nat':
        this.#goodSinceMs[change.link] = undefined;
        venue.remap(change.link);
        break;
      case 'new-address':
        this.#goodSinceMs[change.link] = undefined;
        venue.rebind(change.link);
        break;
      case 'mtu':
        venue.limitMtu(change.link, change.bytes);
        break;
      case 'restart-relay':
        this.#goodSinceMs.fill(undefined);
        venue.restartRelay();
        break;
      case 'bitrate':
        venue.bitrateBps = change.bps;
        break;
      case 'change':
        for (const path of [venue.up[change.link], venue.down[change.link]]) {
          if (path !== undefined) path.options = { ...path.options, ...change.path };
        }
        break;
      case 'wait':
        this.wait(change.ms);
        break;
    }
  }

  mend(link: number, path: PathOptions | undefined): void {
    this.#venue.cut(link, false);
    for (const one of [this.#venue.up[link], this.#venue.down[link]]) {
      if (one !== undefined && path !== undefined) one.options = { ...path, lossRatio: 0 };
    }
  }

  wait(ms: number): void {
    for (let left = ms; left > 0; left -= CHECK_EVERY_MS) {
      this.#venue.run(Math.min(left, CHECK_EVERY_MS));
      if (left >= CHECK_EVERY_MS) this.#check();
    }
  }

  #check(): void {
    const { nowMs, up, receiver, bitrateBps } = this.#venue;
    const { links } = this.#venue.snapshot();
    for (const { id, inFlightPackets, inFlightBytes, sharePct } of links) {
      expect(
        inFlightPackets >= 0 && inFlightPackets <= IN_FLIGHT_MAX_PACKETS,
        `${id}: ${inFlightPackets} packets are under way`,
      );
      expect(inFlightBytes >= 0, `${id}: ${inFlightBytes} bytes are under way`);
      expect(sharePct >= 0 && sharePct <= 100, `${id}: a share of ${sharePct} %`);
    }
    for (const [i, path] of up.entries()) {
      const { lossRatio = 0, mtuBytes = 1_500, rateBps = 1e9, delayMs } = path.options;
      const isGood =
        !path.isCut &&
        lossRatio <= 0.02 &&
        mtuBytes >= 1_500 &&
        delayMs <= 150 &&
        rateBps > 1.5 * bitrateBps;
      this.#goodSinceMs[i] = isGood ? (this.#goodSinceMs[i] ?? nowMs) : undefined;
    }
    const isDue = this.#goodSinceMs.some((since = nowMs) => nowMs - since > RECOVERED_AFTER_MS);
    const received = receiver.received - this.#receivedAtCheck;
    const sent = (bitrateBps * CHECK_EVERY_MS) / 1_000 / 8 / PACKET_BYTES;
    expect(
      !isDue || received >= sent / 2,
      `a link is good for ${RECOVERED_AFTER_MS} ms, and ${received} of ${Math.round(sent)} packets a second arrive: ${JSON.stringify(links.map(({ id, state, reason }) => ({ id, state, reason })))}`,
    );
    this.#receivedAtCheck = receiver.received;
  }
}
