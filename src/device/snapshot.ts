import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import { classify, isCutPicture, isPicture } from '../wire/classify.js';
import type { DeviceAnswer, DeviceClient } from './device-client.js';
import { readResponseStatus } from './response-status.js';

const BUSY = 2;
const DEVICE_ERROR = 3;
const BAD_CONTENT = 6;

/**
 * A picture of what a camera sees now (isapi.md §10). A recorder that does not know the way for its own channels is
 * asked the way for cameras behind it; a device that is busy or had an error is asked once more.
 * @param channel from 1
 * @param stream 1 main, 2 sub, 3 third
 * @returns the bytes of a whole JPEG or PNG
 * @throws AlarmError `CHANNEL_INVALID`, `SNAPSHOT_REFUSED` with the device's word for why, `SNAPSHOT_NO_PICTURE`, and those of the client
 */
export async function takeSnapshot(client: DeviceClient, channel: number, stream: number): Promise<Buffer> {
  if (!isWhole(channel, 1, 9_999) || !isWhole(stream, 1, 99)) throw new AlarmError('CHANNEL_INVALID');
  const id = channel * 100 + stream;
  const direct = `/ISAPI/Streaming/channels/${id}/picture`;
  let answer = await client.request({ path: direct });
  const code = readResponseStatus(answer.body, client.generalLimits)?.code;
  if (code === BAD_CONTENT) {
    answer = await client.request({ path: `/ISAPI/ContentMgmt/StreamingProxy/channels/${id}/picture` });
  } else if (code === BUSY || code === DEVICE_ERROR || isCutPicture(answer.body)) {
    answer = await client.request({ path: direct });
  }
  return pictureOf(answer, client.generalLimits);
}

/** An error may come with status 200: only what is a picture counts. */
function pictureOf(answer: DeviceAnswer, limits: Limits): Buffer {
  if (isPicture(classify(answer.body)) && !isCutPicture(answer.body)) return answer.body;
  const status = readResponseStatus(answer.body, limits);
  if (status !== undefined)
    throw new AlarmError('SNAPSHOT_REFUSED', `${status.code} ${status.reason}`.trim());
  throw new AlarmError('SNAPSHOT_NO_PICTURE', `status ${answer.status}`);
}

const isWhole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;
