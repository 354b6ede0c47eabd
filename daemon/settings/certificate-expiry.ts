/** When the certificates that the box serves with expire. */

import type { Clock } from '../../hal/os/clock.ts';
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { readX509 } from '../../pipelines/http/tls-files.ts';
import type { Config } from '../config/config.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/** A renewed one is used within a minute, too. */
const LOOK_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;

/** Of the one that expires first, on whichever port; undefined without one that can be read. */
export function trackCertificates(
  config: () => Pick<Config, 'operator' | 'viewers' | 'orders'>,
  clock: Pick<Clock, 'monotonicMs' | 'wallMs'>,
): () => BoxSnapshot['certificate'] {
  let looked = { files: '', atMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
  return () => {
    const { operator, viewers, orders } = config();
    const files = [operator.tls, viewers.tls, orders.webhook.tls].flatMap(
      (tls) => tls?.cert_file ?? [],
    );
    const atMs = clock.monotonicMs();
    if (files.join() !== looked.files || atMs - looked.atMs >= LOOK_EVERY_MS) {
      looked = { files: files.join(), atMs, untilMs: Math.min(...files.map(untilOf)) };
    }
    const { untilMs } = looked;
    if (untilMs === Number.POSITIVE_INFINITY) return undefined;
    return { untilMs, daysLeft: Math.floor((untilMs - clock.wallMs()) / DAY_MS) };
  };
}

/** One that cannot be read is reported by the port that it is for. */
function untilOf(file: string): number {
  try {
    const certificate = readX509(readRegular(file, CERTIFICATE_BYTES_MAX));
    return certificate === undefined ? Number.POSITIVE_INFINITY : Date.parse(certificate.validTo);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
