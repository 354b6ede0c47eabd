/** Runs camera, encoders and uplink for a rehearsal, beside what the drop wants of them. */
import type { HiddenWants, MediaPath } from './media-path.ts';

export const NOTHING_HIDDEN: HiddenWants = {
  isCapturing: false,
  isUplinking: false,
  hasClock: false,
  blockedLinks: [],
};

/** A media path that the drop has for itself. */
export interface OwnPath extends Omit<MediaPath, 'setHidden' | 'setUplinking'> {
  /** SRT to the box's own receiver. */
  setUplinking(isWanted: boolean): void;
  /** Further receivers, which show it to the world. */
  setPublishing(isWanted: boolean): void;
  showClock(isOn: boolean): void;
  blockLinks(ids: readonly string[]): void;
}

/** Each part runs while the drop or the rehearsal wants it; the drop's wishes come first. */
export function withHiddenRun(path: OwnPath): MediaPath {
  const drop = { isCapturing: false, isUplinking: false };
  let hidden = NOTHING_HIDDEN;
  return {
    ...path,
    setCapturing: (isWanted) => {
      drop.isCapturing = isWanted;
      path.setCapturing(isWanted || hidden.isCapturing);
    },
    setUplinking: (isWanted) => {
      drop.isUplinking = isWanted;
      path.setPublishing(isWanted);
      path.setUplinking(isWanted || hidden.isUplinking);
    },
    setHidden: (wants) => {
      const before = hidden;
      hidden = wants;
      if (wants.hasClock !== before.hasClock) path.showClock(wants.hasClock);
      if (wants.blockedLinks.join() !== before.blockedLinks.join())
        path.blockLinks(wants.blockedLinks);
      if (!drop.isUplinking && wants.isUplinking !== before.isUplinking)
        path.setUplinking(wants.isUplinking);
      if (!drop.isCapturing && wants.isCapturing !== before.isCapturing)
        path.setCapturing(wants.isCapturing);
    },
  };
}
