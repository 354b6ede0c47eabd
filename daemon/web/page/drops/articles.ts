/** What a coming drop sells, as a part of its form. */

import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { Article } from '../../../config/drop.ts';
import { fromBox, labelTexts, language, stageTexts, planTexts as text } from '../text/texts.ts';
import { h, setText } from '../ui/dom.ts';
import { fileField } from '../ui/file-field.ts';
import { type ArticleValues, articlesOf, minorOf, newArticle, valuesOf } from './article-fields.ts';
import { type Field, field, input, select } from './field.ts';

interface Row {
  readonly element: HTMLElement;
  readonly name: HTMLInputElement;
  readonly read: () => ArticleValues;
  /**
   * @param key As drops.yaml has it.
   * @param reason As the box has it.
   */
  readonly showFault: (key: string, reason: string) => void;
  readonly clearFaults: () => void;
}

export function articlesFields(before: readonly Article[]) {
  let rows: readonly Row[] = [];
  const list = h('div', { class: 'articles' });
  const none = h('p', { class: 'calm' }, text.nothingSold);
  const put = (values: ArticleValues) => {
    const row = openRow(values, () => {
      rows = rows.filter((other) => other !== row);
      row.element.remove();
      none.hidden = rows.length > 0;
    });
    rows = [...rows, row];
    list.append(row.element);
    none.hidden = true;
    return row;
  };
  for (const article of before) put(valuesOf(article));
  const add = h('button', { type: 'button', class: 'quiet' }, text.addItem);
  add.addEventListener('click', () => {
    const last = rows.at(-1)?.read().currency ?? 'EUR';
    put(newArticle(last)).name.focus();
  });
  const title = h('legend', {}, text.itemsForSale);
  return {
    element: h('fieldset', {}, title, none, list, h('div', { class: 'row' }, add)),
    /** As drops.yaml has it. */
    read: () => articlesOf(rows.map((row) => row.read())),
    clearFaults: () => {
      for (const row of rows) row.clearFaults();
    },
    /** False where the path is none of an article. */
    showFault: (path: string, reason: string): boolean => {
      const [, index, key = ''] = /^catalogue\.(\d+)(?:\.(\w+))?$/.exec(path) ?? [];
      const row = rows[Number(index)];
      if (index === undefined || row === undefined) return false;
      row.showFault(key, reason);
      return true;
    },
  };
}

/** The keys that a fault may be about, beside the field that a person sees. */
const FIELD_OF: Readonly<Record<string, string>> = { stock: 'count', edition: 'count', id: 'name' };

function openRow(values: ArticleValues, onRemove: () => void): Row {
  const controls = openControls(values);
  const { name } = controls;
  const fields = fieldsOf(controls);
  const heading = h('strong', {}, values.name === '' ? text.newItem : values.name);
  name.addEventListener('input', () => setText(heading, name.value.trim() || text.newItem));
  const remove = h('button', { type: 'button', class: 'quiet' }, stageTexts.remove);
  remove.addEventListener('click', onRemove);
  const fault = h('p', { class: 'fault', role: 'alert' });
  const id =
    values.id === '' ? undefined : h('small', {}, fill(text.idInOrders, { id: values.id }));
  const head = h('div', { class: 'head' }, heading, remove);
  const parts = Object.values(fields);
  return {
    element: h('div', { class: 'article' }, head, id, ...parts.map((one) => one.element), fault),
    name,
    read: () => ({ ...valuesIn(controls), id: values.id }),
    showFault: (key, reason) => {
      const one = (fields as Record<string, Field>)[FIELD_OF[key] ?? key];
      setText(one?.fault ?? fault, inWords(key, reason, valuesIn(controls)));
    },
    clearFaults: () => {
      for (const one of [fault, ...parts.map((part) => part.fault)]) setText(one, '');
    },
  };
}

/** The box counts in cents, which no person wrote. */
function inWords(key: string, reason: string, values: Omit<ArticleValues, 'id'>): string {
  if (key !== 'price' && key !== 'flash_price') return fromBox(reason);
  const { price, flashPrice, currency } = values;
  const [normal, flash] = [minorOf(price, currency), minorOf(flashPrice, currency)];
  const isAbove = typeof normal === 'number' && typeof flash === 'number' && flash > normal;
  return key === 'flash_price' && isAbove ? text.flashAbove : text.priceForm;
}

type Controls = ReturnType<typeof openControls>;

function openControls(values: ArticleValues) {
  const limit = select([
    ['none', text.asOrdered],
    ['stock', text.aStock],
    ['edition', text.anEdition],
  ]);
  limit.value = values.limit;
  const collector = h('input', { type: 'checkbox' });
  collector.checked = values.isCollector;
  return {
    name: input({ required: '', maxlength: '80', value: values.name }),
    price: input({ required: '', inputmode: 'decimal', value: values.price }),
    currency: currencies(values.currency),
    limit,
    count: input({ inputmode: 'numeric', maxlength: '7', value: values.count }),
    perOrder: input({ inputmode: 'numeric', maxlength: '3', value: values.perOrder }),
    flash: input({ inputmode: 'decimal', value: values.flashPrice }),
    collector,
    link: input({ maxlength: '500', value: values.checkoutUrl, placeholder: 'https://' }),
    picture: input({
      ...{ maxlength: '500', value: values.pictureFile },
      placeholder: text.pictureHint,
    }),
  };
}

/** By their keys in drops.yaml. */
function fieldsOf(controls: Controls) {
  const { limit, count } = controls;
  const fields = {
    name: field(labelTexts.name, controls.name),
    price: field(text.price, controls.price),
    currency: field(labelTexts.currency, controls.currency),
    limit: field(text.howMany, limit),
    count: field(text.pieces, count),
    max_per_order: field(text.perOrder, controls.perOrder),
    flash_price: field(text.flashPrice, controls.flash),
    collector: field(text.firstMinutesItem, controls.collector, 'check'),
    checkout_url: field(labelTexts.checkout_url, controls.link),
    picture_file: field(stageTexts.picture, fileField(controls.picture, 'picture')),
  };
  const show = () => {
    fields.count.element.hidden = limit.value === 'none';
    count.required = limit.value !== 'none';
  };
  limit.addEventListener('change', show);
  show();
  return fields;
}

function valuesIn(controls: Controls): Omit<ArticleValues, 'id'> {
  const { name, price, currency, limit, count, perOrder, flash, collector } = controls;
  return {
    ...{ name: name.value, price: price.value, currency: currency.value },
    ...{ limit: limit.value as ArticleValues['limit'], count: count.value },
    ...{ perOrder: perOrder.value, flashPrice: flash.value, isCollector: collector.checked },
    ...{ checkoutUrl: controls.link.value, pictureFile: controls.picture.value },
  };
}

function currencies(chosen: string): HTMLSelectElement {
  const names = new Intl.DisplayNames(language, { type: 'currency' });
  const all = new Set([...Intl.supportedValuesOf('currency'), chosen]);
  const choice = select(
    [...all].map((code) => {
      const name = names.of(code) ?? code;
      return [code, name === code ? code : `${code} – ${name}`];
    }),
  );
  choice.value = chosen;
  return choice;
}
