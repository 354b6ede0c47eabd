/** Makes a second picture of an IDR access unit, so that it can be shown again. */
import { BitReader, BitWriter, escapeNal, unescapeNal } from './bits.ts';
import { NAL, nalType, splitNals } from './nal.ts';
import {
  addParameterSet,
  type ParameterSets,
  type Pps,
  readParameterSets,
  type Sps,
} from './parameter-sets.ts';

/** NAL unit types of slices that are of no IDR picture. */
const OTHER_SLICES = new Set([1, 2, 3, 4]);

/**
 * Says that the picture is a repetition: an SEI message of unregistered user data
 * (ITU-T H.264 §D.1.6) of this UUID, and text.
 */
const REPEATED_UUID = Buffer.from('7c0b5b0be1b64f0f9b6a76656e756562', 'hex');
const REPEATED_TEXT = Buffer.from('venuebox: repeated');
const REPEATED_SEI = escapeNal(
  Buffer.concat([
    Buffer.from([NAL.sei, 5, REPEATED_UUID.length + REPEATED_TEXT.length]),
    REPEATED_UUID,
    REPEATED_TEXT,
    Buffer.from([0x80]),
  ]),
);

/** Before it there are parameter sets at most. */
const MARK_WITHIN_BYTES = 1_024;

/** True for an access unit of {@link repeatIdr}: no encoder has made it. */
export function isRepeated(unit: Buffer): boolean {
  return unit.subarray(0, MARK_WITHIN_BYTES).includes(REPEATED_UUID);
}

/**
 * The same picture with another `idr_pic_id`: two IDR pictures that follow each other
 * must differ in it (ITU-T H.264 §7.4.3). All else of an IDR picture starts at 0, so it
 * can follow any other.
 *
 * @param config AVCDecoderConfigurationRecord.
 * @param unit An IDR access unit of NAL units with their lengths in front.
 * @returns undefined where it is not one, or of a kind that the box does not read.
 */
export function repeatIdr(config: Buffer, unit: Buffer, idrPicId: number): Buffer | undefined {
  try {
    const sets = readParameterSets(config);
    const out: Buffer[] = [];
    let hasPicture = false;
    const nals = splitNals(unit, sets.lengthBytes);
    const bytes = nals.reduce((sum, nal) => sum + sets.lengthBytes + nal.length, 0);
    if (bytes !== unit.length) return undefined;
    for (const nal of nals) {
      const type = nalType(nal);
      if (OTHER_SLICES.has(type)) return undefined;
      if (type === NAL.sei || type === NAL.filler) continue;
      addParameterSet(sets, nal);
      if (type === NAL.idr && !hasPicture) out.push(withLength(REPEATED_SEI, sets.lengthBytes));
      hasPicture ||= type === NAL.idr;
      out.push(
        withLength(type === NAL.idr ? renumber(nal, sets, idrPicId) : nal, sets.lengthBytes),
      );
    }
    return hasPicture ? Buffer.concat(out) : undefined;
  } catch (error) {
    // Of bytes that are no H.264, or end early.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function withLength(nal: Buffer, lengthBytes: number): Buffer {
  const out = Buffer.allocUnsafe(lengthBytes + nal.length);
  out.writeUIntBE(nal.length, 0, lengthBytes);
  nal.copy(out, lengthBytes);
  return out;
}

/** Where `idr_pic_id` and the slice's header are, in bits of the RBSP. */
interface SliceHeader {
  readonly idFrom: number;
  readonly idTo: number;
  readonly endsAt: number;
  readonly isCabac: boolean;
}

function renumber(nal: Buffer, sets: ParameterSets, idrPicId: number): Buffer {
  const rbsp = unescapeNal(nal);
  const { idFrom, idTo, endsAt, isCabac } = readSliceHeader(rbsp, sets);
  // An ID has 31 bits at most.
  const writer = new BitWriter(rbsp.length + 6);
  writer.copy(rbsp, 0, idFrom);
  writer.ue(idrPicId);
  if (isCabac) {
    // cabac_alignment_one_bit: the data start with a byte (§7.3.4).
    writer.copy(rbsp, idTo, endsAt);
    writer.align(1);
    writer.copy(rbsp, Math.ceil(endsAt / 8) * 8, rbsp.length * 8);
  } else {
    writer.copy(rbsp, idTo, stopBitOf(rbsp) + 1);
    writer.align(0);
  }
  return escapeNal(writer.take());
}

/** Of an IDR picture's slice (§7.3.3): it is an I slice, so it has no reference lists. */
function readSliceHeader(rbsp: Buffer, { sps: spss, pps: ppss }: ParameterSets): SliceHeader {
  const reader = new BitReader(rbsp);
  const refIdc = (reader.u(8) >> 5) & 3;
  reader.ue();
  const sliceType = reader.ue() % 5;
  const pps = ppss.get(reader.ue());
  const sps = pps && spss.get(pps.spsId);
  if (sps === undefined || pps === undefined) throw new RangeError('no such parameter set');
  if (sliceType !== 2 || pps.hasSliceGroups) throw new RangeError('not a plain I slice');
  if (sps.hasColourPlanes) reader.u(2);
  reader.u(sps.frameNumBits);
  const isField = !sps.isFramesOnly && reader.flag();
  if (isField) reader.flag();
  const idFrom = reader.position;
  reader.ue();
  const idTo = reader.position;
  skipToSliceData(reader, sps, pps, { isField, isReference: refIdc !== 0 });
  return { idFrom, idTo, endsAt: reader.position, isCabac: pps.isCabac };
}

function skipToSliceData(
  reader: BitReader,
  sps: Sps,
  pps: Pps,
  { isField, isReference }: { readonly isField: boolean; readonly isReference: boolean },
): void {
  const hasSecondDelta = pps.hasFieldPocDelta && !isField;
  if (sps.pocType === 0) {
    reader.u(sps.pocLsbBits);
    if (hasSecondDelta) reader.se();
  } else if (sps.pocType === 1 && sps.hasPocDeltas) {
    reader.se();
    if (hasSecondDelta) reader.se();
  }
  if (pps.hasRedundantPictures) reader.ue();
  if (isReference) reader.u(2);
  reader.se();
  if (pps.hasDeblocking && reader.ue() !== 1) {
    reader.se();
    reader.se();
  }
}

/** The position of rbsp_stop_one_bit, the last 1 (§7.3.2.11). */
function stopBitOf(rbsp: Buffer): number {
  let at = rbsp.length - 1;
  while (at > 0 && rbsp[at] === 0) at -= 1;
  const byte = rbsp[at] ?? 0;
  let bit = 7;
  while (bit > 0 && ((byte >> (7 - bit)) & 1) === 0) bit -= 1;
  return at * 8 + bit;
}
