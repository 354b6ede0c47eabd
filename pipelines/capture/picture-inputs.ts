/** Pictures on their way into the encoders: with overlay and look for viewers, with the overlay alone for recordings. */
import { readFile } from 'node:fs/promises';
import type { GstPipeline } from '../gst/gst.ts';
import { pusherInto } from '../gst/pipeline.ts';
import { LookLayer } from '../look/layer.ts';
import { type Sprite, SpriteLayer } from '../overlay/sprite.ts';
import { CAMERA_INPUT, CLEAN_INPUT, gateOf, type PictureInput } from './graph.ts';
import type { CaptureSettings, LookFigures } from './messages.ts';

/** The gates are shut this long around a forced key frame, so that no encoder is ahead of another. */
const GATE_MS = 40;

export interface PictureInputs {
  readonly push: (frame: Buffer, ptsNs: bigint) => void;
  readonly setOverlay: (sprites: readonly Sprite[]) => void;
  /** @param file Of the look's table; empty for none. One that cannot be read is none. */
  readonly setLook: (file: string) => void;
  readonly forceKeyframes: () => void;
  readonly takeFigures: () => { readonly look?: LookFigures };
}

export function openPictureInputs(
  pipeline: GstPipeline,
  { picture, outputs }: CaptureSettings,
): PictureInputs {
  const overlay = new SpriteLayer(picture);
  const look = new LookLayer(picture);
  const pushPicture = pusherInto(pipeline, CAMERA_INPUT);
  const pushClean = pusherInto(pipeline, CLEAN_INPUT);
  let isShut = false;
  let wantedFile = '';
  /** A table has 52 MB: pictures go on meanwhile. */
  const setLook = async (file: string) => {
    wantedFile = file;
    if (file === '') return look.set(undefined);
    try {
      const bytes = await readFile(file);
      if (file === wantedFile) look.set(bytes);
    } catch (error) {
      if (file === wantedFile) look.set(undefined);
      process.stderr.write(`look not shown: ${String(error)}\n`);
    }
  };
  return {
    push: (frame, ptsNs) => {
      // Behind the gates a frame could pass one of them and not the other.
      if (isShut) return;
      const shown = look.apply(frame);
      overlay.over(frame, () => {
        pushClean(frame, ptsNs);
        if (shown === frame) pushPicture(frame, ptsNs);
      });
      if (shown !== frame) overlay.over(shown, () => pushPicture(shown, ptsNs));
    },
    setOverlay: (sprites) => overlay.set(sprites),
    setLook: (file) => void setLook(file),
    forceKeyframes: () => {
      isShut = true;
      setGates(pipeline, true);
      setTimeout(() => {
        for (const { kind, sink } of outputs) if (kind === 'video') pipeline.forceKeyUnit(sink, 1);
        setGates(pipeline, false);
        isShut = false;
      }, GATE_MS);
    },
    takeFigures: () => {
      const cost = look.takeCost();
      return cost === undefined ? {} : { look: cost };
    },
  };
}

/** What waits before them is dropped. */
function setGates(pipeline: GstPipeline, isShut: boolean): void {
  const inputs: readonly PictureInput[] = [CAMERA_INPUT, CLEAN_INPUT];
  for (const input of inputs) {
    const gate = pipeline.findChild(gateOf(input));
    if (gate !== undefined) gate['drop'] = isShut;
  }
}
