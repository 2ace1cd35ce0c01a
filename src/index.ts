export { AlarmError, type AlarmErrorCode, asAlarmError, ERROR_TEXTS } from './errors.js';
export {
  ALARM_KINDS,
  type Alarm,
  type AlarmEvent,
  type AlarmKind,
  type AlarmState,
  type Attachment,
  type AttachmentRole,
  type Device,
  type Region,
  type Transport,
  type VendorId,
} from './event.js';
export type { Inbox, Sender } from './inbox/inbox.js';
export { LIMITS, type Limits } from './limits.js';
export type { BodyPart, DeviceSign, Notification, Subscriber, Vendor } from './notification.js';
export type { AccessSettings } from './sources/access.js';
export { HttpListener, type ListenerOptions, type ListenerSettings } from './sources/http-listener.js';
export type { PortState } from './sources/http-port.js';
export { VENDORS } from './vendors/index.js';
export { isapi } from './vendors/isapi/index.js';
export { WORDS } from './wording/index.js';
export { describe, type Wording } from './wording.js';
