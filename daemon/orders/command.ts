/** The command `order`: over MQTT, in cash on the operator's page, or on the command line. */
import * as v from 'valibot';
import type { Command, OrderCommand, Outcome } from '../model/commands.ts';
import type { OrderDesk, OrderOutcome, OrderSource } from '../model/orders.ts';
import { orderArguments, requestOf } from './request.ts';

const SOURCES: Readonly<Record<Command['by'], OrderSource>> = {
  page: 'cash',
  mqtt: 'mqtt',
  cli: 'cli',
  button: 'cash',
};

export function openOrderCommand(desk: OrderDesk): OrderCommand {
  return async ({ args, by, isDryRun }): Promise<Outcome> => {
    const parsed = v.safeParse(orderArguments, args);
    if (!parsed.success) return rejected('BAD_ARGUMENTS', describeIssue(parsed.issues[0]));
    const request = requestOf(parsed.output, SOURCES[by]);
    if (isDryRun === true) return rejected('UNSUPPORTED', 'an order has no dry run');
    return describeOutcome(await desk.take(request));
  };
}

function describeIssue(issue: v.InferIssue<typeof orderArguments>): string {
  const key = v.getDotPath(issue) ?? 'the arguments';
  if (issue.type !== 'strict_object') return `${key} ${issue.message}`;
  return issue.expected === 'never' ? `order takes no ${key}` : `${key} is missing`;
}

const REASONS = {
  'sold-out': 'sold out',
  closed: 'not sold now',
  price: 'the amount is too low, or in another currency',
  cancelled: 'it had been cancelled',
} as const;

export function describeOutcome(outcome: OrderOutcome): Outcome {
  switch (outcome.status) {
    case 'invalid':
      return rejected('BAD_ARGUMENTS', outcome.detail);
    case 'stale':
      return rejected('REFUSED', outcome.detail);
    case 'unavailable':
      return {
        status: 'failed',
        code: 'UNAVAILABLE',
        detail: `no order is taken: ${outcome.detail}`,
      };
    case 'refused': {
      const refund = outcome.isPaid ? '; the money must go back' : '';
      return rejected('REFUSED', `${REASONS[outcome.reason]}${refund}`);
    }
    case 'void':
      return { status: 'done', detail: `order ${outcome.orderId} is void`, result: outcome };
    case 'pending':
      return { status: 'done', detail: `order ${outcome.orderId} is reserved`, result: outcome };
    case 'confirmed': {
      const numbers = outcome.numbers.length === 0 ? '' : `, number ${outcome.numbers.join(', ')}`;
      return {
        status: 'done',
        detail: `order ${outcome.orderId} is confirmed${numbers}`,
        result: outcome,
      };
    }
  }
}

function rejected(code: Extract<Outcome, { status: 'rejected' }>['code'], detail: string): Outcome {
  return { status: 'rejected', code, detail };
}
