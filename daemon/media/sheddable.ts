/** What of this box can be switched off, from its config. */
import { bitrateProperty } from '../../pipelines/capture/encoder.ts';
import { hasLook } from '../config/capture.ts';
import type { Config } from '../config/config.ts';
import type { PowerPhase } from '../model/snapshot.ts';
import type { Encoders } from './inputs/element-check.ts';
import { type Sheddable, shedIn, substitutesFor } from './loads.ts';
import type { Suspension } from './suspended-encoders.ts';

/**
 * What of this box can be switched off: pure.
 *
 * @param encoders Undefined where the box encodes nothing: an edge.
 */
export function sheddableOf(config: Config, encoders: Encoders | undefined): Sheddable {
  const { clips, panel, printer, renditions, uplink } = config;
  const sorted = renditions.toSorted((a, b) => b.bitrate_bps - a.bitrate_bps);
  const isShared = uplink !== undefined && uplink.rendition !== '';
  return {
    hasLook: encoders !== undefined && hasLook(config.drop.look),
    hasPreviews: encoders !== undefined && clips.folder !== '' && clips.poster_every_s > 0,
    hasLamps: panel.driver !== 'none',
    hasPrinter: printer.driver !== 'none',
    renditions: encoders === undefined ? [] : sorted.map(({ name }) => name),
    sharedRenditions: uplink === undefined ? [] : sharedBy(uplink),
    uplinkBps:
      uplink === undefined || encoders === undefined || isShared
        ? undefined
        : savingBps(uplink, encoders),
  };
}

function sharedBy({ rendition, destinations }: NonNullable<Config['uplink']>): readonly string[] {
  const sent = destinations.filter(({ enabled }) => enabled).map((one) => one.rendition);
  return [rendition, ...sent].filter((name) => name !== '');
}

function savingBps(
  { bitrate_bps, min_bitrate_bps }: NonNullable<Config['uplink']>,
  { video }: Encoders,
): number | undefined {
  if (bitrateProperty(video, bitrate_bps) === undefined) return undefined;
  return Math.max(min_bitrate_bps, Math.round(bitrate_bps / 2));
}

/** What the media path leaves out in a phase. */
export function suspensionIn(phase: PowerPhase, box: Sheddable): Suspension {
  const shed = shedIn(phase);
  return {
    substitutes: substitutesFor(shed, box),
    hasPreviews: !shed.includes('previews'),
    hasLook: !shed.includes('look'),
    uplinkMaxBps: shed.includes('uplink') ? box.uplinkBps : undefined,
  };
}
