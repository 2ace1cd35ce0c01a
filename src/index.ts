export { Archives, type OpenArchive } from './archive/archives.js';
export type { ArchiveMessage } from './archive/entry.js';
export { pictureAttachment } from './attachment.js';
export { type Clock, SYSTEM_CLOCK } from './clock.js';
export type { BackupStore, HostEntry } from './configure/backup.js';
export { CameraPush } from './configure/camera-push.js';
export type { Check } from './configure/check.js';
export {
  Configurator,
  type ConfigureJob,
  type ConfigureResult,
  type Kept,
} from './configure/configurator.js';
export { type DoctorJob, examine } from './configure/doctor.js';
export { Linkage, type LinkageResult, type LinkageWish } from './configure/linkage.js';
export type { Disarmed, LinkageMemory } from './configure/linkage-memory.js';
export { VstarcamConfigurator, type VstarcamJob } from './configure/vstarcam-configurator.js';
export { openAlertStream } from './device/alert-stream-door.js';
export { DeviceClient, type DeviceSettings } from './device/device-client.js';
export { askDeviceInfo, type CheckedInfo } from './device/device-info.js';
export { type DiscoveryOptions, discover } from './device/discovery.js';
export { LoginPauses } from './device/login-pause.js';
export { ownAddressTowards } from './device/own-address.js';
export { takeSnapshot } from './device/snapshot.js';
export type { SubscriptionWish } from './device/subscription.js';
export { VstarcamCgi } from './device/vstarcam-cgi.js';
export { AlarmError, type AlarmErrorCode, asAlarmError, ERROR_TEXTS } from './errors.js';
export {
  ALARM_KINDS,
  type Alarm,
  type AlarmEvent,
  type AlarmKind,
  type AlarmSeverity,
  type AlarmState,
  type Attachment,
  type AttachmentRole,
  type Device,
  type Region,
  type Transport,
  type VendorId,
} from './event.js';
export { createIds } from './event-id.js';
export { type FormatOptions, type FormatTarget, Formatter } from './format/formatter.js';
export { isAttachment, isEvent, type Message } from './format/incoming.js';
export type { Outgoing } from './format/message.js';
export type { Pictures } from './format/mqtt.js';
export { type Preview, previewOf } from './format/preview.js';
export type { TellingOptions } from './format/telling.js';
export type { KeepOptions } from './inbox/backlog.js';
export { Duplicates } from './inbox/duplicates.js';
export { Inbox } from './inbox/inbox.js';
export { type Disk, folderDisk } from './inbox/spool/disk.js';
export type { Sender } from './inbox/subscriptions.js';
export { DEVICE_LIMITS, type DeviceLimits, LIMITS, type Limits } from './limits.js';
export type { BodyPart, DeviceSign, Notification, Subscriber, Vendor } from './notification.js';
export { DeviceZone } from './routing/device-zone.js';
export { AlarmFilter, type FilterExits, type FilterOptions } from './routing/filter/alarm-filter.js';
export { FilterMemory, type Item, type Reason } from './routing/filter/memory.js';
export { type FilterSettings, filterRules } from './routing/filter/rules.js';
export { WithoutHistory } from './routing/history.js';
export { Pairing, type PairingMode } from './routing/pairing.js';
export { PictureFetch } from './routing/picture-fetch.js';
export { RecentlySeen } from './routing/recently-seen.js';
export type { AccessSettings } from './sources/access.js';
export { AlertStream, type StreamState } from './sources/alert-stream.js';
export { HttpListener, type ListenerOptions, type ListenerSettings } from './sources/http-listener.js';
export type { PortState } from './sources/http-port.js';
export type { Pushers } from './sources/keep-alives.js';
export { type UdpCounters, UdpListener, type UdpSettings } from './sources/udp-listener.js';
export { alarmTopic, deviceTopic } from './topic.js';
export { datagram } from './vendors/datagram.js';
export { VENDORS } from './vendors/index.js';
export { type ChannelRule, channelBy } from './vendors/isapi/channels.js';
export { type DeviceInfo, readClock, readDeviceInfo } from './vendors/isapi/device-info.js';
export type { PushTarget } from './vendors/isapi/host-changes.js';
export { isapi } from './vendors/isapi/index.js';
export { type SadpDevice, sadp } from './vendors/isapi/sadp.js';
export type { Trigger } from './vendors/isapi/triggers.js';
export { raysharp } from './vendors/raysharp/index.js';
export { dh, type FoundCamera } from './vendors/vstarcam/dh.js';
export { vstarcam } from './vendors/vstarcam/index.js';
export { isDenied, PUSH_FIELDS, shownSetting } from './vendors/vstarcam/push-config.js';
export { readMac } from './wire/mac.js';
export { WORDS } from './wording/index.js';
export { describe, deviceName, type Wording } from './wording.js';
