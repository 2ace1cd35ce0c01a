const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Every limit of the package. Bytes unless the name says otherwise; times in
 * milliseconds. A synchronous parse cannot be interrupted, so the document limits are what keeps one decode below 50 ms.
 */
export const LIMITS = {
  /** A camera sends its head in one go; a slower peer is holding a connection open. */
  headersTimeoutMs: 10_000,
  /** 8 MiB over a poor Wi-Fi link take about half of this. */
  requestTimeoutMs: 60_000,
  /** How late a timeout may be noticed; with the linger time below, a peer is gone within a second of it. */
  checkIntervalMs: 500,
  /** Devices open a connection per event (seed 003 §1); an idle one is of no use to them. */
  keepAliveTimeoutMs: 5_000,
  /** Node's own default; longest head seen from a camera is below 1 KiB. */
  requestHeadBytes: 16 * KIB,
  requestHeadLines: 64,
  requestsPerConnection: 100,
  /** Served and waiting connections of all addresses; beyond it one of an address that has pushed nothing is closed. */
  connections: 256,
  /** Served at the same time for one address; further ones wait, so that a burst is slowed and not lost. */
  connectionsPerAddress: 16,
  /** Waiting connections of one address; beyond it they are closed so that others still get in. */
  waitingPerAddress: 48,
  /** Three 8 MiB pictures and their document, with room. */
  bodyBytes: 32 * MIB,
  /** Bodies held at one time over all connections. */
  bodyBytesInMemory: 128 * MIB,
  /** Read from a peer that was refused, so that it sees the answer before the connection closes. */
  refusedBodyBytes: 48 * KIB,
  refusedLingerMs: 500,
  /** An ISAPI push has at most about ten pictures. */
  parts: 64,
  partHeaderBytes: 8 * KIB,
  partHeaderLines: 32,
  boundaryBytes: 200,
  documentBytes: 256 * KIB,
  xmlElements: 5_000,
  xmlAttributes: 2_000,
  xmlAttributesPerElement: 64,
  jsonKeys: 10_000,
  depth: 32,
  pictureBytes: 8 * MIB,
  videoBytes: 24 * MIB,
  /** Bytes of an undecodable request that are kept for the flow. */
  rawBytes: 64 * KIB,
  /** A part of a stream that was announced, or has begun, is waited for this long. */
  pictureWaitMs: 2_000,
  /** One that keeps growing, on a slow link, is waited for up to this. */
  pictureMostMs: 20_000,
  /** A part of a stream that takes longer is looked at for what does not belong to it, each time this has passed. */
  partDoubtMs: 2_000,
  /** However slowly it comes: longer than the largest picture takes over a poor link. */
  partMostMs: 120_000,
  /** Behind a picture, where it is not known how many come. */
  pictureGapMs: 200,
  /** A picture that comes no later than this behind its event goes on with it once more. */
  pictureLateMs: 10_000,
  /** Silence of a stream: three heartbeats, but no less and no more than this (isapi.md §2.3). */
  silenceLeastMs: 30_000,
  silenceMostMs: 90_000,
  /** Silence of a device that pushes signs of life: every 1, 5 or 10 minutes (raysharp §1.3), or as set in it (VStarcam). */
  keepAliveLeastMs: 30_000,
  keepAliveMostMs: 900_000,
  /** A picture that comes in a delivery of its own is waited for this long, and waits as long for its event. */
  pictureJoinMs: 3_000,
  /** Events and pictures that wait so, per path; beyond it the oldest goes on as it is. */
  joining: 256,
  joiningBytes: 32 * MIB,
  /** What a device sends twice, to two servers, comes within seconds; a second press of a bell is later. */
  duplicateMs: 5_000,
  duplicates: 10_000,
  /** The same notification, with the time the device gave it, comes again within this: it was not answered in time. */
  sameNotificationMs: 120_000,
  /** Alarms on their way through a flow at one time, per path; what comes then waits on disk. */
  inFlight: 256,
  /** A flow has done with an alarm what it does at once, such as writing a file. */
  flowMs: 500,
  /** Kept until they are dealt with: a night of alarms with pictures while the mail server is down. */
  spoolEvents: 10_000,
  spoolBytes: 256 * MIB,
  /** Small enough to be removed soon, large enough that a busy recorder makes a new one every few seconds only. */
  spoolSegmentBytes: 16 * MIB,
  /** After a week nobody wants to know. */
  spoolAgeHours: 168,
  /** A disk that could not be written to is tried again after this. */
  spoolRetryMs: 2_000,
  /** Alarms that come once more, in a second: flows and mail servers are busy when they start. */
  redeliveriesPerSecond: 50,
  /** An alarm nobody confirmed is given out again after this, doubled up to the second figure, so many times in all. */
  confirmMs: 30_000,
  confirmMostMs: 900_000,
  /** Up to these it takes more than two hours: a mail server may be down for one. */
  confirmTries: 12,
  /** Conditions remembered per path, such as that of a disk or of a recorder's camera. */
  conditions: 10_000,
  /** Between two tries to open a stream: doubled up to the second figure, with jitter. */
  reconnectLeastMs: 1_000,
  reconnectMostMs: 30_000,
  /** A stream that was good for this long is tried again as quickly as the first time. */
  healthyMs: 60_000,
  /** Some recorders end every stream after about 40 s (isapi.md §1.9): the waits between those do not grow. */
  steadyMs: 30_000,
  /** Devices keep a place that is not given back properly for about two minutes (isapi.md §1.9). */
  busyRetryMs: 120_000,
  /** After a refused login, doubled up to the second figure: about five wrong ones lock the account (isapi.md §11.4). */
  loginRetryMs: 300_000,
  loginRetryMaxMs: 3_600_000,
  /** A device that heard 503 is asked to wait this long. */
  retryAfterSeconds: 5,
  /** The same complaint about the same address is told once in this time. */
  complaintIntervalMs: 60_000,
  complaintKeys: 1_000,
  /** Requests without a login that an address may send before one with. */
  knocks: 3,
  /** Devices remembered as heard of, per node. */
  knownDevices: 1_000,
  /** Nonces of the Digest login: how long one is good, and how many are remembered. */
  nonceLifetimeMs: 300_000,
  nonces: 10_000,
  /** A port in use is tried again after this, doubled up to the second figure. */
  listenRetryMs: 1_000,
  listenRetryMaxMs: 15_000,
  /** Looking for devices (reliability.md §5.5): answers are waited for this long, usually and at most. */
  discoveryMs: 3_000,
  discoveryMaxMs: 5_000,
  discoveredDevices: 256,
  /** Longest answer seen is below 2 KiB. */
  discoveryBytes: 8 * KIB,
  /** A document of an event: more than any device sends; each is read with the whole document. */
  alertsPerDocument: 500,
  durationsPerEvent: 16,
  targetsPerEvent: 100,
  /** An event in a query string has about 20 fields. */
  queryFields: 100,
  queryBytes: 8 * KIB,
  /** Alarms that go on, in all: of one more, the oldest has ended. */
  episodes: 10_000,
  /** At one place: devices watch a few regions, and each event is compared with all that are open at its place. */
  episodesAtAPlace: 64,
  /** What a filter remembers: last alarms by the key of its cool-down, alarms that go on, decisions. */
  filterMemory: 10_000,
  /** Times at which alarms of one key were sent: those of an outage come mixed with what is new. */
  filterSent: 16,
  /** Starts that wait for their duration, and cool-downs that will be summed up, each with its pictures. */
  filterHeld: 256,
  filterStorms: 256,
  /** What a filter remembers is stored no more often. */
  filterStoreMs: 1_000,
  /** A context store that has not answered by then costs what was stored, rather than the alarms that wait for it. */
  filterReadMs: 5_000,
  /** Whether it is time for alarms is shown below the node no later than this. */
  filterLookMs: 60_000,
  /** Devices, channels, regions and targets that the dialog of a filter offers. */
  seenPlaces: 2_000,
  /** Pictures that an event gives the addresses of, and how long it waits for them. */
  fetchedPictures: 8,
  pictureFetchMs: 5_000,
  /** What a CGI of a camera answers is a few lines. */
  cgiBytes: 64 * KIB,
  /** Of the dialog of a device: requests, how many at a time, and how long they are waited for. */
  dialogBytes: 8 * KIB,
  dialogTests: 4,
  dialogTestMs: 15_000,
  /** The doctor: all that it asks of a device, within what the dialog waits for. */
  doctorMs: 45_000,
  /** One and a half heartbeats of the alertStream (isapi.md §2.3). */
  doctorBeatMs: 15_000,
  /** Events of which it looks at the settings; a recorder has dozens of channels, and many do not change. */
  doctorDetectors: 32,
  /** Clocks of devices without a time server drift by seconds a day; alarms a minute off are found again. */
  clockSkewMs: 60_000,
  /**
   * Of the list of triggers of a device, which is read when somebody asks and not with each alarm: a recorder of 64
   * channels writes about 1 MiB with a namespace in every element. Within these, reading it takes a quarter of a second.
   */
  triggersBytes: 4 * MIB,
  triggersElements: 100_000,
  triggersAttributes: 100_000,
  /** UDP: the largest datagram there is, as a recorder of many channels needs more than the usual few KiB (unknowns R1). */
  udpDatagramBytes: 65_507,
  udpQueue: 1_000,
  udpQueueBytes: 8 * MIB,
  /** Of each sender in a second: a recorder with all its cameras in alarm sends less. */
  udpPerSender: 50,
  udpWindowMs: 1_000,
  /** Senders told apart in a second: anyone can forge as many as they like. */
  udpSenders: 10_000,
  /** What the kernel keeps while we are busy; it may give less. */
  udpKernelBytes: 4 * MIB,
  /** Handed on in one turn: so many, and for so long. */
  udpTurn: 64,
  udpTurnMs: 2,
  /**
   * When a turn took longer, with what flows did in it: fewer than the 32 that Node reads in one, so that what cannot be
   * kept up with is dropped here, counted, before the kernel loses it.
   */
  udpTurnBusy: 8,
  /** Datagrams wait as long as Node-RED lets nodes take to close, so that none is lost while a flow is redeployed. */
  udpWaitMs: 15_000,
  /** A network that was away is joined again no later than this. */
  udpJoinMs: 5_000,
  /** What was dropped is shown after this, and no more often. */
  udpDropsMs: 1_000,
  /** A simulated device: our own listener answers in milliseconds, with a busy disk in seconds. */
  simulateMs: 10_000,
  /** Simulated alarms of one node that wait for their turn. */
  simulateWaiting: 64,
  /** A mail on its way, where a picture takes a third more: providers refuse mails of 20 to 25 MB. */
  mailBytes: 20 * MIB,
  /** What Telegram takes (core.telegram.org/bots/api): of a picture that is shown, of any file, and in one message. */
  telegramPhotoBytes: 10_000_000,
  telegramFileBytes: 50_000_000,
  telegramGroup: 10,
  /** In UTF-16 units. Telegram takes 4,096 of a text; its sender node cuts at 4,000, be it through the midst of a letter. */
  telegramCaption: 1_024,
  telegramText: 4_000,
  /** Of the line and the text that people read; more comes of a template that repeats itself. */
  subjectLetters: 200,
  textLetters: 100_000,
  /** An alarm as text, with its pictures, as it comes back from MQTT: a body of the largest size in Base64, with room. */
  restoredBytes: 64 * MIB,
  /** What Home Assistant was told of: of one more, the first is forgotten, and told again when it comes. */
  announced: 5_000,
  /** A pulse has no end of its own: long enough to be seen, and short enough that the next one is news. */
  pulseMs: 10_000,
  /** A name from outside in a path of the archive: with day, time and folder it fits what Windows takes. */
  archiveNameBytes: 80,
  /** The JSON file of an alarm in the archive: four times the largest document, as flows may add to it. */
  archiveRecordBytes: MIB,
  /** Nobody needs longer to write a picture: what is older was left by a power cut. */
  archiveUnfinishedMs: 600_000,
  /** Flows that start have other things to do than to remove what is old. */
  archiveFirstMs: 10_000,
  /** Old pictures are removed once a day. */
  archiveRoundMs: 86_400_000,
  /** Closing: requests under way may finish for this long, then their connections are cut. */
  closeGraceMs: 1_000,
  /** Node-RED is told that a node is closed, whatever has not ended yet; by itself it waits 15 s for each. */
  closeMostMs: 2_000,
} as const;

