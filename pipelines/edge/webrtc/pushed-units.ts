/** Access units out of what the upstream pushes by frame. Pure. */
import { readFragment } from '../../mp4/fragment.ts';
import { readInit } from '../../mp4/init.ts';
import { boxesIn } from '../../mp4/read.ts';

export interface PushedFrame {
  readonly isKeyframe: boolean;
  readonly data: Buffer;
}

/** Before the first entry of a sample description box: its own header, version, flags, count. */
const STSD_HEADER_BYTES = 16;
/** A VisualSampleEntry before its boxes (ISO/IEC 14496-12 §12.1.3). */
const VISUAL_ENTRY_BYTES = 78;

/** The format that an init section describes, as a GstCaps string; undefined where it is no H.264. */
export function videoCapsOf(init: Buffer): string | undefined {
  const stsd = readInit(init)?.stsd;
  if (stsd === undefined) return undefined;
  const [sample] = boxesIn(stsd, STSD_HEADER_BYTES);
  if (sample?.type !== 'avc1' || sample.end - sample.content < VISUAL_ENTRY_BYTES) return undefined;
  const widthPx = stsd.readUInt16BE(sample.content + 24);
  const heightPx = stsd.readUInt16BE(sample.content + 26);
  const boxes = boxesIn(stsd, sample.content + VISUAL_ENTRY_BYTES, sample.end);
  const config = boxes.find(({ type }) => type === 'avcC');
  if (config === undefined) return undefined;
  const data = stsd.toString('hex', config.content, config.end);
  return [
    'video/x-h264, stream-format=(string)avc, alignment=(string)au',
    `width=(int)${widthPx}, height=(int)${heightPx}`,
    // Frames are dated one by one: the reader does not go by the rate.
    `framerate=(fraction)30/1, codec_data=(buffer)${data}`,
  ].join(', ');
}

/** The one frame of a fragment; undefined where it has none, or several. */
export function frameOf(fragment: Buffer): PushedFrame | undefined {
  const read = readFragment(fragment);
  const [sample, ...more] = read?.samples ?? [];
  if (read === undefined || sample === undefined || more.length > 0) return undefined;
  if (fragment.length < read.totalBytes) return undefined;
  const { offset, bytes, isKeyframe } = sample;
  return { isKeyframe, data: fragment.subarray(offset, offset + bytes) };
}
