import type { EventsBehaviour, Trigger } from './events-behaviour.js';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** How a device writes elements that have children. */
export interface Hand {
  readonly namespace: string;
  readonly style: EventsBehaviour['triggerStyle'];
  readonly blankFirst: boolean;
}

/** The opening tag of an element inside of a document: recorders repeat version and namespace there. */
const open = (name: string, { namespace, style }: Hand) =>
  style === 'recorder' ? `<${name} ${namespace}>` : `<${name}>`;

/** A whole document; cameras begin it with an empty line (isapi.md §9.3). */
export const document = (root: string, inside: string, { namespace, blankFirst }: Hand): string =>
  `${blankFirst ? '\n' : ''}${DECLARATION}<${root} ${namespace}>${inside}</${root}>\n`;

/** What stands between the tags of a trigger, as the factory wrote it. */
export function triggerInside({ id, eventType, channel = 1, methods }: Trigger, hand: Hand): string {
  const lines = [
    '',
    `<id>${id}</id>`,
    `<eventType>${eventType}</eventType>`,
    ...where(eventType, channel, hand.style),
    open('EventTriggerNotificationList', hand),
    ...methods.flatMap((method) => notification(method, channel, hand)),
    '</EventTriggerNotificationList>',
    '',
  ];
  return lines.join('\n');
}

/** The channel or the input: recorders number those of the network. */
function where(eventType: string, channel: number, style: Hand['style']): string[] {
  if (eventType === 'IO') return [`<inputIOPortID>${channel}</inputIOPortID>`];
  const dynamic = `<dynVideoInputChannelID>${channel}</dynVideoInputChannelID>`;
  return style === 'recorder'
    ? [dynamic]
    : [`<videoInputChannelID>${channel}</videoInputChannelID>`, dynamic];
}

function notification(method: string, channel: number, hand: Hand): string[] {
  const ofChannel = method === 'record';
  return [
    open('EventTriggerNotification', hand),
    `<id>${method}${ofChannel ? `-${channel}` : ''}</id>`,
    `<notificationMethod>${method}</notificationMethod>`,
    ...(ofChannel ? [`<videoInputID>${channel}</videoInputID>`] : []),
    ...(hand.style === 'recorder' ? [] : ['<notificationRecurrence>beginning</notificationRecurrence>']),
    '</EventTriggerNotification>',
  ];
}

/** All triggers, by what stands between their tags. */
export function triggerList(
  insides: readonly string[],
  root: EventsBehaviour['triggerRoot'],
  hand: Hand,
): string {
  const triggers = insides
    .map((inside) => `${open('EventTrigger', hand)}${inside}</EventTrigger>\n`)
    .join('');
  if (root === 'EventTriggerList') return document(root, `\n${triggers}`, hand);
  const list = `<EventTriggerList ${hand.namespace}>\n${triggers}</EventTriggerList>\n`;
  return document(root, `\n${list}`, hand);
}
