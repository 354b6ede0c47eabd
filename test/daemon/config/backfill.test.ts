/** `uplink.backfill.url`: the token goes in clear in the own network only. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { backfill } from '../../../daemon/config/backfill.ts';

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
    ...['rsync://box@192.168.1.20/holes', 'rsync://box@10.8.0.1:8730/holes/venue-1/'],
    ...['rsync://box_2@[fd12:3456::1]/holes', 'rsync://b.x-y@127.0.0.1/a/b/c'],
  ]) {
    assert.ok(isTaken(url), url);
  }
  for (const url of [
    ...['rsync://192.168.1.20/holes', 'rsync://box@192.168.1.20', 'rsync://box@192.168.1.20/'],
    ...['rsync://box:secret@10.0.0.1/a', 'rsync://box@nas.example.org/a', 'rsync://box@8.8.8.8/a'],
    ...['rsync://-e@10.0.0.1/a', 'rsync://box@10.0.0.1/-a', 'rsync://box@10.0.0.1/a/../b/../..'],
    ...['rsync://box@10.0.0.1/a%20b', 'rsync://box@10.0.0.1/a;b', 'rsync://box@10.0.0.1/a?b'],
  ]) {
    assert.not.ok(isTaken(url), url);
  }
});

test.run();
