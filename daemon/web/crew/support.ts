/** One text for those who help from afar: what the box is, what it does, and what is wrong. */
import type { Clock } from '../../../hal/os/clock.ts';
import { redact } from '../../../hal/os/log.ts';
import type { Config } from '../../config/config.ts';
import { settingsOfSchema } from '../../config/form/form.ts';
import { valueAt } from '../../config/form/layers.ts';
import type { DropReport } from '../../model/drop-report.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';
import { masked } from '../../settings/secrets.ts';
import { type LogTail, renderLogLine } from '../log-tail.ts';

export interface SupportDeps {
  readonly snapshot: () => BoxSnapshot;
  readonly config: () => Config;
  readonly logTail: LogTail;
  readonly reports: () => readonly DropReport[];
  /** What `venuebox doctor` says now, as text. */
  readonly examine: (signal: AbortSignal) => Promise<string>;
  readonly clock: Clock;
}

/** Without PINs, passwords, keys and addresses with logins. */
export async function renderSupport(deps: SupportDeps, signal: AbortSignal): Promise<string> {
  const { snapshot, config, logTail, reports, examine, clock } = deps;
  const box = snapshot();
  const doctor = await examine(signal).catch((error: unknown) => `failed: ${String(error)}`);
  const sections: readonly (readonly [title: string, text: string])[] = [
    ['Box', `${box.name} ${box.version}, started ${box.startedAt}, node ${process.version}`],
    [
      'Alerts',
      box.warnings.map(({ key, text, detail }) => `${key}: ${text} ${detail ?? ''}`).join('\n'),
    ],
    ['Config, without secrets', configLines(config()).join('\n')],
    ['Doctor', doctor],
    ['Last report', JSON.stringify(reports().at(-1) ?? null, null, 2)],
    ['State', JSON.stringify(box, null, 2)],
    ['Log of the runs before', logTail.before],
    ['Log', logTail.all().map(renderLogLine).join('\n')],
  ];
  const at = new Date(clock.wallMs()).toISOString();
  const text = sections.map(([title, body]) => `== ${title} ==\n\n${body}\n`).join('\n');
  return redact(`venuebox support, ${at}\n\n${text}`);
}

/** `camera.fps: 30`; of a secret only whether there is one. Values that no form shows are left out. */
function configLines(config: Config): readonly string[] {
  return settingsOfSchema()
    .filter(({ field }) => field.kind !== 'file-only')
    .map(({ path, field }) => {
      const shown = JSON.stringify(masked(field, valueAt(config, path)), withoutStreamId);
      return `${path}: ${shown}`;
    });
}

/** Receivers of SRT take it for a password. */
function withoutStreamId(key: string, value: unknown): unknown {
  return key === 'stream_id' && value !== '' ? '…' : value;
}
