/** The orders for the crew: the newest ones, and all of them as a table. */
import type { OrderList } from '../../model/orders.ts';
import { type Answer, answerJson } from '../answer.ts';

/** On the page; the table has all. */
const SHOWN = 50;

/** Undefined for a request that is not for it. */
export function answerOrders(orders: OrderList, request: string): Answer | undefined {
  if (request === 'GET /orders.json') return answerJson(200, orders.newest(SHOWN));
  if (request !== 'GET /orders.csv') return undefined;
  const headers = { 'Content-Disposition': 'attachment; filename="orders.csv"' };
  return { status: 200, type: 'text/csv; charset=utf-8', body: orders.csv(), headers };
}
