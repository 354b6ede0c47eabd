/** Collects what a survey sees, and sums it up. Pure. */

import { modemOf } from '../model/linked-modems.ts';
import type { Neighbour, Spread, Survey, SurveyedLink } from '../model/readiness.ts';
import { round } from '../model/rounding.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { LinkProbe } from './checklist/line.ts';

/** A day at one sample in ten seconds. */
const VALUES_MAX = 8_640;
const NEIGHBOURS_MAX = 24;
const NOTES_MAX = 8;

interface LinkTally {
  tech: string | null;
  readonly rsrpDbm: number[];
  readonly sinrDb: number[];
  readonly rttS: number[];
  readonly lossRatio: number[];
  readonly throughputBps: number[];
  usedBytes: number;
}

export class SurveyTally {
  readonly #startedMs: number;
  readonly #links = new Map<string, LinkTally>();
  readonly #lightRatio: number[] = [];
  readonly #soundDbfs: number[] = [];
  readonly #wifi = new Map<string, Neighbour>();
  readonly #notes = new Set<string>();
  #hasWifi = false;
  #samples = 0;

  /** @param startedMs Unix time. */
  constructor(startedMs: number, linkIds: readonly string[]) {
    this.#startedMs = startedMs;
    for (const id of linkIds) this.#link(id);
  }

  note(text: string): void {
    if (this.#notes.size < NOTES_MAX) this.#notes.add(text.slice(0, 200));
  }

  /** Every few seconds: what costs nothing to read. */
  addRadio(box: BoxSnapshot): void {
    for (const [id, tally] of this.#links) {
      const modem = modemOf(box, id);
      if (modem === undefined) continue;
      tally.tech = modem.technology;
      put(tally.rsrpDbm, modem.rsrpDbm);
      put(tally.sinrDb, modem.sinrDb);
    }
  }

  addSound({ levels }: Pick<BoxSnapshot, 'levels'>): void {
    if (levels !== undefined) put(this.#soundDbfs, Math.max(...levels.peakDbfs));
  }

  addLight(ratios: readonly number[]): void {
    for (const ratio of ratios) put(this.#lightRatio, ratio);
  }

  addLinks({ links }: LinkProbe): void {
    for (const { id, rttMs, lossPct, aloneBps } of links) {
      const tally = this.#link(id);
      put(tally.rttS, rttMs === undefined ? undefined : rttMs / 1000);
      put(tally.lossRatio, lossPct === undefined ? undefined : lossPct / 100);
      put(tally.throughputBps, aloneBps);
    }
  }

  /** Of those that are surveyed, in one sample. */
  addUsed(bytesByLink: ReadonlyMap<string, number>): void {
    for (const [id, bytes] of bytesByLink) {
      const tally = this.#links.get(id);
      if (tally !== undefined) tally.usedBytes += bytes;
    }
  }

  addWifi(
    networks: readonly {
      readonly name: string;
      readonly channel?: number;
      readonly signalDbm?: number;
    }[],
  ): void {
    this.#hasWifi = true;
    for (const { name, channel = null, signalDbm = null } of networks) {
      const known = this.#wifi.get(`${name} ${channel}`);
      if (known === undefined && this.#wifi.size >= 4 * NEIGHBOURS_MAX) continue;
      const strongest = Math.max(known?.signal_dbm ?? -200, signalDbm ?? -200);
      const signal = signalDbm === null && known === undefined ? null : strongest;
      this.#wifi.set(`${name} ${channel}`, {
        name: name.slice(0, 64),
        channel,
        signal_dbm: signal,
      });
    }
  }

  endSample(): void {
    this.#samples += 1;
  }

  usedBytes(id: string): number {
    return this.#links.get(id)?.usedBytes ?? 0;
  }

  result(nowMs: number): Survey {
    const wifi = [...this.#wifi.values()].toSorted(
      (a, b) => (b.signal_dbm ?? -200) - (a.signal_dbm ?? -200),
    );
    return {
      started: new Date(this.#startedMs).toISOString(),
      lasted_s: Math.max(0, Math.round((nowMs - this.#startedMs) / 1000)),
      samples: this.#samples,
      links: [...this.#links].slice(0, 16).map(([id, tally]) => linkOf(id, tally)),
      light_ratio: spreadOf(this.#lightRatio, 2),
      sound_dbfs: spreadOf(this.#soundDbfs, 1),
      wifi: this.#hasWifi ? wifi.slice(0, NEIGHBOURS_MAX) : null,
      notes: [...this.#notes],
    };
  }

  #link(id: string): LinkTally {
    const known = this.#links.get(id);
    if (known !== undefined) return known;
    const tally = {
      tech: null,
      rsrpDbm: [],
      sinrDb: [],
      rttS: [],
      lossRatio: [],
      throughputBps: [],
      usedBytes: 0,
    };
    this.#links.set(id, tally);
    return tally;
  }
}

function put(values: number[], value: number | undefined): void {
  if (value === undefined || !Number.isFinite(value)) return;
  if (values.length >= VALUES_MAX) values.shift();
  values.push(value);
}

function linkOf(id: string, tally: LinkTally): SurveyedLink {
  return {
    id,
    tech: tally.tech,
    rsrp_dbm: spreadOf(tally.rsrpDbm, 0),
    sinr_db: spreadOf(tally.sinrDb, 0),
    rtt_s: spreadOf(tally.rttS, 3),
    loss_ratio: spreadOf(tally.lossRatio, 4),
    throughput_bps: spreadOf(tally.throughputBps, -3),
    used_b: Math.max(0, Math.round(tally.usedBytes)),
  };
}

/** Null where nothing was measured. */
export function spreadOf(values: readonly number[], places: number): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => round(sorted[index] ?? 0, places);
  return { min: at(0), p50: at(sorted.length >> 1), max: at(sorted.length - 1) };
}
