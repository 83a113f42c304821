/** What one data worker bears at once. Beyond it a request is answered 503, which every AWS client retries. */
export const limits = {
  /** Connections per listener; more are closed as they come. */
  connectionsMax: 2048,
  /** The same for a listener that answers small questions of one namespace. */
  localConnectionsMax: 64,
  /** Requests between their head and the end of their reply: per listener, so that no job takes the others' share, and in all. */
  listenerRequestsMax: 512,
  requestsMax: 2048,
  /** Request line and headers. */
  headBytesMax: 16 << 10,
  /** A body that goes to the control thread in one message. */
  bodyBytesMax: 8 << 20,
  /** All such bodies at once, from their first byte to the end of their reply. */
  collectedBytesMax: 128 << 20,
  /** What is read and thrown away of a body that nobody wants, so that the client sees the reply before a reset. */
  discardedBytesMax: 64 << 20,
  /** Certificates by server name. */
  secureContextsMax: 256,
} as const;

/** Deadlines of a request's stages. There is none for the whole: an upload may take hours, a stage may not stand still. */
export const deadlines = {
  firstByteMs: 10_000,
  handshakeMs: 10_000,
  headersMs: 20_000,
  /** Between two requests of a connection; longer than what load balancers and SDK pools keep. */
  keepAliveMs: 65_000,
  /** No byte of the body came. */
  bodyIdleMs: 60_000,
  /** No byte of the reply was taken. */
  replyIdleMs: 60_000,
  /** The control thread answers. */
  controlMs: 60_000,
  /** Requests under way when a worker stops. */
  drainMs: 2_000,
} as const;
