/** The networks that the box makes itself, in the payload of the topic `links`. */
import * as v from 'valibot';
import type { OwnNetwork } from '../../model/hotspot.ts';
import { clipText, orNull } from '../../model/rounding.ts';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

export const networkFields = v.strictObject({
  id: v.picklist(['guests', 'crew']),
  device: text(16),
  state: v.picklist(['waiting', 'open', 'failed']),
  code: v.nullable(text(64)),
  reason: v.nullable(text(256)),
  /** Interfaces where the stream goes first. */
  stream_first: v.pipe(v.array(text(16)), v.maxLength(16)),
});

export function networkBody(network: OwnNetwork): v.InferOutput<typeof networkFields> {
  const { role, device, phase, code, reason, shaped = [] } = network;
  return {
    id: role,
    device: clipText(device, 16),
    state: phase,
    code: code ?? null,
    reason: orNull(reason, (why) => clipText(why, 256)),
    stream_first: shaped
      .map((one) => one.device)
      .filter((one) => one !== device)
      .slice(0, 16),
  };
}
