/** Radios in the lab's machine beside its own: two venues' Wi-Fi, and a phone. */
import type { Guest } from './lab-guest.ts';

/** Each in a namespace of its own, and none of them NetworkManager's. */
const RADIOS = `
set -e
mkdir -p /run/air
for radio in 1 2 3; do
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
  chain out { type nat hook postrouting priority srcnat; oifname "wlan3" masquerade; }
}
RULES
echo "ip=$ip router=$router dns=$dns"
LEASE
chmod 755 /run/air/lease
`;

export async function openRadios(guest: Guest): Promise<void> {
  await guest(RADIOS);
}

/** Resolves with what the phone was given there. */
export async function joinWifi(guest: Guest, ssid: string, password: string): Promise<string> {
  const how = password === '' ? 'key_mgmt=NONE' : `psk="${password}"`;
  return await guest(`
systemctl stop phone 2>/dev/null || true
systemctl reset-failed phone 2>/dev/null || true
printf 'network={\\n  ssid="%s"\\n  %s\\n}\\n' '${ssid}' '${how}' >/run/air/phone.conf
systemd-run -q --unit phone ip netns exec radio3 wpa_supplicant -i wlan3 -c /run/air/phone.conf
ip netns exec radio3 udhcpc -f -q -n -t 30 -T 2 -i wlan3 -s /run/air/lease | grep '^ip='
`);
}
