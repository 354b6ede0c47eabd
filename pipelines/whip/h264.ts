/** H.264 out of RTP payloads (RFC 6184): NAL units, and complete frames in Annex B. Pure. */
import { NAL, nalType, typeOfHeader } from '../h264/nal.ts';
import type { FrameReader, ReadFrame } from './frames.ts';

/** Of a picture: a slice for each row of macroblocks of 4K, and what belongs to them. */
const NALS_MAX = 512;
const START_CODE = Buffer.from([0, 0, 0, 1]);

export class H264Reader implements FrameReader {
  #nals: Buffer[] = [];
  /** Of a NAL unit that comes in fragments. */
  #fragments: Buffer[] = [];
  #sps: Buffer | undefined;
  #pps: Buffer | undefined;

  /** @param sprop `sprop-parameter-sets` of the offer: sets that may come in no packet. */
  constructor(sprop = '') {
    for (const text of sprop.split(',')) this.#remember(Buffer.from(text, 'base64'));
  }

  add(payload: Buffer): boolean {
    const type = nalType(payload);
    if (type === NAL.fuA) return this.#addFragment(payload);
    // A unit in fragments that is not finished has lost its end.
    if (this.#fragments.length > 0) return false;
    if (type === NAL.stapA) return this.#addSeveral(payload.subarray(1));
    if (type === 0 || type > 23) return false;
    return this.#addNal(payload);
  }

  take(): ReadFrame | undefined {
    const isComplete = this.#fragments.length === 0 && this.#nals.length > 0;
    const nals = this.#nals;
    this.reset();
    if (!isComplete) return undefined;
    const types = nals.map(nalType);
    const isKeyframe = types.includes(NAL.idr);
    // The first slice begins with macroblock 0, coded as a single 1: else it was lost.
    const first = nals.find((nal) => isSlice(nal));
    if (first !== undefined && ((first[1] ?? 0) & 0x80) === 0) return undefined;
    const sets = isKeyframe && !types.includes(NAL.sps) ? [this.#sps, this.#pps] : [];
    if (sets.includes(undefined)) return undefined;
    const all = [...(sets as Buffer[]), ...nals];
    return { isKeyframe, data: Buffer.concat(all.flatMap((nal) => [START_CODE, nal])) };
  }

  reset(): void {
    this.#nals = [];
    this.#fragments = [];
  }

  /** RFC 6184 §5.8: the type stands in the second byte, its flags beside it. */
  #addFragment(payload: Buffer): boolean {
    const flags = payload[1];
    if (flags === undefined || payload.length < 3) return false;
    const isStart = (flags & 0x80) !== 0;
    if (isStart !== (this.#fragments.length === 0)) return false;
    if (isStart) {
      this.#fragments.push(Buffer.from([((payload[0] ?? 0) & 0xe0) | typeOfHeader(flags)]));
    }
    this.#fragments.push(payload.subarray(2));
    if ((flags & 0x40) === 0) return true;
    const nal = Buffer.concat(this.#fragments);
    this.#fragments = [];
    return this.#addNal(nal);
  }

  /** RFC 6184 §5.7.1: each with its length before it. */
  #addSeveral(units: Buffer): boolean {
    let at = 0;
    while (at + 2 <= units.length) {
      const bytes = units.readUInt16BE(at);
      at += 2;
      if (bytes === 0 || at + bytes > units.length) return false;
      if (!this.#addNal(units.subarray(at, at + bytes))) return false;
      at += bytes;
    }
    return at === units.length;
  }

  /** False where it is one more than a picture has. */
  #addNal(nal: Buffer): boolean {
    this.#remember(nal);
    return this.#nals.push(nal) <= NALS_MAX;
  }

  #remember(nal: Buffer): void {
    const type = nalType(nal);
    if (type === NAL.sps) this.#sps = Buffer.from(nal);
    if (type === NAL.pps) this.#pps = Buffer.from(nal);
  }
}

function isSlice(nal: Buffer): boolean {
  const type = nalType(nal);
  return type === 1 || type === 2 || type === NAL.idr;
}
