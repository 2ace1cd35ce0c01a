import type { ServerResponse } from 'node:http';
import { alertXml } from '../isapi-documents.js';
import { CAMERA_STYLE, streamParts, XML_PART } from '../stream-bytes.js';
import type { DeviceBehaviour } from './device-behaviour.js';

/**
 * The alertStream with nothing but heartbeats, the first at once: without length, until one of both closes it
 * (isapi.md §1.1, §2.1).
 * @param now milliseconds since 1970 by the clock of the device
 */
export function openStream(response: ServerResponse, behaviour: DeviceBehaviour, now: () => number): void {
  const { boundary, lineEnd } = CAMERA_STYLE;
  const { who, zone, heartbeatMs } = behaviour;
  // A body that ends with its connection.
  response.removeHeader('Transfer-Encoding');
  response.writeHead(200, {
    'MIME-Version': '1.0',
    Connection: 'close',
    'Content-Type': `multipart/mixed; boundary=${boundary}`,
  });
  response.flushHeaders();
  if (heartbeatMs <= 0) return;
  const beat = () => {
    const bytes = alertXml(
      {
        eventType: 'videoloss',
        eventState: 'inactive',
        eventDescription: 'videoloss alarm',
        channel: 1,
        channelName: '',
        count: 0,
        time: new Date(now()),
        zone,
      },
      who,
      lineEnd,
    );
    response.write(streamParts([{ contentType: XML_PART, bytes }], CAMERA_STYLE));
  };
  beat();
  const timer = setInterval(beat, heartbeatMs);
  response.on('close', () => clearInterval(timer));
}
