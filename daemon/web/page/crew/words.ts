/** Words of the crew's sections: clips, recordings, addresses, support. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { fromBox, crewTexts as text } from '../text/texts.ts';

export const SAYS = {
  ...text,
  cannotShare: (url: string) => fill(text.cannotShare, { url }),
  phoneFailed: (reason: string) => fill(text.phoneFailed, { reason }),
  more: (count: number) => fill(text.more, { count: String(count) }),
  runs: (version: string) => fill(text.runs, { version }),
  onTrial: (version: string) => fill(text.onTrial, { version }),
  offered: (version: string) => fill(text.offered, { version }),
  install: (version: string) => fill(text.install, { version }),
  installTitle: (version: string) => fill(text.installTitle, { version }),
  installing: (percent: number) => fill(text.installing, { percent: String(percent) }),
  wentBack: (version: string, reason: string) =>
    fill(text.wentBack, { version, reason: fromBox(reason) }),
  goBack: (version: string) => fill(text.goBack, { version }),
  goBackTitle: (version: string) => fill(text.goBackTitle, { version }),
  roles: { crew: text.roleCrew, host: text.roleHost },
};
