/** What a slice header's syntax depends on: H.264 parameter sets (ITU-T H.264 §7.3.2). */
import { readAvcConfig } from './avc-config.ts';
import { BitReader, unescapeNal } from './bits.ts';
import { NAL, nalType } from './nal.ts';

export interface Sps {
  readonly hasColourPlanes: boolean;
  readonly frameNumBits: number;
  readonly pocType: number;
  readonly pocLsbBits: number;
  readonly hasPocDeltas: boolean;
  readonly isFramesOnly: boolean;
}

export interface Pps {
  readonly spsId: number;
  readonly isCabac: boolean;
  readonly hasFieldPocDelta: boolean;
  readonly hasSliceGroups: boolean;
  readonly hasDeblocking: boolean;
  readonly hasRedundantPictures: boolean;
}

/** Parameter sets by their IDs. */
export interface ParameterSets {
  /** Bytes of a NAL unit's length in the access units. */
  readonly lengthBytes: number;
  readonly sps: Map<number, Sps>;
  readonly pps: Map<number, Pps>;
}

/** Profiles whose SPS says the chroma format (§7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Of an AVCDecoderConfigurationRecord. Throws a RangeError where it, or a set in it, is too short. */
export function readParameterSets(config: Buffer): ParameterSets {
  const read = readAvcConfig(config);
  if (read === undefined) throw new RangeError('the decoder configuration is too short');
  const sets: ParameterSets = { lengthBytes: read.lengthBytes, sps: new Map(), pps: new Map() };
  for (const nal of read.parameterSets) addParameterSet(sets, nal);
  return sets;
}

/** Adds a NAL unit that is an SPS or a PPS; others are ignored. */
export function addParameterSet(sets: ParameterSets, nal: Buffer): void {
  const type = nalType(nal);
  const reader = new BitReader(unescapeNal(nal.subarray(1)));
  if (type === NAL.sps) readSps(reader, sets.sps);
  if (type === NAL.pps) readPps(reader, sets.pps);
}

function readSps(reader: BitReader, into: Map<number, Sps>): void {
  const profile = reader.u(8);
  reader.u(16);
  const id = reader.ue();
  const hasColourPlanes = HIGH_PROFILES.has(profile) && readChroma(reader);
  const frameNumBits = reader.ue() + 4;
  const pocType = reader.ue();
  const pocLsbBits = pocType === 0 ? reader.ue() + 4 : 0;
  let hasPocDeltas = false;
  if (pocType === 1) {
    hasPocDeltas = !reader.flag();
    reader.se();
    reader.se();
    for (let count = reader.ue(); count > 0; count -= 1) reader.se();
  }
  reader.ue();
  reader.flag();
  reader.ue();
  reader.ue();
  const isFramesOnly = reader.flag();
  into.set(id, { hasColourPlanes, frameNumBits, pocType, pocLsbBits, hasPocDeltas, isFramesOnly });
}

/** True where the colour planes are coded separately. */
function readChroma(reader: BitReader): boolean {
  const chroma = reader.ue();
  const hasPlanes = chroma === 3 && reader.flag();
  reader.ue();
  reader.ue();
  reader.flag();
  if (!reader.flag()) return hasPlanes;
  for (let i = 0; i < (chroma === 3 ? 12 : 8); i += 1) {
    if (reader.flag()) skipScalingList(reader, i < 6 ? 16 : 64);
  }
  return hasPlanes;
}

function skipScalingList(reader: BitReader, size: number): void {
  let [last, next] = [8, 8];
  for (let i = 0; i < size && next !== 0; i += 1) {
    next = (last + reader.se() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function readPps(reader: BitReader, into: Map<number, Pps>): void {
  const id = reader.ue();
  const spsId = reader.ue();
  const isCabac = reader.flag();
  const hasFieldPocDelta = reader.flag();
  const hasSliceGroups = reader.ue() > 0;
  const base = { spsId, isCabac, hasFieldPocDelta, hasSliceGroups };
  if (hasSliceGroups) {
    into.set(id, { ...base, hasDeblocking: false, hasRedundantPictures: false });
    return;
  }
  reader.ue();
  reader.ue();
  reader.u(3);
  reader.se();
  reader.se();
  reader.se();
  const hasDeblocking = reader.flag();
  reader.flag();
  into.set(id, { ...base, hasDeblocking, hasRedundantPictures: reader.flag() });
}
