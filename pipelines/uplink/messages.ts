/** Settings of the uplink process, and its messages. */
import type { BondSnapshot } from '../bond/core/snapshot.ts';
import type { SrtSettings, UplinkTrack } from './graph.ts';
import type { UsedData, WantedLink } from './links.ts';
import type { RateBounds } from './rate.ts';
import type { KnownInterfaces } from './renamed.ts';
import type { SrtFigures } from './srt-observer.ts';

export interface UplinkSettings {
  readonly srt: SrtSettings;
  /** Each comes by an inherited descriptor, in this order. */
  readonly tracks: readonly UplinkTrack[];
  /** Undefined: SRT goes straight to its receiver. */
  readonly links: readonly WantedLink[] | undefined;
  readonly used: UsedData;
  /** What the links' interfaces were when they were last seen. */
  readonly known?: KnownInterfaces;
  /** Of the relay, where it has one. */
  readonly relaySecret?: string | undefined;
  /** Links that carry nothing, from the first packet on, until a message says otherwise. */
  readonly blocked?: readonly string[];
  /** Undefined: the encoder's bitrate is fixed. */
  readonly rate:
    | { readonly algorithm: 'link-aware' | 'classic'; readonly bounds: RateBounds }
    | undefined;
}

/** From the daemon to the uplink. */
export type ToUplink =
  /** Changed weights, roles, budgets or data use. Traffic goes on. */
  | { readonly type: 'links'; readonly links: readonly WantedLink[]; readonly used: UsedData }
  /** For a drill: these links lose all that they carry; each message replaces the last one. */
  | { readonly type: 'block'; readonly links: readonly string[] };

export type LinksMessage = Extract<ToUplink, { type: 'links' }>;

/** From the uplink to the daemon. */
export type FromUplink =
  /** The encoder's bitrate from now on. */
  | { readonly type: 'target'; readonly targetBps: number }
  /** Once a second. */
  | {
      readonly type: 'figures';
      readonly srt: SrtFigures;
      readonly targetBps: number | undefined;
      readonly bond?: BondSnapshot;
      /** Why the receiver cannot be sent to, where SRT goes straight to it. */
      readonly failure?: string;
      /** When links were last blocked or unblocked, by the clock of the bond's switches. */
      readonly blockedAtMs?: number;
      /** Links of the config without an interface or address now. */
      readonly missing: readonly string[];
    };
