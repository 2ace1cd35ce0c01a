import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import {
  centersOf,
  notificationsOf,
  withCenter,
  withoutRecurrence,
} from '../../src/vendors/isapi/trigger-center.js';
import { readTriggers, sayTheSame, TriggerDocuments } from '../../src/vendors/isapi/triggers.js';

test('a trigger changed and changed back is the same, byte by byte', () => {
  const prefixed = Buffer.from(
    '\n<?xml version="1.0"?><n:EventTrigger xmlns:n="urn:x"><n:id>VMD-2</n:id><n:EventTriggerNotificationList>\n  <n:EventTriggerNotification><n:id>beep</n:id><n:notificationMethod>beep</n:notificationMethod></n:EventTriggerNotification>\n</n:EventTriggerNotificationList></n:EventTrigger>',
  );
  const on = withCenter(prefixed, true, LIMITS);
  assert.equal(
    on.toString(),
    prefixed
      .toString()
      .replace(
        '</n:EventTriggerNotification>',
        '</n:EventTriggerNotification>\n  <n:EventTriggerNotification><n:id>center</n:id><n:notificationMethod>center</n:notificationMethod></n:EventTriggerNotification>',
      ),
  );
  assert.equal(readTriggers(on, LIMITS)[0]?.center, true);
  assert.deepEqual(withCenter(on, false, LIMITS), prefixed);
  assert.deepEqual(withCenter(prefixed, false, LIMITS), prefixed);
  assert.deepEqual(withCenter(on, true, LIMITS), on);
  const bare = Buffer.from('<EventTrigger><id>IO-1</id></EventTrigger>');
  assert.equal(
    withCenter(bare, true, LIMITS).toString(),
    '<EventTrigger><id>IO-1</id><EventTriggerNotificationList><EventTriggerNotification><id>center</id><notificationMethod>center</notificationMethod><notificationRecurrence>beginning</notificationRecurrence></EventTriggerNotification></EventTriggerNotificationList></EventTrigger>',
  );
});

const notification = (method: string, more = '') =>
  `<EventTriggerNotification><id>${method}</id><notificationMethod>${method}</notificationMethod>${more}</EventTriggerNotification>`;
const RECURRING = '<notificationRecurrence>recurring</notificationRecurrence>';
const trigger = (inside: string, id = 'VMD-1') =>
  `<EventTrigger>\n<id>${id}</id>\n<EventTriggerNotificationList>${inside}</EventTriggerNotificationList>\n</EventTrigger>`;

for (const [what, inside] of Object.entries({
  'the only one': `\n${notification('center')}\n`,
  'the first': `\n${notification('center', RECURRING)}\n${notification('record')}\n`,
  'in the middle': ` ${notification('record')}\r\n\t${notification('center', RECURRING)} ${notification('email')}`,
  'the last': `${notification('record')}${notification('center')}`,
  'twice and apart': `\n${notification('center', RECURRING)}\n${notification('record')}\n ${notification('center')}\n`,
  'twice and alone': `${notification('center')} ${notification('center', RECURRING)}`,
  'with letters of any kind': `${notification('record')}\n${notification('center', '<note>中心 é</note>')}`,
})) {
  test(`what was cut out comes back as it was, byte by byte: ${what}`, () => {
    const before = Buffer.from(trigger(inside));
    // It is kept in a file.
    const cut = JSON.parse(JSON.stringify(centersOf(before, LIMITS))) as ReturnType<typeof centersOf>;
    const off = withCenter(before, false, LIMITS);
    assert.equal(readTriggers(off, LIMITS)[0]?.center, false);
    assert.equal(withCenter(off, true, LIMITS, { cut }).toString(), before.toString());
  });
}

test('what was cut out comes back to a list that the device wrote anew', () => {
  const cut = centersOf(
    Buffer.from(trigger(`${notification('record')}\n${notification('center', RECURRING)}`)),
    LIMITS,
  );
  const center = `\n${notification('center', RECURRING)}`;
  const armed = (document: string) => withCenter(Buffer.from(document), true, LIMITS, { cut }).toString();
  // Fewer are there than there were.
  assert.equal(armed(trigger('')), trigger(center));
  const bare = trigger('').replace('></EventTriggerNotificationList>', ' a="1" />');
  assert.equal(armed(bare), trigger(center).replace('<EventTriggerNotificationList', '$& a="1"'));
  const none = '<n:EventTrigger xmlns:n="urn:x"><n:id>IO-1</n:id></n:EventTrigger>';
  const [before, after] = ['<n:EventTriggerNotificationList>', '</n:EventTriggerNotificationList>'];
  assert.equal(armed(none), none.replace('</n:EventTrigger>', `${before}${center}${after}$&`));
});

