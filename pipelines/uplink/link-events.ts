/** Reports the links whenever they have changed. */
import type { Log } from '../../hal/os/log.ts';
import type { LinkConfig } from '../bond/core/config.ts';
import type { ResolvedLinks } from './links.ts';

export interface LinkReport {
  readonly onLinks: (links: readonly LinkConfig[], missing: readonly string[]) => void;
  readonly log: Log;
}

/** Any change of a link's settings counts, also a restart of its data count. */
export function openLinkReport({ onLinks, log }: LinkReport): (resolved: ResolvedLinks) => void {
  let lastReported = '';
  return ({ links, missing }) => {
    const current = JSON.stringify([links, missing]);
    if (current === lastReported) return;
    lastReported = current;
    log.info('links changed', {
      present: links.map(({ id }) => id).join(' '),
      missing: missing.join(' '),
    });
    onLinks(links, missing);
  };
}