/** The limits as a type, so that tests and settings can give other numbers. */
export type Limits = { readonly [name in keyof typeof LIMITS]: number };

/** Every limit of what we ask a device. Bytes unless the name says otherwise; times in milliseconds. */
export const DEVICE_LIMITS = {
  /** Devices take few connections at a time and answer 403 beyond (defects.md D6). */
  connections: 4,
  /** On one network a connection takes milliseconds; longer means switched off or blocked. */
  connectTimeoutMs: 5_000,
  /** A busy recorder takes seconds for a picture of one of its channels. */
  headersTimeoutMs: 10_000,
  /** Between two pieces of a body: longer than any stall of a Wi-Fi link that still works. */
  bodyTimeoutMs: 10_000,
  /** From the call to its end, with waiting for others and with logging in: an alarm waits for its picture. */
  totalTimeoutMs: 20_000,
  /** Longest head seen from a device is below 1 KiB. */
  headBytes: 16 * KIB,
  /** The largest picture of a device of 12 megapixels, with room. */
  bodyBytes: 8 * MIB,
  /** Of a 401: a `userCheck` document is below 1 KiB. */
  refusalBytes: 16 * KIB,
  /** A 401 whose body is announced and does not come must not keep others from logging in. */
  refusalTimeoutMs: 2_000,
  /** After a wrong login nothing is sent for this long: about five wrong ones lock the account (isapi.md §11.4). */
  pauseMs: 300_000,
  /** After the first refusal: busy devices refuse good logins, so that one fresh try is due. */
  freshTryMs: 500,
  /** However long a device says it is locked. */
  pauseMaxMs: 86_400_000,
  /** Refused logins remembered beyond the life of their client. */
  pauses: 1_000,
  /** A subscription is offered in a document below 64 KiB, and told within milliseconds: the stream waits for it. */
  offerBytes: 256 * KIB,
  offerTimeoutMs: 2_000,
  /** Between two heartbeats of a subscribed stream, where the device lets us choose. */
  heartbeatMs: 10_000,
  /** A device that is away behind a write is asked again after this, doubled each time. */
  restartWaitMs: 500,
  restartTries: 4,
  /** A login not used for longer is tried by one request alone: the password may have changed meanwhile. */
  trustMs: 10_000,
} as const;

/** The limits as a type, so that tests can give other numbers. */
export type DeviceLimits = { readonly [name in keyof typeof DEVICE_LIMITS]: number };
