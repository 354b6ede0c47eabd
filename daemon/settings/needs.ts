/**
 * What each key of the config needs to take effect. What is not listed needs a restart of the
 * box: most parts read their settings when they are opened.
 */

/** Parts that are restarted by themselves; guests and recordings do not notice. */
export type Part = 'mqtt' | 'metrics' | 'announce';

export type Need = 'nothing' | Part | 'restart';

const NEEDS: readonly (readonly [prefix: string, need: Need])[] = [
  ['power.planned_minutes', 'nothing'],
  ['printer.sticker_file', 'nothing'],
  ['card', 'nothing'],
  ['rehearsal', 'nothing'],
  ['survey', 'nothing'],
  ['operator.pin_file', 'nothing'],
  ['operator.host_pin_file', 'nothing'],
  ['operator.idle_minutes', 'nothing'],
  ['operator.session_hours', 'nothing'],
  ['update', 'nothing'],
  // The broker of the box itself, and the events' folder, are opened at the start.
  ['mqtt.broker_port', 'restart'],
  ['mqtt.spool_mb', 'restart'],
  ['mqtt', 'mqtt'],
  ['fleet', 'mqtt'],
  ['metrics', 'metrics'],
  ['box.announce', 'announce'],
];

/** @param before Its value now, as of the config. */
export function needOf(path: string, before: unknown, after: unknown): Need {
  // Without a broker nothing is saved for one: events get their folder at the start.
  if (path === 'mqtt.url' && (before === '' || after === '')) return 'restart';
  const found = NEEDS.find(([prefix]) => path === prefix || path.startsWith(`${prefix}.`));
  return found?.[1] ?? 'restart';
}
