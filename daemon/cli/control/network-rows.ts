/** Back-fill, and the networks that the box makes, in words for a terminal. */
import type { BoxSnapshot } from '../../model/snapshot.ts';

export type Row = readonly [name: string, text: string];

export function backfillRows({ backfill }: BoxSnapshot): readonly Row[] {
  if (backfill === undefined || (backfill.phase === 'idle' && backfill.filledTotal === 0))
    return [];
  const { phase, reason, gaps, filledTotal } = backfill;
  const why = reason === undefined ? '' : `: ${reason}`;
  return [['back-fill', `${phase}${why}, ${gaps} gaps left, ${filledTotal} filled`]];
}

export function networkRows({ networks = [] }: Pick<BoxSnapshot, 'networks'>): readonly Row[] {
  return networks.map(({ role, device, phase, code, reason, shaped = [] }) => {
    const why = [code, reason].filter((one) => one !== undefined).join(': ');
    const first = shaped
      .filter((one) => one.device !== device)
      .map((one) => `, the stream first on ${one.device} (${one.queue})`)
      .join('');
    return [role, `${phase} on ${device}${why === '' ? '' : `: ${why}`}${first}`];
  });
}
