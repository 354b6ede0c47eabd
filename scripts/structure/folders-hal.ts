/** The part of the table of imports (folders.ts) for hal/. */

export interface Folder {
  readonly may: readonly string[];
  readonly what: string;
}

export const HAL_FOLDERS: Readonly<Record<string, Folder>> = {
  'hal/os/files': { may: ['hal/os'], what: 'reads what a person names, and secrets of the box' },
  'hal/os/limits': { may: [], what: 'how much a client may have, and how much is kept' },
  'hal/os/libc': { may: [], what: 'calls of the C library' },
  // Workers ask the kernel to be woken when their parent dies.
  'hal/os': { may: ['hal/os/libc'], what: 'clock, processes, tasks, log, D-Bus, files' },
  'hal/os/state': {
    may: ['hal/os', 'hal/os/files'],
    what: 'small states of the box on the disk',
  },
  'hal/os/udp': { may: [], what: 'UDP: many datagrams with one system call' },
  'hal/os/tcp': {
    may: ['hal/os/udp'],
    what: 'a port that outlives the process that listens on it',
  },
  'hal/os/systemd': { may: ['hal/os'], what: 'reports to systemd' },
  'hal/gst': { may: ['hal/os', 'hal/os/files'], what: 'launch lines of files and the network' },
  'hal/gpio': { may: ['hal/os', 'hal/os/files', 'hal/os/libc'], what: 'buttons and lamps' },
  'hal/system': { may: ['hal/os'], what: 'CPU, memory, disks, clock, hardware watchdog' },
  'hal/camera': { may: ['hal/os', 'hal/os/libc', 'hal/gst'], what: 'cameras' },
  'hal/audio': { may: ['hal/os', 'hal/os/libc', 'hal/gst'], what: 'sound cards' },
  'hal/battery': { may: ['hal/os', 'hal/gpio'], what: 'batteries and UPS boards' },
  'hal/modem': { may: ['hal/os', 'hal/gpio'], what: 'cellular modems' },
  'hal/wifi': { may: ['hal/os'], what: 'the way into a network: Wi-Fi, cable, or a hotspot' },
  'hal/network': {
    may: ['hal/os', 'hal/os/files', 'hal/os/limits'],
    what: 'networks for guests and crew: rules, queues, and what the helper is asked',
  },
  'hal/network/helper': {
    may: ['hal/os', 'hal/os/limits', 'hal/network'],
    what: 'the network helper, a program of its own with the rights for it',
  },
  'hal/printer/transport': { may: ['hal/os'], what: 'connections to a printer: USB, TCP, serial' },
  'hal/printer/paper': { may: ['hal/os'], what: 'ESC/POS as a picture of the paper' },
  'hal/text': { may: [], what: 'text in any script as a picture' },
  'hal/printer': {
    may: ['hal/os', 'hal/text', 'hal/printer/transport', 'hal/printer/paper'],
    what: 'receipt printers',
  },
  'hal/printer/polled': {
    may: [
      'hal/os',
      'hal/os/files',
      'hal/os/limits',
      'hal/os/tcp',
      'hal/printer',
      'hal/printer/paper',
    ],
    what: 'printers that fetch their jobs: CloudPRNT, Server Direct Print',
  },
  'hal/absent.ts': {
    may: ['hal/os', 'hal/battery', 'hal/gpio', 'hal/modem', 'hal/printer'],
    what: 'drivers for devices that the box does not have',
  },
};
