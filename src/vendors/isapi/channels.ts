/** How the channel numbers of a device are meant. */
export type ChannelRule = 'as-sent' | 'ip-after-32';

/** Analogue inputs of a hybrid recorder; its IP cameras are numbered behind them (isapi.md §4 channelID). */
const ANALOGUE_CHANNELS = 32;

/**
 * The number of a channel as people count. Hybrid recorders call their first IP camera 33: nothing in an event tells
 * such a recorder from one with more than 32 channels, so the rule has to be chosen.
 */
export function channelBy(rule: ChannelRule, channel: number): number {
  return rule === 'ip-after-32' && channel > ANALOGUE_CHANNELS ? channel - ANALOGUE_CHANNELS : channel;
}
