/** A substitute NetworkManager on a private D-Bus: one Wi-Fi card, one Ethernet port. */
import dbus from '@particle/dbus-next';
import { closeBus } from '../../../hal/os/dbus.ts';
import { errorReply } from '../modem/modem-manager.ts';

const NM = 'org.freedesktop.NetworkManager';
const ROOT = '/org/freedesktop/NetworkManager';
const CARD = `${ROOT}/Devices/1`;
const PORT = `${ROOT}/Devices/2`;
/** Another Wi-Fi card, which is in no network. */
const STICK = `${ROOT}/Devices/3`;

const variant = (signature: string, value: unknown) => new dbus.Variant(signature, value);
const bytes = (text: string) => variant('ay', Buffer.from(text));

export interface FakeNetwork {
  readonly ssid: string;
  readonly strength: number;
  readonly password?: string;
  /** WPA3 alone. */
  readonly isSae?: boolean;
  /** A company's login. */
  readonly isEnterprise?: boolean;
  /** It answers those alone that ask for its name. */
  readonly isHidden?: boolean;
}

interface Active {
  readonly path: string;
  readonly profile: string;
  readonly state: number;
  readonly point: string;
}

type Profile = Readonly<Record<string, Readonly<Record<string, dbus.Variant>>>>;

/** @param isStuck A network that takes the password and never gives an address. */
export async function startFakeNetworkManager(
  address: string,
  networks: readonly FakeNetwork[],
  isStuck = false,
) {
  const bus = dbus.sessionBus({ busAddress: address });
  bus.on('error', () => {});
  await bus.requestName(NM, 0);
  let hasCable = false;
  /** NMDeviceState. */
  let portState = 100;
  let hasStick = false;
  let isSeen = true;
  let count = 0;
  let lastScan = 1;
  const saved = new Map<string, Profile>();
  let active: Active | undefined;
  /** On the Ethernet port. */
  let onPort: Active | undefined;
  const calls: string[] = [];
  const hotspots: Profile[] = [];

  const settingOf = (profile: Profile | undefined, group: string, key: string): unknown =>
    profile?.[group]?.[key]?.value;
  const ssidOf = (profile: Profile | undefined) =>
    Buffer.from((settingOf(profile, '802-11-wireless', 'ssid') ?? '') as Buffer).toString();
  const isHotspot = (profile: Profile | undefined) =>
    settingOf(profile, '802-11-wireless', 'mode') === 'ap';

  const activate = (profile: Profile, device: string) => {
    count += 1;
    const path = `${ROOT}/Settings/${count}`;
    saved.set(path, profile);
    if (device === PORT) {
      onPort = { path: `${ROOT}/ActiveConnection/${count}`, profile: path, state: 2, point: '/' };
      return [path, `${ROOT}/ActiveConnection/${count}`, {}];
    }
    const ssid = ssidOf(profile);
    const index = networks.findIndex((one) => one.ssid === ssid);
    const password = settingOf(profile, '802-11-wireless-security', 'psk') ?? '';
    const asked =
      networks[index]?.isHidden !== true || settingOf(profile, '802-11-wireless', 'hidden');
    const isRight = index >= 0 && asked && (networks[index]?.password ?? '') === password;
    const isUp = isHotspot(profile) || isRight;
    if (isHotspot(profile)) hotspots.push(profile);
    const point = isHotspot(profile) ? `${ROOT}/AccessPoint/own` : `${ROOT}/AccessPoint/${index}`;
    const state = isStuck && !isHotspot(profile) ? 1 : isUp ? 2 : 4;
    active = { path: `${ROOT}/ActiveConnection/${count}`, profile: path, state, point };
    return [path, active.path, {}];
  };

  const point = (path: string) => {
    const name = path.split('/').at(-1) ?? '';
    if (name === 'own') {
      return { Ssid: bytes(ssidOf(saved.get(active?.profile ?? ''))), Strength: variant('y', 100) };
    }
    const found = networks[Number(name)];
    const { strength = 0, password, isSae, isEnterprise } = found ?? {};
    const ssid = found?.isHidden === true ? '' : (found?.ssid ?? '');
    const rsn = isEnterprise ? 0x200 : isSae ? 0x400 : password === undefined ? 0 : 0x100;
    return {
      Ssid: bytes(ssid),
      Strength: variant('y', strength),
      Flags: variant('u', rsn === 0 ? 0 : 1),
      WpaFlags: variant('u', 0),
      RsnFlags: variant('u', rsn),
    };
  };

  const properties = (path: string, of: string): Record<string, dbus.Variant> | undefined => {
    switch (of) {
      case `${NM}.Device`: {
        if (path === STICK) {
          return {
            ...{ Interface: variant('s', 'wlan1'), DeviceType: variant('u', 2) },
            ...{ State: variant('u', 30), ActiveConnection: variant('o', '/') },
          };
        }
        const isCard = path === CARD;
        const on = isCard ? active?.state === 2 : hasCable;
        const connecting = isCard && active?.state === 1;
        return {
          Interface: variant('s', isCard ? 'wlan0' : 'eth0'),
          DeviceType: variant('u', isCard ? 2 : 1),
          State: variant('u', on ? (isCard ? 100 : portState) : connecting ? 50 : isCard ? 30 : 20),
          ActiveConnection: variant('o', (isCard ? active : onPort)?.path ?? '/'),
        };
      }
      case `${NM}.Device.Wireless`:
        return {
          LastScan: variant('x', BigInt(lastScan)),
          ActiveAccessPoint: variant('o', active?.point ?? '/'),
          // A card in the mode of an access point sees nobody.
          AccessPoints: variant(
            'ao',
            isHotspot(saved.get(active?.profile ?? ''))
              ? [`${ROOT}/AccessPoint/own`]
              : isSeen
                ? networks.map((_, i) => `${ROOT}/AccessPoint/${i}`)
                : [],
          ),
        };
      case `${NM}.AccessPoint`:
        return point(path);
      case `${NM}.Connection.Active`: {
        const found = [active, onPort].find((one) => one?.path === path);
        if (found === undefined) return undefined;
        const uuid = settingOf(saved.get(found.profile), 'connection', 'uuid') ?? 'venue';
        return {
          Uuid: variant('s', uuid),
          State: variant('u', found.state),
          Connection: variant('o', found.profile),
        };
      }
      default:
        return undefined;
    }
  };

  bus.on('message', (message: dbus.Message) => {
    if (message.type !== dbus.MessageType.METHOD_CALL) return;
    const { path = '', member = '', body } = message;
    const reply = (signature: string, ...values: unknown[]) =>
      bus.send(dbus.Message.newMethodReturn(message, signature, values));
    const refuse = () =>
      bus.send(errorReply(message, 'org.freedesktop.DBus.Error.UnknownObject', path));
    if (member !== 'GetAll' && !member.startsWith('Get') && member !== 'ListConnections') {
      calls.push(member);
    }
    switch (member) {
      case 'GetDevices':
        return reply('ao', [...(hasStick ? [STICK] : []), CARD, PORT]);
      case 'ListConnections':
        return reply('ao', [...saved.keys()]);
      case 'GetSettings': {
        const found = saved.get(path);
        return found === undefined ? refuse() : reply('a{sa{sv}}', found);
      }
      case 'GetConnectionByUuid': {
        const found = [...saved].find(
          ([, one]) => settingOf(one, 'connection', 'uuid') === body[0],
        );
        return found === undefined ? refuse() : reply('o', found[0]);
      }
      case 'GetSecrets': {
        const psk = settingOf(saved.get(path), String(body[0]), 'psk');
        return reply('a{sa{sv}}', { [String(body[0])]: { psk: variant('s', psk) } });
      }
      case 'Delete': {
        saved.delete(path);
        if (active?.profile === path) active = undefined;
        return reply('');
      }
      case 'GetAll': {
        const found = properties(path, String(body[0]));
        return found === undefined ? refuse() : reply('a{sv}', found);
      }
      case 'RequestScan':
        lastScan += 1;
        return reply('');
      case 'AddAndActivateConnection2':
        return reply('ooa{sv}', ...activate(body[0] as Profile, String(body[1])));
      case 'DeactivateConnection': {
        if (onPort !== undefined && onPort.path === body[0]) {
          saved.delete(onPort.profile);
          onPort = undefined;
          return reply('');
        }
        if (active !== undefined && isHotspot(saved.get(active.profile)))
          saved.delete(active.profile);
        active = undefined;
        return reply('');
      }
      case 'Set':
        return reply('');
      default:
        return refuse();
    }
  });
  return {
    calls,
    hotspots,
    /** Names of the networks that it would join by itself. */
    saved: () => [...saved.values()].filter((one) => !isHotspot(one)).map(ssidOf),
    isHotspotUp: () => active !== undefined && isHotspot(saved.get(active.profile)),
    joined: () => {
      const profile = saved.get(active?.profile ?? '');
      return active?.state === 2 && !isHotspot(profile) ? ssidOf(profile) : undefined;
    },
    /** What the port has, by its settings. */
    onPort: () => saved.get(onPort?.profile ?? ''),
    setCable: (isIn: boolean, state = 100) => {
      hasCable = isIn;
      portState = state;
      if (!isIn) onPort = undefined;
    },
    plugStick: () => {
      hasStick = true;
    },
    /** It loses the network. @param isInReach It is still seen, and takes the box no more. */
    drop: (isInReach = true) => {
      active = undefined;
      isSeen = isInReach;
    },
    stop: () => closeBus(bus),
  };
}
