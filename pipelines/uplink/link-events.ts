import type { Log } from '../../hal/os/log.ts';
import type { LinkConfig } from '../bond/core/config.ts';
import type { ResolvedLinks } from './links.ts';

export interface LinkNews {
  readonly onLinks: (links: readonly LinkConfig[], missing: readonly string[]) => void;
  readonly log: Log;
}

/**
 * Tells of links that are others than those told before, by anything that is wished of
 * them: that their data use counts anew is news too.
 */
export function openLinkNews({ onLinks, log }: LinkNews): (resolved: ResolvedLinks) => void {
  let told = '';
  return ({ links, missing }) => {
    const now = JSON.stringify([links, missing]);
    if (now === told) return;
    told = now;
    log.info('links', { there: links.map(({ id }) => id).join(' '), missing: missing.join(' ') });
    onLinks(links, missing);
  };
}
