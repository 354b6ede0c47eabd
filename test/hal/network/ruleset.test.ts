/** The rules of the box's networks as text; test/hal/network/namespaces.test.ts tries them. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { foundForwardingOf, rulesetOf, UNDO_RULESET } from '../../../hal/network/ruleset.ts';
import { CREW_CLASS } from '../../../hal/network/shaping.ts';
import { plans } from './support/plans.ts';

const test = suite('rules of the box’s networks');

/** The lines of one chain. */
function chainOf(ruleset: string, name: string): readonly string[] {
  const [, body] = new RegExp(`chain ${name} \\{\\n((?:    .*\\n)*)`).exec(ruleset) ?? [];
  return (body ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

test('the rules come in place of the ones before, and touch no other table', () => {
  fc.assert(
    fc.property(plans, fc.boolean(), (plan, found) => {
      const ruleset = rulesetOf(plan, found);
      const tables = ruleset.match(/^.*\btable\b.*$/gm);
      assert.equal(tables, [
        'table inet venuebox',
        'delete table inet venuebox',
        'table inet venuebox {',
      ]);
      assert.not.match(ruleset, /flush/);
      assert.is(ruleset.split('{').length, ruleset.split('}').length);
      assert.is(foundForwardingOf(ruleset), found);
      assert.is(rulesetOf(plan, found), ruleset);
    }),
  );
  assert.is(UNDO_RULESET, 'table inet venuebox\ndelete table inet venuebox\n');
});

test('nothing of the crew leaves or comes by an interface whose data budget is used up', () => {
  fc.assert(
    fc.property(plans, fc.boolean(), (plan, found) => {
      const { crew } = plan;
      const rules = chainOf(rulesetOf(plan, found), 'forward');
      for (const way of crew?.spent ?? []) {
        assert.ok(rules.includes(`iifname "${crew?.device}" oifname "${way}" drop`));
        assert.ok(rules.includes(`iifname "${way}" oifname "${crew?.device}" drop`));
      }
    }),
  );
});

test('guests reach the ports of the plan, addresses, names and pings, and nothing behind the box', () => {
  fc.assert(
    fc.property(plans, fc.boolean(), (plan, found) => {
      const { guests } = plan;
      const ruleset = rulesetOf(plan, found);
      const rules = chainOf(ruleset, 'guests');
      if (guests === undefined) return assert.equal(rules, []);
      assert.is(rules.at(-1), 'drop');
      const opened = rules
        .filter((rule) => / dport /.test(rule) && rule.endsWith('accept'))
        .flatMap((rule) => {
          const [, protocol, list = ''] = /^(\w+) dport (?:\{ (.*) \}|\d+)/.exec(rule) ?? [];
          const ports = list === '' ? rule.match(/\d+/g) : list.split(', ');
          return (ports ?? []).map((port) => `${protocol} ${port}`);
        });
      const wanted = [
        ...['udp 53', 'udp 67', 'udp 5353', 'tcp 53'],
        ...guests.tcp.map((port) => `tcp ${port}`),
        ...guests.udp.map((port) => `udp ${port}`),
      ];
      assert.equal(opened.toSorted(), wanted.toSorted());
      assert.ok(chainOf(ruleset, 'input').includes(`iifname "${guests.device}" goto guests`));
      const forward = chainOf(ruleset, 'forward');
      assert.equal(forward.slice(1, 3), [
        `iifname "${guests.device}" drop`,
        `oifname "${guests.device}" drop`,
      ]);
      return undefined;
    }),
  );
});

test('the crew’s traffic has its class, its own address hidden, and nobody opens a connection to it', () => {
  fc.assert(
    fc.property(plans, fc.boolean(), (plan, found) => {
      const { crew, guests } = plan;
      const ruleset = rulesetOf(plan, found);
      assert.is(ruleset.includes('masquerade'), crew !== undefined);
      if (crew === undefined) return;
      const forward = chainOf(ruleset, 'forward');
      const closed = forward.indexOf(
        `oifname "${crew.device}" ct state != { established, related } drop`,
      );
      const marked = forward.indexOf(`oifname "${crew.device}" meta priority set ${CREW_CLASS}`);
      assert.ok(closed > 0 && marked > closed);
      assert.ok(forward.includes(`iifname "${crew.device}" meta priority set ${CREW_CLASS}`));
      const [, hidden = ''] = chainOf(ruleset, 'address');
      for (const inside of [crew.device, guests?.device, 'lo']) {
        if (inside !== undefined) assert.ok(hidden.includes(`"${inside}"`));
      }
      assert.match(chainOf(ruleset, 'names')[1] ?? '', `dnat ip to ${crew.dns}`);
    }),
  );
});

test('a machine that was no router becomes none for its other networks; one that was stays one', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const last = (found: boolean) => chainOf(rulesetOf(plan, found), 'forward').at(-1) ?? '';
      assert.match(
        last(false),
        /^(iifname != "[^"]+" )?ct state != \{ established, related \} drop$/,
      );
      assert.not.match(last(true), /^ct state|^iifname !=/);
    }),
  );
});

test.run();
