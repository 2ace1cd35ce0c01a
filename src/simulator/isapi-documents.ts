/** What a simulated Hikvision device reports. */
export interface SimulatedAlert {
  readonly eventType: string;
  readonly eventState: 'active' | 'inactive';
  readonly eventDescription: string;
  readonly channel: number;
  readonly channelName: string;
  /** Running number of the device (isapi.md §4). */
  readonly count: number;
  readonly time: Date;
  /** Minutes east of UTC of the device's clock. */
  readonly zone: number;
  readonly region?: SimulatedRegion;
  readonly plate?: string;
  /** Number of an alarm input. */
  readonly input?: number;
}

export interface SimulatedRegion {
  readonly id: number;
  readonly target: 'human' | 'vehicle';
  /** Corners, 0..1000. */
  readonly corners: ReadonlyArray<readonly [number, number]>;
}

/** Who a simulated device is. */
export interface SimulatedIdentity {
  readonly mac: string;
  readonly address: string;
  readonly serial: string;
}

/** An EventNotificationAlert of version 2.0, as IP cameras write it; recorders end their lines with LF (isapi.md §1.5). */
export function alertXml(alert: SimulatedAlert, who: SimulatedIdentity, lineEnd: '\r\n' | '\n'): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">',
    `<ipAddress>${who.address}</ipAddress>`,
    '<portNo>80</portNo>',
    '<protocol>HTTP</protocol>',
    `<macAddress>${who.mac}</macAddress>`,
    `<channelID>${alert.channel}</channelID>`,
    `<dateTime>${deviceTime(alert)}</dateTime>`,
    `<activePostCount>${alert.count}</activePostCount>`,
    `<eventType>${alert.eventType}</eventType>`,
    `<eventState>${alert.eventState}</eventState>`,
    `<eventDescription>${escapeXml(alert.eventDescription)}</eventDescription>`,
    `<channelName>${escapeXml(alert.channelName)}</channelName>`,
    ...(alert.input === undefined ? [] : [`<inputIOPortID>${alert.input}</inputIOPortID>`]),
    ...regionXml(alert.region),
    ...plateXml(alert.plate),
    '<Extensions version="1.0" xmlns="urn:psialliance-org">',
    `<serialNumber xmlns="urn:selfextension:psiaext-ver10-xsd">${who.serial}</serialNumber>`,
    '</Extensions>',
    '</EventNotificationAlert>',
    '',
  ];
  return lines.join(lineEnd);
}

function regionXml(region: SimulatedRegion | undefined): string[] {
  if (region === undefined) return [];
  const corners = region.corners.flatMap(([x, y]) => [
    '<RegionCoordinates>',
    `<positionX>${x}</positionX>`,
    `<positionY>${y}</positionY>`,
    '</RegionCoordinates>',
  ]);
  return [
    '<DetectionRegionList>',
    '<DetectionRegionEntry>',
    `<regionID>${region.id}</regionID>`,
    '<sensitivityLevel>50</sensitivityLevel>',
    '<RegionCoordinatesList>',
    ...corners,
    '</RegionCoordinatesList>',
    `<detectionTarget>${region.target}</detectionTarget>`,
    '</DetectionRegionEntry>',
    '</DetectionRegionList>',
  ];
}

function plateXml(plate: string | undefined): string[] {
  if (plate === undefined) return [];
  return [
    '<ANPR>',
    '<country>0</country>',
    `<licensePlate>${escapeXml(plate)}</licensePlate>`,
    '<line>1</line>',
    '</ANPR>',
  ];
}

/** The same as JSON: tab behind the colon and numbers as numbers, as access terminals write it (isapi.md §4). */
export function alertJson(alert: SimulatedAlert, who: SimulatedIdentity): string {
  const { region } = alert;
  const document = {
    ipAddress: who.address,
    portNo: 80,
    protocol: 'HTTP',
    macAddress: who.mac,
    channelID: alert.channel,
    dateTime: deviceTime(alert),
    activePostCount: alert.count,
    eventType: alert.eventType,
    eventState: alert.eventState,
    eventDescription: alert.eventDescription,
    channelName: alert.channelName,
    ...(alert.input !== undefined && { inputIOPortID: alert.input }),
    ...(region !== undefined && {
      DetectionRegionList: [
        {
          DetectionRegionEntry: {
            regionID: region.id,
            detectionTarget: region.target,
            RegionCoordinatesList: region.corners.map(([positionX, positionY]) => ({
              RegionCoordinates: { positionX, positionY },
            })),
          },
        },
      ],
    }),
  };
  return JSON.stringify(document, undefined, '\t').replaceAll('": ', '":\t');
}

function deviceTime({ time, zone }: SimulatedAlert): string {
  const local = new Date(time.getTime() + zone * 60_000).toISOString().slice(0, 19);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${local}${zone < 0 ? '-' : '+'}${two(Math.abs(zone) / 60)}:${two(Math.abs(zone) % 60)}`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
