/** Alerts of the shop and of the list of drops. */
import type { ShopState } from '../model/orders.ts';
import type { Rule } from './step.ts';

const whileShop =
  (kind: NonNullable<ShopState['fault']>['kind'], text: string): Rule['find'] =>
  ({ box: { shop } }) =>
    shop?.fault?.kind === kind ? { text, detail: shop.fault.reason } : undefined;

export const ORDER_RULES: readonly Rule[] = [
  {
    key: 'orders-damaged',
    severity: 'critical',
    advice:
      'Sell by hand and write each sale down. After the drop, copy the folder “orders” of the box’s state to another disk: nothing of it is lost. Ask support how to start a new list.',
    find: whileShop('damaged', 'The list of orders is damaged: no order is taken'),
  },
  {
    key: 'orders-newer',
    severity: 'critical',
    advice: 'Install the newer version again: no order is lost.',
    find: whileShop('newer', 'A newer version wrote the list of orders: no order is taken'),
  },
  {
    key: 'orders-not-saved',
    severity: 'critical',
    afterMs: 2_000,
    holdMs: 5_000,
    advice: 'Free some space on the box’s disk, or replace it. Buyers can try again then.',
    find: whileShop('not-saved', 'Orders cannot be saved: none is taken'),
  },
  {
    key: 'orders-full',
    severity: 'critical',
    advice: 'Export the orders, move the folder “orders” away, and set another drop.id.',
    find: whileShop('full', 'The list of orders is full: no order is taken'),
  },
  {
    key: 'drops-faulty',
    advice:
      'Correct the line in drops.yaml, or add the drop on the operator’s page. The others stay.',
    find: ({ box: { plannedDrops } }) => {
      const [fault] = plannedDrops?.faults ?? [];
      if (fault === undefined) return undefined;
      return { text: 'A drop in the list has a mistake', detail: fault };
    },
  },
  {
    key: 'orders-webhook-secret',
    severity: 'critical',
    advice:
      'Paid orders of the web shop do not arrive. Put the shop’s signing secret into the file, readable by the box alone; it is read at once.',
    find: ({ box: { shop } }) =>
      shop?.webhookFault === undefined
        ? undefined
        : { text: 'The secret of the web shop cannot be used', detail: shop.webhookFault },
  },
  {
    key: 'orders-to-refund',
    advice: 'Give the money back at your payment service, then cancel the order here.',
    find: ({ box: { shop } }) => {
      const count = shop?.totals.refunds ?? 0;
      if (count === 0) return undefined;
      const orders = count === 1 ? 'One order was paid and' : `${count} orders were paid and`;
      return `${orders} could not be taken`;
    },
  },
  {
    key: 'orders-unmatched',
    advice:
      'Correct the item in your shop for the next buyers. To take this payment, add the item to the catalogue under the id that your shop sent: it is taken when it is sent again. Or give the money back at your payment service, then cancel the order here.',
    find: ({ box: { shop } }) => {
      const count = shop?.unmatchedCounts?.unknown ?? 0;
      if (count === 0) return undefined;
      const detail = firstOf(shop, false);
      return count === 1
        ? { text: 'One payment matches no item on sale', detail }
        : { text: `${count} payments match no item on sale`, detail };
    },
  },
  {
    key: 'orders-unmatched-full',
    advice:
      'Save the list of orders as a table and look through it. Then tap “Clear payments without an item” below that list: the table keeps them. Until then the box notes no further ones: look these up at your payment service. Have your shop send only what is sold here.',
    find: ({ box: { shop } }) =>
      shop?.unmatchedCounts?.isFull === true
        ? 'The list of payments that match no item is full'
        : undefined,
  },
  {
    key: 'orders-other-payment',
    advice:
      'Your shop has used the number of an order twice. Give this other payment back at your payment service, then tap “Money is back” beside it in the list of orders. The order itself stays.',
    find: ({ box: { shop } }) => {
      const count = shop?.unmatchedCounts?.known ?? 0;
      if (count === 0) return undefined;
      const detail = firstOf(shop, true);
      return count === 1
        ? { text: 'One payment has the number of another order', detail }
        : { text: `${count} payments have the numbers of other orders`, detail };
    },
  },
];

/** The oldest payment of its kind. */
function firstOf(shop: ShopState | undefined, isKnownId: boolean): string {
  const first = shop?.unmatched?.find((one) => (one.isKnownId ?? false) === isKnownId);
  if (first === undefined) return '';
  const { order, item, amount, currency } = first;
  const paid = amount === undefined ? '' : `, ${amount} ${currency} in its smallest unit`;
  return `${order}: ${item === '' ? 'no item' : item}${paid}`;
}
