/** `uplink.backfill.url`: the token goes in clear in the own network only. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { backfill } from '../../../daemon/config/backfill.ts';
import { parseConfig } from '../../../daemon/config/file.ts';
import { checkSshKey } from '../../../daemon/media/secret-file.ts';

const test = suite('back-fill settings');

const isTaken = (url: string) => v.safeParse(backfill, { url }).success;

test('HTTPS goes anywhere, HTTP to addresses of the own network', () => {
  for (const url of [
    ...['', 'https://relay.example.org:5001', 'https://203.0.113.9/a', 'https://10.example.org'],
    ...['http://127.0.0.1:5001', 'http://10.1.2.3', 'http://192.168.0.9:80/a', 'http://172.31.0.1'],
    ...['http://169.254.7.7', 'http://[::1]:5001', 'http://[fd12:3456::1]:5001'],
  ]) {
    assert.ok(isTaken(url), url);
  }
});

test('no name and no address of others gets the token in clear', () => {
  for (const url of [
    ...['http://10.example.org', 'http://127.example.org:5001', 'http://192.168.example.org'],
    ...['http://172.16.example.org', 'http://169.254.example.org', 'http://relay.example.org'],
    ...['http://203.0.113.9', 'http://172.32.0.1', 'http://[2001:db8::1]', 'http://[fd::1]'],
    ...['http://10.0.0.1@example.org', 'http://user:secret@10.0.0.1', 'ftp://10.0.0.1'],
  ]) {
    assert.not.ok(isTaken(url), url);
  }
});

test('rsync goes to a module of a server of the own network, as a user', () => {
  for (const url of [
    ...['rsync://box@192.168.1.20/gaps', 'rsync://box@10.8.0.1:8730/gaps/venue-1/'],
    ...['rsync://box_2@[fd12:3456::1]/gaps', 'rsync://b.x-y@127.0.0.1/a/b/c'],
  ]) {
    assert.ok(isTaken(url), url);
  }
  for (const url of [
    ...['rsync://192.168.1.20/gaps', 'rsync://box@192.168.1.20', 'rsync://box@192.168.1.20/'],
    ...['rsync://box:secret@10.0.0.1/a', 'rsync://box@nas.example.org/a', 'rsync://box@8.8.8.8/a'],
    ...['rsync://-e@10.0.0.1/a', 'rsync://box@10.0.0.1/-a', 'rsync://box@10.0.0.1/a/../b/../..'],
    ...['rsync://box@10.0.0.1/a%20b', 'rsync://box@10.0.0.1/a;b', 'rsync://box@10.0.0.1/a?b'],
  ]) {
    assert.not.ok(isTaken(url), url);
  }
});

test('SSH goes to a folder of any server, as a user', () => {
  for (const url of [
    ...['ssh://box@far.example.org/srv/gaps', 'ssh://box@203.0.113.9:2222/srv/gaps/'],
    ...['ssh://box_2@[2001:db8::1]/gaps', 'ssh://b.x-y@nas/a/b/c'],
  ]) {
    assert.ok(isTaken(url), url);
  }
  for (const url of [
    ...['ssh://far.example.org/gaps', 'ssh://box@far.example.org', 'ssh://box@far.example.org/'],
    ...['ssh://box:secret@far/a', 'ssh://-e@far/a', 'ssh://box@-oProxyCommand=x/a', 'ssh://box@/a'],
    ...[
      'ssh://box@far/-a',
      'ssh://box@far/a/../b/../..',
      'ssh://box@far/a%20b',
      'ssh://box@far/a;b',
    ],
    ...['ssh://box@far/$(a)', 'ssh://box@far/a?b', 'ssh://box@%24(a)/b', 'ssh://box@a%20-p/b'],
  ]) {
    assert.not.ok(isTaken(url), url);
  }
});

const SSH = 'url: ssh://box@far/gaps';
const RELAY = 'url: "https://far:5001"';

test('SSH takes a key and a host key, others a token: each says what it needs', () => {
  const faultsOf = (keys: string) => {
    const yaml = `uplink: {host: h, port: 1, backfill: {${keys}}}`;
    try {
      parseConfig('x', yaml, []);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.is(faultsOf(`${SSH}, key_file: k, known_hosts_file: h`), '');
  assert.is(faultsOf(`${RELAY}, token_file: t`), '');
  assert.match(faultsOf(SSH), /key_file must be given.*known_hosts_file must be given/s);
  assert.match(
    faultsOf(`${SSH}, key_file: k, known_hosts_file: h, token_file: t`),
    'token_file must be empty with this url; it takes key_file and known_hosts_file',
  );
  assert.match(
    faultsOf(`${RELAY}, token_file: t, key_file: k`),
    'key_file must be empty with this url; it takes token_file',
  );
});

test('a key that others can read, or that needs a passphrase, is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-ssh-keys-'));
  const file = join(folder, 'key');
  const reason = () => {
    try {
      checkSshKey('key_file', file);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const write = (text: string, mode = 0o600) => {
    writeFileSync(file, text);
    chmodSync(file, mode);
  };
  const openSsh = (cipher: string) => {
    const length = Buffer.from([0, 0, 0, cipher.length]);
    const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), length, Buffer.from(cipher)]);
    const text = Buffer.concat([body, Buffer.alloc(80, 1)]).toString('base64');
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`;
  };
  try {
    assert.match(reason(), 'key_file');
    write(openSsh('none'), 0o640);
    assert.match(reason(), 'others can read it: chmod 600 it');
    write(openSsh('none'));
    assert.is(reason(), '');
    write(openSsh('aes256-ctr'));
    assert.match(reason(), 'has a passphrase: ssh-keygen -p');
    write('-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII\n');
    assert.match(reason(), 'has a passphrase');
    write('-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n');
    assert.match(reason(), 'has a passphrase');
    write('-----BEGIN PRIVATE KEY-----\nMII\n');
    assert.is(reason(), '');
    for (const text of ['', 'ssh-ed25519 AAAA box', '-----BEGIN CERTIFICATE-----\n']) {
      write(text);
      assert.match(reason(), 'must hold a private key: ssh-keygen -t ed25519', text);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
