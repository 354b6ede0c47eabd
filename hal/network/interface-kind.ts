/** Which of the machine's interfaces no phone in the room is behind, by what the kernel says of them. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { namesIn } from '../os/files/names-in.ts';

const NET = '/sys/class/net';
/**
 * ARPHRD_ETHER and ARPHRD_LOOPBACK, of include/uapi/linux/if_arp.h; Wi-Fi has the first, too.
 * Tunnels, PPP and raw IP have others.
 */
const ETHERNET = '1';
const LOOPBACK = '772';

/**
 * A modem, a tunnel, or a bridge that joins nothing but containers and virtual machines, whatever
 * its name. False where the kernel does not say it.
 */
export function leadsElsewhere(name: string, root = ''): boolean {
  const folder = `${root}${NET}/${name}`;
  const type = read(`${folder}/type`);
  if (type === undefined || type === LOOPBACK) return false;
  if (type !== ETHERNET || existsSync(`${folder}/tun_flags`)) return true;
  if (/^DEVTYPE=wwan$/m.test(read(`${folder}/uevent`) ?? '')) return true;
  return existsSync(`${folder}/bridge`) && !hasDevice(folder, root);
}

/**
 * Of modems and phones that share their internet, and show as Ethernet. Network cards on USB, as
 * that of a Raspberry Pi 3, have others.
 */
const MODEM_DRIVERS = new Set([
  ...['cdc_ether', 'cdc_ncm', 'cdc_eem', 'cdc_mbim', 'huawei_cdc_ncm', 'rndis_host', 'ipheth'],
  ...['qmi_wwan', 'sierra_net', 'kalmia', 'hso'],
]);

/** A modem or a phone, by its driver. False where the kernel does not say it. */
export function isModem(name: string, root = ''): boolean {
  try {
    return MODEM_DRIVERS.has(basename(realpathSync(`${root}${NET}/${name}/device/driver`)));
  } catch {
    return false;
  }
}

/** One of a bridge's ports, or what is below it, is hardware. */
function hasDevice(folder: string, root: string, depth = 0): boolean {
  if (existsSync(`${folder}/device`)) return true;
  // A bond in a VLAN in a bridge; never round in circles.
  if (depth === 3) return false;
  return namesIn(folder).some((entry) => {
    const [, lower] = /^lower_(.+)$/.exec(entry) ?? [];
    return lower !== undefined && hasDevice(`${root}${NET}/${lower}`, root, depth + 1);
  });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
