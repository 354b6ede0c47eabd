/** Amounts in the smallest unit of their currency, and as people write them. Pure. */

/**
 * Behind the decimal point, where they are not two: minor units of ISO 4217. Intl of browsers and of
 * Node.js differ in twenty currencies (2,500 HUF or 25.00), and from one version to the next.
 */
const DIGITS: Readonly<Record<string, number>> = {
  ...of(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...of(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...of(4, 'CLF UYW'),
};

function of(digits: number, currencies: string): Readonly<Record<string, number>> {
  return Object.fromEntries(currencies.split(' ').map((currency) => [currency, digits]));
}

/** 2 for EUR, 0 for JPY. */
export const minorDigits = (currency: string): number => DIGITS[currency] ?? 2;

/**
 * @param minor In the smallest unit of the currency.
 * @param locale Which has no decimals where they are zeros and nobody there writes them.
 */
export function formatMinor(minor: number, currency: string, locale: string): string {
  const digits = minorDigits(currency);
  const usual = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const { maximumFractionDigits: own = digits } = usual.resolvedOptions();
  const shown = minor % 10 ** digits === 0 ? Math.min(own, digits) : digits;
  const fraction = { minimumFractionDigits: shown, maximumFractionDigits: shown };
  const format =
    shown === own
      ? usual
      : new Intl.NumberFormat(locale, { style: 'currency', currency, ...fraction });
  return format.format(minor / 10 ** digits);
}
