/** The media process's pages, and what they say of a drop. */
import { silentLog } from '../../../../hal/os/log.ts';
import type { HttpRequest } from '../../../../pipelines/http/handlers.ts';
import { DropState, type DropStateDeps } from '../../../../pipelines/media/drop-state.ts';
import type { DropOnPage } from '../../../../pipelines/player/drop-json.ts';
import { openPages } from '../../../../pipelines/player/pages.ts';
import { Pictures, type PicturesDeps } from '../../../../pipelines/player/pictures/pictures.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

export const PNG = Buffer.from('89504e470d0a1a0a00000000', 'hex');
export const FRIDAY: DropOnPage = {
  ...{ id: 'friday', title: 'Friday Duo' },
  ...{ startsAt: '2026-12-04T20:00:00Z', endsAt: '2026-12-04T23:00:00Z' },
  ...{ isNext: true, isNextNearer: false, hasReactions: true },
};

export type Shrink = PicturesDeps['shrink'];

export function openMedia(shrink: Shrink = async () => Promise.reject(new Error('no picture'))) {
  const pictures = new Pictures({
    ...{ shrink, clock: new VirtualClock(), log: silentLog, signal: new AbortController().signal },
    onShrunk: () => deps.onChange(),
  });
  let asked = -1;
  let replayed: string | undefined;
  const catalogue = { listed: new Map<string, string>() as ReadonlyMap<string, string> };
  const deps = {
    pictures,
    onChange: () => {
      catalogue.listed = pictures.etags;
    },
    archive: {
      forGuests: (sinceMs: number) => {
        asked = sinceMs;
        return { clips: [], hasReplay: true, posters: [] };
      },
      setRecording: (dropId?: string) => {
        replayed = dropId ?? replayed;
      },
      showLast: (dropId: string) => {
        replayed = dropId;
      },
    },
    presentation: { isEnded: true, listFromNow: () => undefined },
    notLive: { setLive: () => undefined },
    clock: { nowUs: () => 0, wallMs: () => Date.UTC(2027, 0) },
  } as unknown as DropStateDeps;
  const drop = new DropState(deps);
  const config = { title: 'Live', startsAt: '', hasReactions: true };
  const pages = openPages(config, () => drop.progress(), undefined, undefined, undefined, {
    answer: pictures.answer,
    variantsOf: () => [],
  });
  const ask = (path: string) => {
    const request: HttpRequest = {
      ...{ path, query: new URLSearchParams(), header: () => undefined },
      ownAddress: () => 'http://box',
    };
    const answer = pages.answer(request);
    const status = answer?.status ?? 0;
    return {
      status,
      headers: answer?.headers ?? [],
      text: Buffer.concat(answer?.body ?? []).toString('latin1'),
    };
  };
  return {
    drop,
    ask,
    catalogue,
    since: () => asked,
    replayed: () => replayed,
    report: () => JSON.parse(ask('/drop.json').text) as Record<string, unknown>,
  };
}
