/** A substitute ModemManager on a private D-Bus. */
import dbus from '@particle/dbus-next';
import { MM } from '../../../hal/modem/mm-state.ts';
import { closeBus } from '../../../hal/os/dbus.ts';

/** dbus-next's types have the parameters of `newError` wrong: the call comes first. */
export function errorReply(call: dbus.Message, name: string, text: string): dbus.Message {
  const newError = dbus.Message.newError as unknown as (...args: unknown[]) => dbus.Message;
  return newError(call, name, text);
}

/** Answers as ModemManager does, with one modem in a state. */
export async function startFakeManager(address: string, state: number, sim = '/sim/0') {
  const bus = dbus.sessionBus({ busAddress: address });
  bus.on('error', () => {});
  await bus.requestName(MM, 0);
  let now = state;
  const variant = (signature: string, value: unknown) => new dbus.Variant(signature, value);
  const modem = () => ({
    [`${MM}.Modem`]: {
      EquipmentIdentifier: variant('s', '867530900000017'),
      Model: variant('s', 'Fake'),
      State: variant('i', now),
      AccessTechnologies: variant('u', 1 << 14),
      UnlockRequired: variant('u', now === 2 ? 2 : 1),
      // ModemManager's is a{uu}, which dbus-next reads and cannot write.
      UnlockRetries: variant('a{iu}', { 2: 3, 4: 10 }),
      Bearers: variant('ao', []),
      Sim: variant('o', sim),
    },
  });
  const calls: string[] = [];
  bus.on('message', (message: dbus.Message) => {
    if (message.type !== dbus.MessageType.METHOD_CALL) return;
    calls.push(`${message.member} ${message.body.join(',')}`.trim());
    if (message.member === 'SendPin' && message.body[0] === '0000') {
      bus.send(errorReply(message, `${MM}.Error.Core.Unauthorized`, 'PolicyKit'));
      return;
    }
    if (message.member === 'SendPin' && message.body[0] !== '4711') {
      bus.send(errorReply(message, `${MM}.Error.MobileEquipment.IncorrectPin`, 'no'));
      return;
    }
    const isObjects = message.member === 'GetManagedObjects';
    const body = isObjects ? [{ '/modem/0': modem() }] : [];
    bus.send(dbus.Message.newMethodReturn(message, isObjects ? 'a{oa{sa{sv}}}' : '', body));
  });
  return {
    calls,
    change: (next: number) => {
      now = next;
      const signal = dbus.Message.newSignal(
        '/modem/0',
        'org.freedesktop.DBus.Properties',
        'PropertiesChanged',
        'sa{sv}as',
        [`${MM}.Modem`, {}, []],
      );
      bus.send(signal);
    },
    stop: () => closeBus(bus),
  };
}
