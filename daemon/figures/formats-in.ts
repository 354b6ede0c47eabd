/** Figures in short, readable form, in any language: for all pages of the crew. Pure. */
import { formatMinor } from '../../pipelines/player/text/minor-units.ts';

/** As `toLocaleString` has it: days before months, and Portuguese of Portugal. */
export const localeOf = (language: string): string =>
  ({ en: 'en-GB', pt: 'pt-PT' })[language] ?? language;

export function formatsIn(language: string) {
  const decimals = [0, 1, 2].map(
    (digits) =>
      new Intl.NumberFormat(language, {
        ...{ minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false },
      }),
  );
  /** @param digits After the point, which is a comma in most languages. */
  const formatDecimal = (value: number, digits: 0 | 1 | 2): string =>
    decimals[digits]?.format(value) ?? String(value);
  return {
    formatDecimal,
    formatBps: (bps: number): string =>
      bps >= 1e6 ? `${formatDecimal(bps / 1e6, 1)} Mb/s` : `${Math.round(bps / 1e3)} kb/s`,
    formatBytes: (bytes: number): string => {
      if (bytes >= 1e12) return `${formatDecimal(bytes / 1e12, 1)} TB`;
      if (bytes >= 1e9) return `${formatDecimal(bytes / 1e9, 1)} GB`;
      return `${Math.round(bytes / 1e6)} MB`;
    },
    /** @param minor In the smallest unit of the currency. */
    formatPrice: (minor: number, currency: string): string =>
      formatMinor(minor, currency, language),
  };
}

/** A running clock: `4:05`, `1:04:05`. */
export function formatClock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes}:${two(s % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}
