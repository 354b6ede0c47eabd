/** The command `order`: over MQTT, in cash on the operator's page, or on the command line. */
import * as v from 'valibot';
import { withTimeout } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Command, OrderCommand, Outcome } from '../model/commands.ts';
import type { OrderIntake, OrderOutcome, OrderSource } from '../model/orders.ts';
import { unavailable } from './outcome.ts';
import { orderArguments, requestOf } from './request.ts';

const SOURCES: Readonly<Record<Command['by'], OrderSource>> = {
  page: 'cash',
  mqtt: 'mqtt',
  cli: 'cli',
  button: 'cash',
};

/** A disk that hangs must not keep the places of commands: of these there are few. */
const ANSWER_MS = 10_000;
const LATE = 'the disk does not answer; send the same order again later, it counts once';

export function openOrderCommand(service: OrderIntake, clock: Clock): OrderCommand {
  return async ({ args, by, isDryRun }): Promise<Outcome> => {
    const parsed = v.safeParse(orderArguments, args);
    if (!parsed.success) return rejected('BAD_ARGUMENTS', describeIssue(parsed.issues[0]));
    const request = requestOf(parsed.output, SOURCES[by]);
    if (isDryRun === true) return rejected('UNSUPPORTED', 'an order has no dry run');
    const late = new Error(LATE);
    const limit = { clock, timeoutMs: ANSWER_MS, timeoutError: () => late };
    const outcome = await withTimeout(() => service.take(request), limit).catch(
      (error: unknown) => {
        if (error === late) return unavailable(LATE);
        throw error;
      },
    );
    // Nobody takes money for what had been cancelled.
    const isVoid = outcome.status === 'void' && outcome.reason === 'cancelled';
    if (isVoid && request.do !== 'cancel') {
      return rejected('REFUSED', REASONS.cancelled);
    }
    return describeOutcome(outcome);
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
  price: 'the amount is below the price now, or in another currency',
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
    case 'settled':
      return { status: 'done', detail: `order ${outcome.orderId} stays as it was` };
    case 'cleared':
      return { status: 'done', detail: `${outcome.count} payments are cleared`, result: outcome };
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
