/** Tests of shutting down through logind. */
import dbus from '@particle/dbus-next';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { powerOff } from '../../../daemon/power/logind.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { closeBus } from '../../../hal/os/dbus.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { startBus } from '../../support/dbus/private-bus.ts';

const test = suite('shutting down by logind');
const never = new AbortController().signal;

/** Answers as logind does, or refuses as polkit makes it. */
async function startLogind(address: string, isPermitted: boolean) {
  const bus = dbus.sessionBus({ busAddress: address });
  bus.on('error', () => {});
  await bus.requestName('org.freedesktop.login1', 0);
  const calls: string[] = [];
  bus.on('message', (message: dbus.Message) => {
    if (message.type !== dbus.MessageType.METHOD_CALL) return;
    calls.push(`${message.path} ${message.interface}.${message.member}(${message.body.join()})`);
    const answer = dbus.Message.newMethodReturn(message, '', []);
    if (!isPermitted) {
      answer.type = dbus.MessageType.ERROR;
      answer.errorName = 'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired';
      answer.signature = 's';
      answer.body = ['Interactive authentication required.'];
    }
    bus.send(answer);
  });
  return { calls, [Symbol.asyncDispose]: async () => closeBus(bus) };
}

test('the machine is shut down once, without a question to any user', async () => {
  await using bus = await startBus();
  await using logind = await startLogind(bus.address, true);
  await powerOff(systemClock, never, bus.address);
  assert.equal(logind.calls, [
    '/org/freedesktop/login1 org.freedesktop.login1.Manager.PowerOff(false)',
  ]);
});

test('what is not permitted is reported with the reason', async () => {
  await using bus = await startBus();
  await using _logind = await startLogind(bus.address, false);
  const failed = await powerOff(systemClock, never, bus.address).catch((error: unknown) => error);
  assert.ok(failed instanceof HalError, String(failed));
  assert.match(String((failed as Error).cause), 'Interactive authentication required');
});

test('a machine without logind is reported', async () => {
  await using bus = await startBus();
  const failed = await powerOff(systemClock, never, bus.address).catch((error: unknown) => error);
  assert.is(failed instanceof HalError && failed.code, 'NOT_FOUND');
  const nowhere = 'unix:path=/nonexistent/bus';
  const without = await powerOff(systemClock, never, nowhere).catch((error: unknown) => error);
  assert.ok(without instanceof HalError);
});

test.run();
