/** Alerts of what is drawn over the picture, and of its colours. */
import type { Rule } from './step.ts';

export const PICTURE_RULES: readonly Rule[] = [
  {
    key: 'code-unreadable',
    holdMs: 10_000,
    advice: 'Use a shorter link, or raise the bitrate of the lowest picture quality.',
    find: ({ box: { overlay } }) => {
      const { shown } = overlay ?? {};
      if (shown?.readability !== 'unreadable') return undefined;
      const missed = shown.readings.filter(({ read, of }) => read < of);
      const detail = missed.map(({ rendition, read, of }) => `${rendition}: read ${read} of ${of}`);
      return {
        text: 'Phones may be unable to read the code in the picture',
        detail: detail.join(', '),
      };
    },
  },
  {
    key: 'code-missing',
    afterMs: 3_000,
    holdMs: 3_000,
    advice: 'Set drop.overlay.code.link, or choose another code on this page.',
    find: ({ box: { overlay } }) =>
      overlay?.missing === undefined
        ? undefined
        : { text: 'The code is not shown in the picture', detail: overlay.missing },
  },
  {
    key: 'look-refused',
    advice:
      'Repair that line of the file, or choose another look. Viewers get the camera’s colours.',
    find: ({ box: { look } }) =>
      look?.phase !== 'refused'
        ? undefined
        : { text: 'The colour look is not applied to the picture', detail: look.reason ?? '' },
  },
];
