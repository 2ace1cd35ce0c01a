import type { AlarmEvent } from '../event.js';

/** Device, channel and type: JSON, so that no name can look like two. The input port is a place as a channel is. */
export function placeOf({ device, channel, channelRaw = '', type, input, panel }: AlarmEvent): string {
  // Recorders count analogue and IP cameras each from 1: `CH1` is not `IP_CH1`.
  const where = /[a-z]/i.test(channelRaw) ? channelRaw : (channel ?? 0);
  const what = panel === undefined ? type.toLowerCase() : [panel.code.slice(-3), panel.zone ?? null];
  return JSON.stringify([device.id, where, what, input ?? null]);
}
