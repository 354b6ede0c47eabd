/** Adds up a counter of a process over its restarts, at which it begins at 0 again. Pure. */
import * as v from 'valibot';

const number = v.optional(v.number());

/** Something that a process counts; it restarts with the process. */
export const counted = v.object({ sum: number, last: number });

export type Count = Readonly<v.InferOutput<typeof counted>>;

/** The first poll is where counting begins; a total that is smaller is that of a new process. */
export function countOn({ sum, last }: Count, total: number | undefined): Count {
  if (total === undefined) return { sum, last };
  if (last === undefined) return { sum: sum ?? 0, last: total };
  return { sum: (sum ?? 0) + (total < last ? total : total - last), last: total };
}

/** Of a box that was started again: its processes count from 0. */
export function restartCount({ sum }: Count): Count {
  return { sum, last: 0 };
}
