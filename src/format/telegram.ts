import { AlarmError } from '../errors.js';
import type { Attachment } from '../event.js';
import type { Limits } from '../limits.js';
import { cut } from './cut.js';
import { isFilm, type Outgoing } from './message.js';

/** Which pictures and films go into the one message with the text, which by themselves, and which not at all. */
export interface ForTelegram {
  readonly together: readonly Attachment[];
  /** Too large for a picture that is shown, and sent as a file. */
  readonly files: readonly Attachment[];
  readonly leftOut: readonly string[];
}

/** @see https://core.telegram.org/bots/api#sending-files and #sendmediagroup */
export function fitForTelegram(attachments: readonly Attachment[], limits: Limits): ForTelegram {
  const within = (each: Attachment, most: number) => each.content.length > 0 && each.content.length <= most;
  const known = attachments.filter((each) => within(each, limits.telegramFileBytes));
  const shown = known.filter((each) => isFilm(each) || within(each, limits.telegramPhotoBytes));
  const together = shown.slice(0, limits.telegramGroup);
  const files = known.filter((each) => !shown.includes(each)).slice(0, limits.telegramGroup);
  const leftOut = attachments.filter((each) => !together.includes(each) && !files.includes(each));
  return { together, files, leftOut: leftOut.map(({ filename }) => filename) };
}

/**
 * Messages as the sender of node-red-contrib-telegrambot takes them. The text goes as plain text, so that Telegram
 * counts the same letters as we do.
 * @param leftOut a line that stays whole behind the text, '' for none
 * @param chatId one chat or a comma list: numbers, negative for groups, or names of channels such as `@gate`
 * @returns the one with the text last
 * @throws AlarmError `CHAT_MISSING`
 */
export function telegramMessages(
  text: string,
  leftOut: string,
  { together, files }: Omit<ForTelegram, 'leftOut'>,
  chatId: string,
  limits: Limits,
): Outgoing[] {
  const chat = chatOf(chatId);
  const told = (most: number) => cut(text, most - leftOut.length) + leftOut;
  const caption = told(limits.telegramCaption);
  const alone = (each: Attachment, type: string) => ({
    chatId: chat,
    type,
    content: each.content,
    fileOptions: fileOptions(each),
  });
  const [first] = together;
  const main =
    first === undefined
      ? { chatId: chat, type: 'message', content: told(limits.telegramText) }
      : together.length === 1
        ? { ...alone(first, typeOf(first)), caption }
        : {
            chatId: chat,
            type: 'mediaGroup',
            content: together.map((each, index) => media(each, index, caption)),
          };
  return [...files.map((each) => ({ payload: alone(each, 'document') })), { payload: main }];
}

const typeOf = (attachment: Attachment) => (isFilm(attachment) ? 'video' : 'photo');

/** Telegram shows the text of the first one as that of the group. */
function media(attachment: Attachment, index: number, caption: string) {
  return {
    type: typeOf(attachment),
    media: attachment.content,
    fileOptions: fileOptions(attachment),
    ...(index === 0 && { caption }),
  };
}

const fileOptions = ({ filename, contentType }: Attachment) => ({ filename, contentType });

/** @throws AlarmError `CHAT_MISSING` */
function chatOf(list: string): number | string | (number | string)[] {
  const chats = list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => (/^-?\d{1,15}$/.test(each) ? Number(each) : each));
  const [first] = chats;
  if (first === undefined) throw new AlarmError('CHAT_MISSING');
  return chats.length === 1 ? first : chats;
}
