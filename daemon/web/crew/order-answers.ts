/** The orders for the crew: the newest ones, those that a search finds, and all of them as a table. */
import type { OrderList } from '../../model/orders.ts';
import { type Answer, answerJson } from '../answer.ts';

/** On the page, which can search in all; the table has all. */
const SHOWN = 50;

/** Undefined for a request that is not for it. */
export async function answerOrders(
  orders: OrderList,
  request: string,
  words: string,
): Promise<Answer | undefined> {
  if (request === 'GET /orders.json') return answerJson(200, orders.newest(SHOWN, words));
  if (request !== 'GET /orders.csv') return undefined;
  const headers = { 'Content-Disposition': 'attachment; filename="orders.csv"' };
  return { status: 200, type: 'text/csv; charset=utf-8', body: await orders.csv(), headers };
}
