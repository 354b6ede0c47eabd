/** Opens the commands that change the picture: another camera, and what is drawn over it. */

import { join } from 'node:path';
import { untilAborted } from '../../hal/os/async.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import { openSaved } from '../../hal/os/state/saved.ts';
import type { Task } from '../../hal/os/task.ts';
import type { Config } from '../config/config.ts';
import type { DropConfig } from '../config/drop.ts';
import { openCameraSwitch } from '../media/camera/switch.ts';
import type { MediaPath } from '../media/media-path.ts';
import type { BoxEvent, OverlayCommand, SwitchCamera } from '../model/commands.ts';
import type { OverlayState } from '../model/overlay.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { Overlay, type OverlayOptions } from './overlay.ts';
import type { PlannedOverlay } from './planned.ts';
import { SavedOverlay, savedOverlaySchema } from './saved-request.ts';

interface Box extends ClockAndLog {
  readonly isEdge: boolean;
  readonly presentDrop: () => DropConfig;
  readonly mediaPath: Pick<MediaPath, 'choose' | 'showOverlay'>;
  readonly snapshot: () => BoxSnapshot;
  readonly onEvent: (event: BoxEvent) => void;
  readonly stateFolder: string;
}

export interface PictureCommands {
  readonly commands: { readonly switchCamera: SwitchCamera; readonly overlay: OverlayCommand };
  /** Undefined where the picture is another box's. */
  readonly state: () => OverlayState | undefined;
  readonly run: Task;
}

export function openPictureCommands(current: () => Config, box: Box): PictureCommands {
  const { isEdge, mediaPath, snapshot, onEvent, clock } = box;
  const switchCamera = openCameraSwitch({
    hasSecond: () => current().camera2 !== undefined && !isEdge,
    choose: mediaPath.choose,
    ...{ snapshot, onEvent, wallMs: clock.wallMs },
  });
  const path = join(box.stateFolder, 'overlay.json');
  const saved = openSaved(path, savedOverlaySchema, { what: 'overlay', log: box.log });
  const overlay = new Overlay(overlayOptions(current, box.presentDrop), {
    ...box,
    show: mediaPath.showOverlay,
    asked: new SavedOverlay(saved, clock),
  });
  return {
    commands: { switchCamera, overlay: overlay.command },
    state: () => (isEdge ? undefined : overlay.state()),
    run: isEdge ? untilAborted : overlay.run,
  };
}

function plannedOverlay(
  { id, overlay }: DropConfig,
  checkoutHosts: readonly string[],
): PlannedOverlay {
  const { code, title, name, line, hosts } = overlay;
  return {
    drop: id,
    content: { code: code.link, corner: code.corner, sizePct: code.size_pct, title, name, line },
    schedule: { fromS: code.from_s, forS: code.for_s, everyS: code.every_s },
    hosts: [...hosts, ...checkoutHosts],
  };
}

function overlayOptions(current: () => Config, presentDrop: () => DropConfig): OverlayOptions {
  return {
    planned: () => plannedOverlay(presentDrop(), current().orders.checkout_hosts),
    picture: () => {
      const { width: widthPx, height: heightPx } = current().camera;
      return { widthPx, heightPx };
    },
    smallestPx: () => {
      const { renditions, uplink } = current();
      // The uplink has a picture of its own, unless it sends one of the viewers'.
      const sizes = uplink?.rendition === '' ? [...renditions, uplink] : renditions;
      return Math.min(...sizes.flatMap(({ width, height }) => [width, height]));
    },
  };
}
