/** Ids of sales in cash: one whose answer was lost is not sold a second time when it is sent again. */

/** A person presses again at once; later it is another buyer. */
const REMEMBER_MS = 5 * 60_000;

export interface SaleIds {
  /** That of the same sale before, where it had no answer. */
  idOf(sale: string, nowMs: number): string;
  answered(sale: string): void;
}

export function openSaleIds(): SaleIds {
  const open = new Map<string, { readonly id: string; readonly atMs: number }>();
  return {
    idOf: (sale, nowMs) => {
      const known = open.get(sale);
      const isSame = known !== undefined && nowMs - known.atMs < REMEMBER_MS;
      const { id } = isSame ? known : { id: newId() };
      open.set(sale, { id, atMs: nowMs });
      return id;
    },
    answered: (sale) => void open.delete(sale),
  };
}

function newId(): string {
  const random = crypto.getRandomValues(new Uint32Array(3));
  return `cash-${Array.from(random, (one) => one.toString(36)).join('')}`;
}
