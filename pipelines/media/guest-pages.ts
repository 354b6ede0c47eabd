/** The guests' pages in the media process. */
import { systemClock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { LedPhones } from '../captive/on-own-port.ts';
import type { NotLiveFilter } from '../origin/not-live.ts';
import type { Presentation } from '../packager/presentation.ts';
import { LiveBranding } from '../player/brand/live-branding.ts';
import { brandingFolders } from '../player/drop-json.ts';
import { openPages, type Pages } from '../player/pages.ts';
import { Pictures } from '../player/pictures/pictures.ts';
import { TitlePictures } from '../player/pictures/title-pictures.ts';
import { makeVariants, shrinkPicture } from '../variants/make-variants.ts';
import type { Archive } from './archive.ts';
import { DropState } from './drop-state.ts';
import type { MediaClock } from './media-clock.ts';
import type { MediaSettings } from './messages.ts';

interface PageParts {
  readonly presentation: Presentation;
  readonly archive: Archive;
  readonly notLive: NotLiveFilter;
  readonly clock: MediaClock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The drop that they show, in the venue's look as it is now. */
export function openGuestPages({ drop: settings }: MediaSettings, parts: PageParts) {
  const { presentation, archive, notLive, clock, log, signal } = parts;
  const list = () => {
    archive.list(new Map([...pages.etags, ...pictures.etags, ...titles.etags]));
    titles.refresh();
  };
  const branding = new LiveBranding(brandingFolders(settings), log, list);
  const pictures = new Pictures({
    ...{ shrink: shrinkPicture, onShrunk: list },
    ...{ clock: systemClock, log, signal },
  });
  const titles = new TitlePictures({
    wanted: () =>
      [branding.current.picture, pictures.find(drop.pictureFile)].flatMap((one) => one ?? []),
    ...{ make: makeVariants, onMade: list, log },
  });
  const drop = new DropState({ presentation, archive, notLive, clock, pictures, onChange: list });
  const pages: Pages = openPages(
    settings,
    () => drop.progress(),
    archive.clipOnPage,
    clock.wallMs,
    () => branding.current,
    {
      answer: (path, header) => titles.answer(path, header) ?? pictures.answer(path, header),
      variantsOf: titles.variantsOf,
    },
  );
  list();
  const led: LedPhones = {};
  return { pages, branding, titles, drop, led };
}
