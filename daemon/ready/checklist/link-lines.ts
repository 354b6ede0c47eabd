/** The links upstream, the drill and the receiver. Pure. */
import type { ModemState } from '../../../hal/modem/port.ts';
import { signalBars, signalQuality } from '../../health/thresholds.ts';
import { modemOf } from '../../model/linked-modems.ts';
import type { Line } from '../../model/readiness.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';
import {
  type Facts,
  fail,
  type LinkProbe,
  mbps,
  type ProbedLink,
  pass,
  seconds,
  warn,
} from './line.ts';

const RTT_SLOW_MS = 300;
const LOSS_HIGH_PCT = 2;
/** Of the stream: what one link must carry by itself to be a backup. */
const ALONE_MIN = 0.9;
/** Interactive SRT recovers within its latency; guests far away notice more than this. */
const FAILOVER_SLOW_MS = 2_000;

/** One line for each link of the config. */
export function linkLines({ box, plan, probes: { links } }: Facts): readonly Line[] {
  if (plan.uplinkBps === undefined) return [];
  const planned = box.plannedLinks ?? [];
  return planned.map(({ id }) => {
    const probed = links?.links.find((one) => one.id === id);
    const radio = radioOf(modemOf(box, id));
    if (links === undefined || probed === undefined) {
      const where = links === undefined ? 'not tried now' : 'the uplink does not know it';
      return warn(`link ${id}`, joined(where, radio), 'Run the checks while nothing is live.');
    }
    return linkLine(probed, links, radio, modemOf(box, id));
  });
}

function linkLine(
  link: ProbedLink,
  { offeredBps }: LinkProbe,
  radio: string,
  modem: ModemState | undefined,
): Line {
  const { rttMs, lossPct, aloneBps } = link;
  const name = `link ${link.id}`;
  const figures = joined(
    radio,
    rttMs === undefined ? 'round trip not measured' : `${Math.round(rttMs)} ms`,
    lossPct === undefined ? '' : `${lossPct.toFixed(1)} % lost`,
    aloneBps === undefined ? '' : `${mbps(aloneBps)} alone`,
  );
  if (!link.isUsable) {
    return fail(
      name,
      joined(`down: ${link.reason}`, figures),
      'Check its modem, antenna, SIM or cable.',
    );
  }
  if (modem !== undefined && signalQuality(modem) === 'poor') {
    return warn(name, figures, 'Poor radio: move the antenna to a window, away from metal.');
  }
  if ((lossPct ?? 0) > LOSS_HIGH_PCT) {
    return warn(name, figures, 'It loses packets: move the antenna, or lower uplink.bitrate_bps.');
  }
  if ((rttMs ?? 0) > RTT_SLOW_MS) {
    return warn(
      name,
      figures,
      `Slow round trip: uplink.latency_ms must be several times ${Math.round(rttMs ?? 0)} ms.`,
    );
  }
  if (aloneBps !== undefined && aloneBps < ALONE_MIN * offeredBps) {
    return warn(
      name,
      figures,
      `It cannot carry ${mbps(offeredBps)} alone: lower uplink.min_bitrate_bps, or add a link.`,
    );
  }
  return pass(name, figures);
}

/** 5G first, and another link as backup, proven by taking the first one away. */
export function failoverLine({ box, plan, probes: { links } }: Facts): Line | readonly Line[] {
  const name = 'failover';
  if (plan.uplinkBps === undefined) return [];
  const usable = links?.links.filter(({ isUsable }) => isUsable) ?? [];
  if (links === undefined) {
    return warn(name, 'not tried: something is live', 'Run the checks before the drop.');
  }
  if ((box.plannedLinks?.length ?? 0) < 2) {
    return warn(
      name,
      'one link only: no backup',
      'Add a second modem, or the venue’s cable, to uplink.links.',
    );
  }
  if (usable.length < 2 || links.drill === undefined) {
    return fail(
      name,
      `${usable.length} of ${links.links.length} links are up: no failover test`,
      'Bring a second link up.',
    );
  }
  const { link, takenOverBy, failoverMs, lost } = links.drill;
  if (takenOverBy === undefined || failoverMs === undefined) {
    return fail(
      name,
      `${link} was switched off for the test, and no other link took over`,
      'Check the other links: the stream depends on this one.',
    );
  }
  const loss = lost === undefined ? '' : `, ${lost} packets too late for the receiver`;
  const seen = `${describe(box, link)} away: ${describe(box, takenOverBy)} took over in ${seconds(failoverMs)}${loss}`;
  const first = firstByTech(box, usable);
  if (first !== undefined && first !== link && takenOverBy === first) {
    return warn(
      name,
      `${seen}; ${describe(box, link)} carries most though ${first} is 5G`,
      'Look at the 5G antenna, or raise its weight in uplink.links.',
    );
  }
  if (failoverMs > FAILOVER_SLOW_MS) {
    return warn(name, seen, 'Slow: raise uplink.latency_ms, so that the receiver does not notice.');
  }
  return (lost ?? 0) > 0
    ? warn(name, seen, 'The receiver saw a gap: raise uplink.latency_ms.')
    : pass(name, seen);
}

export function receiverLine({ plan, probes: { links } }: Facts): Line {
  const name = 'SRT receiver';
  if (plan.uplinkBps === undefined) return pass(name, 'no uplink is configured');
  if (links === undefined)
    return warn(name, 'not tried now', 'Run the checks while nothing is live.');
  if (links.phase !== 'connected') {
    return fail(
      name,
      links.reason ?? 'it does not answer',
      'Check the receiver’s address, port and passphrase.',
    );
  }
  const rtt = links.rttMs === undefined ? '' : `, ${Math.round(links.rttMs)} ms away`;
  const latencyMs = links.latencyMs ?? 0;
  const isTight = links.rttMs !== undefined && latencyMs < 4 * links.rttMs;
  const seen = `connected${rtt}, latency ${latencyMs} ms`;
  // SRT Deployment Guide: a latency of at least four round trips lets lost packets be sent again.
  return isTight
    ? warn(
        name,
        seen,
        `Raise uplink.latency_ms to ${Math.ceil(((links.rttMs ?? 0) * 4) / 100) * 100} or more.`,
      )
    : pass(name, seen);
}

/** The link whose modem has 5G, where one has. */
function firstByTech(box: BoxSnapshot, links: readonly ProbedLink[]): string | undefined {
  return links.find(({ id }) => modemOf(box, id)?.technology.startsWith('5g'))?.id;
}

const TECHNOLOGIES: Readonly<Record<string, string>> = {
  '5g': '5G',
  '5g-nsa': '5G',
  lte: 'LTE',
  '3g': '3G',
  '2g': '2G',
};

function describe(box: BoxSnapshot, id: string): string {
  const technology = TECHNOLOGIES[modemOf(box, id)?.technology ?? ''];
  return technology === undefined ? id : `${id} (${technology})`;
}

function radioOf(modem: ModemState | undefined): string {
  if (modem === undefined) return '';
  const bars = signalBars(modem);
  const strength = modem.rsrpDbm === undefined ? '' : `RSRP ${Math.round(modem.rsrpDbm)} dBm`;
  const noise = modem.sinrDb === undefined ? '' : `SINR ${Math.round(modem.sinrDb)} dB`;
  const shown = bars === undefined ? '' : `${bars} of 4 bars`;
  return joined(TECHNOLOGIES[modem.technology] ?? '', strength, noise, shown);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}
