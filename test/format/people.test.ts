import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isCode } from '../../src/errors.js';
import { LIMITS } from '../../src/limits.js';
import { alarmEvent, anyAlarm, attachment, film, jpeg } from '../support/alarms.js';
import { inZone } from '../support/zone.js';
import { stateOf, trial } from './support.js';

/** What Telegram and mail programs count. */
const bytes = (number: number) => Buffer.alloc(number, 1);

describe('a mail', () => {
  const mail = (attachments: readonly unknown[], values: object = {}, event = alarmEvent()) => {
    const [message, ...more] = trial(values).formatter.format({ payload: event, attachments });
    assert.deepEqual(more, []);
    return message!;
  };

  test('has subject, text, and HTML with the pictures; films are attached without a place in it', () => {
    const message = mail([attachment(1), film(2)]);
    assert.equal(message.topic, 'Line crossing: Gate');
    assert.equal(message.plaintext, alarmEvent().text);
    const html = String(message.payload);
    assert.deepEqual(html.match(/src="cid:[^"]*"/g), [`src="cid:${attachment(1).cid}"`]);
    assert.match(html, /Line crossing – started<br>Gate, channel 1<br>/);
    assert.deepEqual(
      message.attachments?.map(({ filename, cid }) => [filename, cid]),
      [
        ['scene-1.jpg', attachment(1).cid],
        ['video-2.mp4', undefined],
      ],
    );
  });

  test('goes to whom the e-mail node says, unless it was set', () => {
    assert.equal('to' in mail([]), false);
    assert.equal(mail([], { to: 'a@example.com, b@example.com' }).to, 'a@example.com, b@example.com');
  });

  test('holds no more than mail servers take, and says what it left out', () => {
    const message = mail([
      attachment(1, { content: bytes(8_000_000) }),
      attachment(2, { content: bytes(8_000_000) }),
      attachment(3, { content: bytes(5_000_000) }),
    ]);
    assert.deepEqual(
      message.attachments?.map(({ filename }) => filename),
      ['scene-1.jpg', 'scene-3.jpg'],
    );
    assert.match(String(message.plaintext), /\nLeft out, as it would be too much: scene-2\.jpg$/);
    assert.match(String(message.payload), /Left out, as it would be too much: scene-2\.jpg/);
  });

  test('is whole for any alarm: one line, text that is text, pictures that are there', () => {
    fc.assert(
      fc.property(anyAlarm, fc.constantFrom('', 'fr'), ({ event, attachments }, language) => {
        const message = mail(attachments, { language, template: '' }, event);
        assert.match(String(message.topic), /^[^\0-\x1f]{1,200}$/u);
        assert.ok(String(message.plaintext).trim() !== '');
        const html = String(message.payload);
        assert.match(html, /<[a-z][\s\S]*>/i);
        const tags = new Set(html.match(/<\/?[^>]*>?/g)?.map((tag) => tag.replace(/ .*/s, '>')));
        const ours = ['!DOCTYPE', 'html', 'head', 'meta', 'title', '/title', '/head', 'body', 'p', 'strong'];
        const closing = ['/strong', '/p', 'br', 'img', '/body', '/html'];
        for (const tag of tags) assert.ok([...ours, ...closing].includes(tag.slice(1, -1)), tag);
        const named = [...html.matchAll(/src="cid:([^"]*)"/g)].map(([, cid]) => cid);
        assert.deepEqual(
          named,
          message.attachments?.flatMap(({ cid }) => cid ?? []),
        );
        const sent = message.attachments?.reduce((sum, { content }) => sum + (content?.length ?? 0), 0) ?? 0;
        assert.ok(sent * 1.36 < LIMITS.mailBytes);
      }),
    );
  });

  test('a content id that is none is replaced', () => {
    const html = String(mail([attachment(1, { cid: '"><script>@x' })]).payload);
    assert.match(html, /src="cid:1@camera-alarms"/);
  });
});

interface Sent {
  readonly type: string;
  readonly chatId: unknown;
  readonly caption?: string;
  readonly content: string | Buffer | readonly Medium[];
  readonly fileOptions?: object;
}

interface Medium {
  readonly type: string;
  readonly media: Buffer;
  readonly caption?: string;
}

describe('a Telegram message', () => {
  const sent = (
    attachments: readonly unknown[],
    values: object = {},
    event = alarmEvent(),
    limits: object = {},
  ) =>
    trial({ target: 'telegram', ...values }, limits)
      .formatter.format({ payload: event, attachments })
      .map(({ payload }) => payload as Sent);

  test('is a text, a photo, a film or a group, by what the alarm brings', () => {
    const types = (...attachments: unknown[]) => sent(attachments).map(({ type }) => type);
    assert.deepEqual(types(), ['message']);
    assert.deepEqual(types(attachment(1)), ['photo']);
    assert.deepEqual(types(film(1)), ['video']);
    assert.deepEqual(types(attachment(1), film(2)), ['mediaGroup']);
  });

  test('shows the text below the first picture of a group', () => {
    const [{ content } = {} as Sent] = sent([attachment(1), film(2)]);
    assert.deepEqual(
      (content as Medium[]).map(({ type, media, caption }) => [type, media, caption]),
      [
        ['photo', jpeg(1), alarmEvent().text],
        ['video', jpeg(2), undefined],
      ],
    );
  });

  test('goes to one chat or several: people, groups and channels', () => {
    const chat = (chatId: string) => sent([], { chatId })[0]?.chatId;
    assert.equal(chat(' 123456789 '), 123456789);
    assert.equal(chat('-1001234567890'), -1001234567890);
    assert.equal(chat('@gate_alarms'), '@gate_alarms');
    assert.deepEqual(chat('1, -2,, @gate_alarms'), [1, -2, '@gate_alarms']);
  });

  test('is refused without a chat', () => {
    for (const chatId of ['', ' , '])
      assert.throws(
        () => sent([], { chatId }),
        (error) => isCode(error, 'CHAT_MISSING'),
      );
  });

  test('leaves out what is more than ten, and says so in a caption that fits', () => {
    const many = Array.from({ length: 13 }, (_, index) => attachment(index + 1));
    const [message] = sent(many, {}, alarmEvent({ text: 'long '.repeat(400) }));
    const group = message?.content as Medium[];
    assert.equal(group.length, 10);
    const caption = group[0]?.caption ?? '';
    assert.ok(caption.length <= LIMITS.telegramCaption);
    assert.match(
      caption,
      /…\nLeft out, as it would be too much: scene-11\.jpg, scene-12\.jpg, scene-13\.jpg$/,
    );
  });

  test('sends a picture as a file when it is too large to be shown, before the text', () => {
    const large = attachment(1, { content: bytes(101) });
    const messages = sent([large, attachment(2)], {}, alarmEvent(), { telegramPhotoBytes: 100 });
    assert.deepEqual(
      messages.map(({ type }) => type),
      ['document', 'photo'],
    );
    assert.deepEqual(messages[0]?.fileOptions, { filename: 'scene-1.jpg', contentType: 'image/jpeg' });
  });

  test('keeps within what Telegram takes, for any alarm', () => {
    fc.assert(
      fc.property(anyAlarm, fc.constantFrom('', 'zh-CN'), ({ event, attachments }, language) => {
        for (const { type, content, caption } of sent(attachments, { language }, event)) {
          assert.ok(content.length > 0);
          const group = type === 'mediaGroup' ? (content as Medium[]) : [];
          if (type === 'mediaGroup') assert.ok(group.length >= 2 && group.length <= 10);
          assert.ok(group.every(({ media }) => media.length > 0));
          const text = typeof content === 'string' ? content : (caption ?? group[0]?.caption ?? '');
          assert.ok(text.length > 0);
          assert.ok(text.length <= (type === 'message' ? LIMITS.telegramText : LIMITS.telegramCaption));
          assert.doesNotMatch(text, /\p{Surrogate}/u);
        }
      }),
    );
  });
});

test('the state of a device is told by mail and in a chat, and what nobody confirmed with its pictures', () => {
  const offline = stateOf('offline');
  assert.equal(trial().formatter.format(offline)[0]?.topic, 'Gate is offline');
  const lost = { ...stateOf('undelivered', { alarm: alarmEvent() }), attachments: [attachment(1)] };
  const [message] = inZone('UTC', () => trial({ target: 'telegram' }).formatter.format(lost));
  const { type, caption } = (message?.payload ?? {}) as Sent;
  assert.equal(type, 'photo');
  assert.match(
    caption ?? '',
    /^Gate: an alarm was not delivered: 2026-11-22 07:15:31 UTC\n\nLine crossing – started\n/,
  );
});

test('what is no alarm is refused', () => {
  const event = alarmEvent();
  const others: unknown[] = [undefined, 'text', 7, [], {}, { event: 'online' }, { ...event, kind: 'x' }];
  others.push(
    { ...event, device: {} },
    { ...event, channel: 1e300 },
    { ...event, targets: [7] },
    { ...event, face: 3 },
  );
  for (const target of ['email', 'telegram', 'mqtt', 'homeassistant'] as const)
    for (const payload of others.slice(0, target === 'email' ? undefined : -1))
      assert.throws(
        () => trial({ target, language: 'pl' }).formatter.format({ payload }),
        (error) => isCode(error, 'NOT_AN_ALARM'),
        `${target} ${JSON.stringify(payload)}`,
      );
});