test('how often the center is told is as the device does it elsewhere', () => {
  const recurrence = (...insides: string[]) =>
    new TriggerDocuments(
      insides.map((inside) => Buffer.from(trigger(inside))),
      LIMITS,
    ).recurrence;
  const beginning = '<notificationRecurrence>beginning</notificationRecurrence>';
  assert.equal(recurrence(notification('email', beginning), notification('center', RECURRING)), 'recurring');
  assert.equal(recurrence(notification('email', beginning), notification('center')), undefined);
  assert.equal(recurrence('', notification('email', RECURRING)), 'recurring');
  assert.equal(recurrence('', notification('email')), undefined);
  assert.equal(recurrence('', ''), 'beginning');
});

test('only how often the center is told is left out', () => {
  const both = (center: string) => Buffer.from(trigger(notification('record', RECURRING) + center));
  assert.deepEqual(
    withoutRecurrence(both(notification('center', RECURRING)), LIMITS),
    both(notification('center')),
  );
  assert.equal(withoutRecurrence(both(notification('center')), LIMITS), undefined);
});

test('notifications by themselves, where there are any', () => {
  const alone = notificationsOf(Buffer.from(trigger(notification('email'))), LIMITS)?.toString();
  assert.match(
    alone ?? '',
    /^<\?xml.*\n<EventTriggerNotificationList><EventTriggerNotification><id>email<\/id>/,
  );
  assert.equal(notificationsOf(Buffer.from('<EventTrigger><id>IO-1</id></EventTrigger>'), LIMITS), undefined);
});

test('documents that say the same in another hand, and such that do not', () => {
  const one = Buffer.from(trigger(notification('email')));
  const other = `<EventTrigger version="2.0" xmlns="urn:x"> <id> VMD-1</id><EventTriggerNotificationList>\n${notification('email')}\n</EventTriggerNotificationList></EventTrigger>`;
  assert.ok(sayTheSame(one, Buffer.from(other), LIMITS));
  for (const [from, to] of [
    ['VMD-1', 'VMD-2'],
    ['<id> VMD-1</id>', ''],
    ['<id> VMD-1</id>', '<ID>VMD-1</ID>'],
    [/<EventTriggerNotification>.*<\/EventTriggerNotification>/, ''],
  ] as const)
    assert.ok(!sayTheSame(one, Buffer.from(other.replace(from, to)), LIMITS), String(from));
});

test('lists of large recorders are read in no time, and larger ones not at all', () => {
  // Namespaces in every element, as recorders write them.
  const spaced = notification('center').replace(
    '>',
    ' version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">',
  );
  const list = (channels: number) => {
    const all = Array.from({ length: channels }, (_, at) => trigger(spaced.repeat(6), `VMD-${at + 1}`));
    return Buffer.from(`<EventTriggerList>${all.join('')}</EventTriggerList>`);
  };
  const largest = list(3_400);
  assert.ok(largest.length > 3_800_000 && largest.length < 4 * 1024 * 1024, `${largest.length} bytes`);
  const began = performance.now();
  const documents = new TriggerDocuments([largest], LIMITS);
  assert.equal(documents.triggers.length, 3_400);
  assert.ok(performance.now() - began < 1_000, 'it takes too long');
  assert.equal(readTriggers(documents.documentOf('VMD-3400') as Buffer, LIMITS)[0]?.id, 'VMD-3400');
  assert.throws(() => readTriggers(list(3_600), LIMITS), { code: 'CONFIG_UNREADABLE' });
  const many = `<EventTriggerList>${'<a/>'.repeat(100_000)}</EventTriggerList>`;
  assert.throws(() => readTriggers(Buffer.from(many), LIMITS), { code: 'CONFIG_UNREADABLE' });
});
