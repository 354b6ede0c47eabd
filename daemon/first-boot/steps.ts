/** What the first set-up asks. Pure. */

/** In their order. */
export const STEPS = [
  'language',
  'name',
  'pin',
  'network',
  'camera',
  'sound',
  'destination',
  'title',
] as const;
export type Step = (typeof STEPS)[number];

export type Answered = Readonly<Partial<Record<Step, 'done' | 'skipped'>>>;

/** The first step without an answer; undefined after the last. */
export function nextStep(answered: Answered): Step | undefined {
  return STEPS.find((step) => answered[step] === undefined);
}

export function stepBefore(step: Step): Step | undefined {
  return STEPS[STEPS.indexOf(step) - 1];
}
