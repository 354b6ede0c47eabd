/** The state of a print head, which ESC/POS commands change. */

import { type CodePage, pageOf } from './codepages.ts';
import type { Command } from './escpos-parse.ts';

/** Distance of lines in dots: 1/6 inch at 203 dpi is 34; the common default is 30. */
const DEFAULT_SPACING = 30;

/** How the print head is set. */
export interface Style {
  readonly align: number;
  readonly isBold: boolean;
  readonly isUnderlined: boolean;
  readonly isInverted: boolean;
  readonly isSmall: boolean;
  readonly wide: number;
  readonly high: number;
  readonly page: CodePage;
  readonly spacing: number;
  readonly qrModule: number;
  readonly qrLevel: number;
}

/** After power-up and `ESC @`. */
export const RESET: Style = {
  align: 0,
  isBold: false,
  isUnderlined: false,
  isInverted: false,
  isSmall: false,
  wide: 1,
  high: 1,
  page: 'cp437',
  spacing: DEFAULT_SPACING,
  qrModule: 3,
  qrLevel: 0,
};

/** The style after a setting. Values that printers do not know leave something sane. */
export function applySetting(
  style: Style,
  { what, value }: Extract<Command, { kind: 'set' }>,
  codePages: Readonly<Record<CodePage, number>>,
): Style {
  switch (what) {
    case 'align':
      return { ...style, align: value % 48 };
    case 'bold':
      return { ...style, isBold: (value & 1) === 1 };
    case 'underline':
      return { ...style, isUnderlined: value % 48 !== 0 };
    case 'invert':
      return { ...style, isInverted: (value & 1) === 1 };
    case 'font':
      return { ...style, isSmall: value % 48 === 1 };
    case 'size':
      return { ...style, wide: ((value >> 4) & 7) + 1, high: (value & 7) + 1 };
    case 'mode':
      return {
        ...style,
        isSmall: (value & 1) !== 0,
        isBold: (value & 8) !== 0,
        high: (value & 16) === 0 ? 1 : 2,
        wide: (value & 32) === 0 ? 1 : 2,
        isUnderlined: (value & 128) !== 0,
      };
    case 'code-page':
      return { ...style, page: pageOf(codePages, value) ?? 'cp437' };
    case 'line-spacing':
      return { ...style, spacing: value };
    case 'default-spacing':
      return { ...style, spacing: DEFAULT_SPACING };
    case 'qr-module':
      return { ...style, qrModule: Math.min(16, Math.max(1, value)) };
    case 'qr-level':
      return { ...style, qrLevel: Math.min(3, Math.max(0, value - 48)) };
  }
}
