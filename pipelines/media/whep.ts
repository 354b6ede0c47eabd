/** The stream by WebRTC, as the media process offers it to guests and to the crew. */
import type { HttpRequest } from '../http/handlers.ts';
import { chooseProfile } from '../http/negotiate.ts';
import type { NotLiveFilter } from '../origin/not-live.ts';
import type { Ladder } from '../origin/origin.ts';
import { openWhep, type Whep } from '../whep/http/endpoint.ts';
import type { WhepRequest } from '../whep/messages.ts';
import type { MediaSettings } from './messages.ts';

interface Served {
  readonly notLive: NotLiveFilter;
  /** Its profile is that of all guests who choose none; undefined: of their device. */
  readonly drop: { readonly profile: string | undefined };
}

/** @throws PipelineError BAD_SECRET. @returns undefined where the config has none. */
export function openMediaWhep(
  { whep: options, ladder }: Pick<MediaSettings, 'whep' | 'ladder'>,
  { notLive, drop }: Served,
  send: (request: WhepRequest) => void,
): Whep | undefined {
  if (options === undefined) return undefined;
  return openWhep({
    ...{ options, admit: notLive.admit, send },
    renditions: async (request) => renditionsOf(request, ladder, drop.profile),
    nowMs: () => performance.now(),
  });
}

/** As of a playlist: the page, the drop or the device names the profile. */
function renditionsOf(
  { query, header }: HttpRequest,
  { profiles }: Ladder,
  ofDrop: string | undefined,
): readonly string[] {
  const chosen = query.get('profile') ?? ofDrop ?? chooseProfile(header);
  return (Object.hasOwn(profiles, chosen) ? profiles[chosen] : Object.values(profiles)[0]) ?? [];
}
