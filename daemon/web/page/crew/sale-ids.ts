/** Ids of sales in cash: one whose answer was lost is not sold a second time when it is sent again. */

/** A person presses again at once; later it is another buyer. */
const REMEMBER_MS = 5 * 60_000;
const STORED_AS = 'venuebox-open-sales';

export interface SaleIds {
  /** That of the same sale before, where it had no answer. @param nowMs Unix time in ms. */
  idOf(sale: string, nowMs: number): string;
  answered(sale: string): void;
}

type Open = Readonly<Record<string, { readonly id: string; readonly atMs: number }>>;

/** @param storage Of the tab: a box that restarts in a sale asks for the PIN, and the page may be loaded again. */
export function openSaleIds(storage: Pick<Storage, 'getItem' | 'setItem'>): SaleIds {
  let open = read(storage);
  const save = (next: Open) => {
    open = next;
    try {
      storage.setItem(STORED_AS, JSON.stringify(open));
    } catch {
      // Full: they hold as long as this page.
    }
  };
  return {
    idOf: (sale, nowMs) => {
      const recent = Object.entries(open).filter(([, { atMs }]) => isRecent(atMs, nowMs));
      const known = Object.fromEntries(recent);
      const id = known[sale]?.id ?? newId();
      save({ ...known, [sale]: { id, atMs: nowMs } });
      return id;
    },
    answered: (sale) => {
      const { [sale]: _, ...others } = open;
      save(others);
    },
  };
}

const isRecent = (atMs: number, nowMs: number) => Math.abs(nowMs - atMs) < REMEMBER_MS;

function read(storage: Pick<Storage, 'getItem'>): Open {
  try {
    return JSON.parse(storage.getItem(STORED_AS) ?? '{}') as Open;
  } catch {
    return {};
  }
}

function newId(): string {
  const random = crypto.getRandomValues(new Uint32Array(3));
  return `cash-${Array.from(random, (one) => one.toString(36)).join('')}`;
}
