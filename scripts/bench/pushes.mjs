// What cameras push: requests with a mark where the number of the alarm goes, as equal pushes are one alarm.
import { GATE_SCENES } from '../../dist/src/simulator/hikvision.js';
import { MULTIPART, multipartBody, pushRequest } from '../../dist/src/simulator/http-push.js';
import { alertXml } from '../../dist/src/simulator/isapi-documents.js';
import { enlarged, picture } from '../../dist/src/simulator/picture.js';

/** In place of the device's running number. */
export const MARKER = '90000000';

function alert() {
  const identity = { mac: '00:00:5e:00:53:01', address: '192.0.2.7', serial: 'SIM-CAMERA-1' };
  const [, motion] = GATE_SCENES;
  return alertXml(
    { ...motion, eventState: 'active', count: MARKER, time: new Date(), zone: 60 },
    identity,
    '\r\n',
  );
}

/** About a kilobyte. */
export const xmlPush = (target) =>
  pushRequest(target, 'application/xml; charset="UTF-8"', Buffer.from(alert()));

export function picturePush(target, bytes = 300 * 1024) {
  const jpeg = enlarged(picture('gate-scene'), bytes);
  const parts = [
    { name: 'VMD.xml', filename: 'VMD.xml', contentType: 'application/xml', bytes: alert() },
    { name: 'VMD.jpg', filename: 'VMD.jpg', contentType: 'image/jpeg', bytes: jpeg },
  ];
  return pushRequest(target, MULTIPART, multipartBody(parts));
}

/** The same for a device that keeps its connection. */
export const keptAlive = (request) =>
  Buffer.from(request.toString('latin1').replace('Connection: close', 'Connection: keep-alive'), 'latin1');
