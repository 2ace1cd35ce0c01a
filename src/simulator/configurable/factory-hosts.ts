/** The httpHosts of several generations as they leave the factory, in our own words (isapi.md §8.2, seeds 001 and 003). */

const VER20 = 'version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema"';
const ISAPI_ORG = 'version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"';
const PSIA = 'version="1.0" xmlns="urn:psialliance-org"';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export const NAMESPACES = { VER20, ISAPI_ORG, PSIA } as const;

/** Lines of a list: its slots, each of which is lines again. */
const list = (namespace: string, slotNamespace: string, ...slots: readonly (readonly string[])[]) =>
  [
    `${DECLARATION}<HttpHostNotificationList ${namespace}>`,
    ...slots.flatMap((lines) => [
      `<HttpHostNotification${slotNamespace}>`,
      ...lines,
      '</HttpHostNotification>',
    ]),
    '</HttpHostNotificationList>',
    '',
  ].join('\n');

/** What differs from slot to slot of a camera. */
export interface CameraSlot {
  readonly address: string;
  readonly port: number;
  readonly url: string;
  readonly protocol: string;
  readonly format: string;
  readonly authentication: string;
  readonly username: string;
}

/** Not used by anybody: 0.0.0.0, port 80 and the root (seed 003 §1.1). */
export const UNUSED_SLOT: CameraSlot = {
  address: '0.0.0.0',
  port: 80,
  url: '/',
  protocol: 'HTTP',
  format: 'XML',
  authentication: 'none',
  username: '',
};

/** Three slots of version 2.0, with httpBroken (isapi.md §8.2). */
export function cameraHosts(used: readonly Partial<CameraSlot>[] = []): string {
  const slots = [0, 1, 2].map((at) => {
    const slot = { ...UNUSED_SLOT, ...used[at] };
    return [
      `<id>${at + 1}</id>`,
      `<url>${slot.url}</url>`,
      `<protocolType>${slot.protocol}</protocolType>`,
      `<parameterFormatType>${slot.format}</parameterFormatType>`,
      '<addressingFormatType>ipaddress</addressingFormatType>',
      `<ipAddress>${slot.address}</ipAddress>`,
      `<portNo>${slot.port}</portNo>`,
      `<userName>${slot.username}</userName>`,
      `<httpAuthenticationMethod>${slot.authentication}</httpAuthenticationMethod>`,
      '<httpBroken>false</httpBroken>',
    ];
  });
  return list(VER20, '', ...slots);
}

/** One slot, with a vendor's own extension (isapi.md §8.2). */
export const RECORDER_HOSTS = list(ISAPI_ORG, ` ${ISAPI_ORG}`, [
  '<id>1</id>',
  '<url></url>',
  '<protocolType>HTTP</protocolType>',
  '<parameterFormatType>XML</parameterFormatType>',
  '<addressingFormatType>ipaddress</addressingFormatType>',
  '<ipAddress>0.0.0.0</ipAddress>',
  '<portNo>80</portNo>',
  '<userName></userName>',
  '<httpAuthenticationMethod>none</httpAuthenticationMethod>',
  '<Extensions>',
  '<intervalBetweenEvents>0</intervalBetweenEvents>',
  '</Extensions>',
]);

/** One slot of the first generation (isapi.md §8.2). */
export const PSIA_HOSTS = list(PSIA, ` ${PSIA}`, [
  '<id>1</id>',
  '<url>/</url>',
  '<protocolType>HTTP</protocolType>',
  '<parameterFormatType>XML</parameterFormatType>',
  '<addressingFormatType>ipaddress</addressingFormatType>',
  '<ipAddress>0.0.0.0</ipAddress>',
  '<portNo>80</portNo>',
  '<httpAuthenticationMethod>none</httpAuthenticationMethod>',
]);

const SUBSCRIPTION = [
  '<SubscribeEvent>',
  '<heartbeat>30</heartbeat>',
  '<eventMode>all</eventMode>',
  '</SubscribeEvent>',
];

