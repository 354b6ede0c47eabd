/** Radios in the lab's machine beside its own: two venues' Wi-Fi, two phones, and a second card for the box. */
import type { Guest } from './lab-guest.ts';

/** Each in a namespace of its own, and none of them NetworkManager's. */
const RADIOS = `
set -e
mkdir -p /run/air
for radio in 1 2 3 4 5; do
  ip netns add radio$radio
  iw phy phy$radio set netns name radio$radio
  ip -n radio$radio link set lo up
done
venue() {
  printf 'network={\\n  ssid="%s"\\n  mode=2\\n  frequency=2412\\n  %s\\n}\\n' "$2" "$3" >/run/air/venue$1.conf
  systemd-run -q --unit venue$1 ip netns exec radio$1 wpa_supplicant -i wlan$1 -c /run/air/venue$1.conf
  ip -n radio$1 addr add 192.168.$1.1/24 dev wlan$1
  systemd-run -q --unit venue-dhcp$1 ip netns exec radio$1 dnsmasq --conf-file=/dev/null --keep-in-foreground \\
    --port=0 --leasefile-ro --interface=wlan$1 --dhcp-range=192.168.$1.10,192.168.$1.50 --pid-file
}
venue 1 'Market Hall' 'key_mgmt=NONE'
venue 2 'Cafe Central' 'psk="espresso1"'
# The way of the browser: its packets leave by the phone's card.
ip link set vec0 netns radio3
ip -n radio3 addr add 172.31.7.2/24 dev vec0
ip -n radio3 link set vec0 up
ip netns exec radio3 sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
cat >/run/air/lease <<'LEASE'
#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr flush dev "$interface"
ip addr add "$ip/24" dev "$interface"
[ -z "$router" ] || ip route replace default via "$router"
nft -f - <<RULES
table ip phone
delete table ip phone
table ip phone {
  chain names { type nat hook prerouting priority dstnat; iifname "vec0" meta l4proto { tcp, udp } th dport 53 dnat to \${dns:-$router}; }
  chain out { type nat hook postrouting priority srcnat; oifname "$interface" masquerade; }
}
RULES
echo "ip=$ip router=$router dns=$dns"
LEASE
chmod 755 /run/air/lease
`;

export async function openRadios(guest: Guest): Promise<void> {
  await guest(RADIOS);
}

/** Of radio 3, whose network is the browser's, or 5. */
type Phone = 3 | 5;

/** Resolves with what the phone was given there. */
export async function joinWifi(
  guest: Guest,
  ssid: string,
  password: string,
  phone: Phone = 3,
): Promise<string> {
  const how = password === '' ? 'key_mgmt=NONE' : `psk="${password}"`;
  return await guest(`
systemctl stop phone${phone} 2>/dev/null || true
systemctl reset-failed phone${phone} 2>/dev/null || true
printf 'network={\\n  ssid="%s"\\n  %s\\n}\\n' '${ssid}' '${how}' >/run/air/phone${phone}.conf
systemd-run -q --unit phone${phone} ip netns exec radio${phone} wpa_supplicant -i wlan${phone} -c /run/air/phone${phone}.conf
ip netns exec radio${phone} udhcpc -f -q -n -t 30 -T 2 -i wlan${phone} -s /run/air/lease | grep '^ip='
`);
}

/** The box gets its second card. */
export async function plugCard(guest: Guest): Promise<void> {
  await guest('ip netns exec radio4 iw phy phy4 set netns 1');
}

const NODE = '/usr/lib/venuebox/bin/node';

/** Where the name leads by multicast DNS, as a phone asks (RFC 6762, 5.1). */
export async function askMdns(guest: Guest, name: string): Promise<string> {
  const labels = name.split('.').map((label) => [label.length, ...Buffer.from(label)]);
  const question = [0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels.flat(), 0, 0, 1, 0, 1];
  return await guest(`
ip netns exec radio3 timeout 60 ${NODE} -e '
const socket = require("node:dgram").createSocket("udp4");
const ask = () => socket.send(Buffer.from(${JSON.stringify(question)}), 5353, "224.0.0.251");
setInterval(ask, 2000);
socket.on("message", (text) => {
  console.log([...text.subarray(-4)].join("."));
  process.exit();
});
socket.bind(ask);
'
`);
}

const placeOf = (radio: number | undefined) =>
  radio === undefined ? '' : `ip netns exec radio${radio} `;

/** Answers on these ports, wherever the machine or the radio listens. */
export async function listenOn(guest: Guest, ports: readonly number[], radio?: number) {
  const script = `for (const port of [${ports}]) require("node:net").createServer((s) => s.end()).listen(port)`;
  await guest(`systemd-run -q --unit listen${radio ?? ''} ${placeOf(radio)}${NODE} -e '${script}'`);
}

/** Which of these addresses and ports a TCP connection from the radio, or the box, reaches. */
export async function reach(
  guest: Guest,
  radio: number | undefined,
  targets: readonly string[],
): Promise<readonly string[]> {
  const script = `
for (const target of ${JSON.stringify(targets)}) {
  const [, host, port] = /^(.*):(\\d+)$/.exec(target);
  const socket = require("node:net").connect({ host, port, timeout: 10000 });
  socket.once("connect", () => { console.log(target); socket.destroy(); });
  socket.once("error", () => undefined);
  socket.once("timeout", () => socket.destroy());
}`;
  const found = await guest(`${placeOf(radio)}${NODE} -e '${script}'`);
  return found.split('\n').filter((line) => line !== '');
}
