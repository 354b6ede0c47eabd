/** Links in a state that a test wants, without a bond. */
import type { LinkConfig } from '../../../../pipelines/bond/core/config.ts';
import { Link } from '../../../../pipelines/bond/core/link.ts';
import { configOf } from './simulated-venue.ts';

/** Active since 1,000 ms, with this round trip time, and nothing in flight. */
export function activeLink(slot: number, rttMs = 50, config: Partial<LinkConfig> = {}): Link {
  const link = new Link(slot, { ...configOf(slot), ...config });
  link.onReceived(2, 1_000);
  link.onRegistered(1_000, true);
  for (let sample = 0; sample < 100; sample += 1) link.rtt.add(rttMs, 1_000);
  return link;
}

/** Puts packets in flight until it carries this multiple of its window. */
export function fill(link: Link, load: number): Link {
  const wanted = load * link.capacity.windowBytes(link.rtt);
  for (let sequence = 1e6; link.flight.bytes < wanted; sequence += 1) {
    link.flight.add(sequence, Math.min(1_360, Math.ceil(wanted - link.flight.bytes)), 1_000);
  }
  return link;
}
