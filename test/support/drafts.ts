import { pictureAttachment } from '../../src/attachment.js';
import type { AlarmEvent, Draft } from '../../src/event.js';
import type { AlarmDraft } from '../../src/notification.js';

export const RECORDER_MAC = '00:00:5e:00:53:31';
export const RECORDER_ADDRESS = '192.0.2.31';

/** A draft as a decoder makes it, with this of its event changed. */
export function draftOf(event: Partial<AlarmEvent> = {}, marks: Partial<AlarmDraft> = {}): AlarmDraft {
  const whole: Draft<AlarmEvent> = {
    schema: 1,
    id: '',
    vendor: 'raysharp',
    transport: 'http-push',
    device: { id: RECORDER_MAC, mac: RECORDER_MAC, address: RECORDER_ADDRESS },
    channel: 1,
    channelRaw: 'CH1',
    type: 'lcd',
    kind: 'line-crossing',
    state: 'active',
    severity: 'low',
    time: '2026-11-22T07:15:30',
    receivedAt: '2026-11-22T07:15:31.204Z',
    targets: [],
    regions: [],
    title: '',
    text: '',
    document: {},
    ...event,
  };
  return { event: whole, attachments: [], ...marks };
}

/** A picture that only says which one it is. */
export const pictureOf = (word: string, number = 1) =>
  pictureAttachment(Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.from(word)]), 'scene', number, '');