const E_HOME = (id: number, address: string, port: string) => [
  `<id>${id}</id>`,
  '<url></url>',
  '<protocolType>EHome</protocolType>',
  '<parameterFormatType></parameterFormatType>',
  '<addressingFormatType>ipaddress</addressingFormatType>',
  `<ipAddress>${address}</ipAddress>`,
  `<portNo>${port}</portNo>`,
  '<httpAuthenticationMethod></httpAuthenticationMethod>',
];

const terminalSlot = (id: number) => [
  `<id>${id}</id>`,
  '<url>/</url>',
  '<protocolType>HTTP</protocolType>',
  '<parameterFormatType>XML</parameterFormatType>',
  '<addressingFormatType>ipaddress</addressingFormatType>',
  '<ipAddress>0.0.0.0</ipAddress>',
  '<portNo>80</portNo>',
  '<httpAuthenticationMethod>none</httpAuthenticationMethod>',
  ...SUBSCRIPTION,
];

/** Two slots, the second for EHome (isapi.md §8.2). */
export const TERMINAL_HOSTS = list(VER20, ` ${VER20}`, terminalSlot(1), E_HOME(2, '192.0.2.200', '15300'));

/** Two slots, the first for EHome and empty (wire-notes.md §3). */
export const STRICT_TERMINAL_HOSTS = list(VER20, '', E_HOME(1, '', ''), terminalSlot(2).slice(0, 8));

/** Two slots whose elements are all empty (isapi.md §8.2). */
export const DOOR_HOSTS = list(
  VER20,
  '',
  ...[1, 2].map((id) => [
    `<id>${id}</id>`,
    '<url></url>',
    '<protocolType></protocolType>',
    '<parameterFormatType></parameterFormatType>',
    '<addressingFormatType></addressingFormatType>',
    '<ipAddress></ipAddress>',
    '<portNo></portNo>',
    '<userName></userName>',
    '<httpAuthenticationMethod></httpAuthenticationMethod>',
  ]),
);

/** No slot before somebody adds one (isapi.md §8.1). */
export const GROWING_HOSTS = list(VER20, '');

/** One slot, indented, with a namespace of its own in each element that can have children (seed 003 §1.2). */
export const COUNTER_HOSTS = `${DECLARATION}<HttpHostNotificationList ${VER20}>
  <HttpHostNotification ${VER20}>
    <id>1</id>
    <url></url>
    <protocolType>HTTP</protocolType>
    <parameterFormatType>XML</parameterFormatType>
    <addressingFormatType>ipaddress</addressingFormatType>
    <ipAddress>0.0.0.0</ipAddress>
    <portNo>80</portNo>
    <userName></userName>
    <httpAuthenticationMethod>none</httpAuthenticationMethod>
  </HttpHostNotification>
</HttpHostNotificationList>
`;

/** What differs from slot to slot in JSON. */
const jsonSlot = (id: number, url: string) => `  {
   "id":  "${id}",
   "url":  "${url}",
   "protocolType":  "HTTP",
   "parameterFormatType ":  "json",
   "addressingFormatType":  "ipaddress",
   "ipAddress":  "ipv4",
   "ipv6Address":  "",
   "portNo":  7200,
   "httpAuthenticationMethod":  "none",
   "uploadImagesDataType":  "URL",
   "format":  "json",
   "eventType":  "alarmResult,captureResult"
  }`;

/**
 * As printed at the end of seed 001, slips included: a key with a trailing blank, the kind of an address in the place
 * of the address, several types in one text, a whole address as url whose port is another one, and the status of an
 * answer beside the list.
 */
export const JSON_HOSTS = `{
 "requestURL":  "/ISAPI/Event/notification/httpHosts",
 "statusCode":  1,
 "statusString":  "OK",
 "subStatusCode":  "ok",
 "errorCode":  1,
 "errorMsg":  "ok",
 "HttpHostNotification": [
${jsonSlot(1, 'http://203.0.113.19:9000/alarm')},
${jsonSlot(2, '')}
 ]
}
`;
