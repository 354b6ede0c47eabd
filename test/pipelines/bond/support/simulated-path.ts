/** A deterministic path of one direction: rate, queue, delay, jitter, loss and cuts. */
export interface PathOptions {
  readonly delayMs: number;
  /** Added, 0 to this, changing smoothly; packets keep their order. */
  readonly jitterMs?: number;
  readonly rateBps?: number;
  /** A packet that would wait longer than this is dropped. */
  readonly queueMs?: number;
  readonly lossRatio?: number;
  /** Longer IP packets vanish. */
  readonly mtuBytes?: number;
}

/** `carry` gets the size with Ethernet's header. */
const ETHERNET_BYTES = 14;

export interface SimulatedPath {
  options: PathOptions;
  isCut: boolean;
  /** When the packet arrives, or -1 when it is lost. */
  carry(bytes: number, nowMs: number): number;
}

export function openPath(options: PathOptions, random: () => number): SimulatedPath {
  let freeAtMs = 0;
  let lastArrivalMs = 0;
  const path: SimulatedPath = {
    options,
    isCut: false,
    carry: (bytes, nowMs) => {
      const { delayMs, jitterMs = 0, rateBps = 1e9, queueMs = 150, lossRatio = 0 } = path.options;
      if (bytes - ETHERNET_BYTES > (path.options.mtuBytes ?? 1500)) return -1;
      const startMs = Math.max(nowMs, freeAtMs);
      if (startMs - nowMs > queueMs) return -1;
      freeAtMs = startMs + (bytes * 8000) / rateBps;
      if (path.isCut || random() < lossRatio) return -1;
      const arrivalMs = freeAtMs + delayMs + random() * jitterMs;
      lastArrivalMs = Math.max(lastArrivalMs, arrivalMs);
      return lastArrivalMs;
    },
  };
  return path;
}

/** Mulberry32: the same numbers every time. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
