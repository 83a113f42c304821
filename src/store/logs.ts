import type { Database, Migration } from './database.ts';

/** Times are milliseconds since 1970, as the API has them. */
export interface LogGroupRow {
  readonly groupId: number;
  readonly accountId: string;
  readonly logGroupName: string;
  readonly createdAt: number;
  readonly retentionInDays: number | null;
  /** Messages and 26 bytes for each, as PutLogEvents counts them. */
  readonly storedBytes: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LogStreamRow {
  readonly streamId: number;
  readonly groupId: number;
  readonly logStreamName: string;
  readonly createdAt: number;
  readonly firstEventAt: number | null;
  readonly lastEventAt: number | null;
  readonly lastIngestedAt: number | null;
  /** Of the last event that was put. */
  readonly sequence: number;
}

export interface LogEventRow {
  readonly timestamp: number;
  /** Unique within the stream, in order of arrival. */
  readonly sequence: number;
  readonly ingestedAt: number;
  readonly message: string;
}

export interface GroupEventRow extends LogEventRow {
  readonly streamId: number;
  readonly logStreamName: string;
}

/** A place between the events of a stream: before the event with this time and sequence, and after those that sort below it. */
export interface LogPosition {
  readonly timestamp: number;
  readonly sequence: number;
}

/** A place between the events of a group, which are in order of time, then of stream. */
export interface GroupPosition extends LogPosition {
  readonly streamId: number;
}

/** `start` is inclusive, `end` exclusive. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

export const logsMigrations: readonly Migration[] = [
  {
    id: 'logs-0001',
    sql: `
      create table log_groups (
        group_id integer primary key autoincrement, account_id text not null, log_group_name text not null, created_at integer not null,
        retention_in_days integer, stored_bytes integer not null default 0, tags text not null,
        unique (account_id, log_group_name)
      ) strict;
      create table log_streams (
        stream_id integer primary key autoincrement, group_id integer not null references log_groups on delete cascade,
        log_stream_name text not null, created_at integer not null,
        first_event_at integer, last_event_at integer, last_ingested_at integer, sequence integer not null default 0,
        unique (group_id, log_stream_name)
      ) strict;
      create index log_streams_last_event on log_streams (group_id, ifnull(last_event_at, created_at), log_stream_name);
      create table log_events (
        stream_id integer not null references log_streams on delete cascade, timestamp integer not null, sequence integer not null,
        group_id integer not null, ingested_at integer not null, message text not null, primary key (stream_id, timestamp, sequence)
      ) strict, without rowid;
      create index log_events_group on log_events (group_id, timestamp, stream_id, sequence);`,
  },
];

const groupColumns = `group_id as groupId, account_id as accountId, log_group_name as logGroupName, created_at as createdAt,
  retention_in_days as retentionInDays, stored_bytes as storedBytes, tags`;
const streamColumns = `stream_id as streamId, group_id as groupId, log_stream_name as logStreamName, created_at as createdAt,
  first_event_at as firstEventAt, last_event_at as lastEventAt, last_ingested_at as lastIngestedAt, sequence`;
const eventColumns = 'timestamp, sequence, ingested_at as ingestedAt, message';

/** Sorts after every name with the same beginning. */
const nameEnd = '\u{10FFFF}';

type GroupRecord = Omit<LogGroupRow, 'tags'> & { readonly tags: string };
const groupRow = (record: GroupRecord): LogGroupRow => ({ ...record, tags: JSON.parse(record.tags) as Record<string, string> });

/** The part of a time range in which any of the streams has events. */
function overlap(streams: readonly LogStreamRow[], range: TimeRange): TimeRange | undefined {
  const withEvents = streams.flatMap(({ firstEventAt, lastEventAt }) =>
    firstEventAt === null || lastEventAt === null ? [] : [{ firstEventAt, lastEventAt }],
  );
  const start = withEvents.reduce((least, { firstEventAt }) => Math.min(least, firstEventAt), Infinity);
  const end = withEvents.reduce((most, { lastEventAt }) => Math.max(most, lastEventAt + 1), -Infinity);
  const window = { start: Math.max(start, range.start), end: Math.min(end, range.end) };
  return window.start < window.end ? window : undefined;
}

/** CloudWatch Logs: groups of streams of events. */
export class LogsStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insertGroup(accountId: string, logGroupName: string, createdAt: number, tags: Readonly<Record<string, string>>): void {
    const sql = 'insert into log_groups (account_id, log_group_name, created_at, tags) values (?, ?, ?, ?)';
    this.#database.run(sql, accountId, logGroupName, createdAt, JSON.stringify(tags));
  }

  findGroup(accountId: string, logGroupName: string): LogGroupRow | undefined {
    const sql = `select ${groupColumns} from log_groups where account_id = ? and log_group_name = ?`;
    const record = this.#database.get<GroupRecord>(sql, accountId, logGroupName);
    return record === undefined ? undefined : groupRow(record);
  }

  /** Groups whose names begin with `prefix`, contain `part` and sort after `after`, in order of their names. */
  listGroups(accountId: string, { prefix, part, after, limit }: { prefix: string; part: string; after: string; limit: number }): LogGroupRow[] {
    const sql = `select ${groupColumns} from log_groups
      where account_id = ? and log_group_name > ? and log_group_name >= ? and log_group_name < ? and instr(log_group_name, ?) > 0
      order by log_group_name limit ?`;
    return this.#database.all<GroupRecord>(sql, accountId, after, prefix, prefix + nameEnd, part, limit).map((record) => groupRow(record));
  }

  countGroups(accountId: string): number {
    return this.#database.get<{ count: number }>('select count(*) as count from log_groups where account_id = ?', accountId)?.count ?? 0;
  }

  /** With its streams and their events. */
  deleteGroup(groupId: number): void {
    this.#database.run('delete from log_groups where group_id = ?', groupId);
  }

  setRetention(groupId: number, retentionInDays: number | null): void {
    this.#database.run('update log_groups set retention_in_days = ? where group_id = ?', retentionInDays, groupId);
  }

  setTags(groupId: number, tags: Readonly<Record<string, string>>): void {
    this.#database.run('update log_groups set tags = ? where group_id = ?', JSON.stringify(tags), groupId);
  }

  insertStream(groupId: number, logStreamName: string, createdAt: number): void {
    this.#database.run('insert into log_streams (group_id, log_stream_name, created_at) values (?, ?, ?)', groupId, logStreamName, createdAt);
  }

  findStream(groupId: number, logStreamName: string): LogStreamRow | undefined {
    const sql = `select ${streamColumns} from log_streams where group_id = ? and log_stream_name = ?`;
    return this.#database.get<LogStreamRow>(sql, groupId, logStreamName);
  }

  /** Streams whose names begin with `prefix`, in order of their names from behind `after`. */
  listStreams(
    groupId: number,
    { prefix, after, descending, limit }: { prefix: string; after?: string; descending: boolean; limit: number },
  ): LogStreamRow[] {
    const [beyond, order] = descending ? ['<', 'desc'] : ['>', 'asc'];
    const behind = after === undefined ? '' : `and log_stream_name ${beyond} ?`;
    const sql = `select ${streamColumns} from log_streams
      where group_id = ? and log_stream_name >= ? and log_stream_name < ? ${behind} order by log_stream_name ${order} limit ?`;
    return this.#database.all<LogStreamRow>(sql, groupId, prefix, prefix + nameEnd, ...(after === undefined ? [] : [after]), limit);
  }

  /** Streams in order of their last event (of their creation, before the first), from behind `after`. */
  listStreamsByLastEvent(
    groupId: number,
    { after, descending, limit }: { after?: { at: number; logStreamName: string }; descending: boolean; limit: number },
  ): LogStreamRow[] {
    const [beyond, order] = descending ? ['<', 'desc'] : ['>', 'asc'];
    const at = 'ifnull(last_event_at, created_at)';
    const behind = after === undefined ? '' : `and (${at}, log_stream_name) ${beyond} (?, ?)`;
    const sql = `select ${streamColumns} from log_streams where group_id = ? ${behind} order by ${at} ${order}, log_stream_name ${order} limit ?`;
    return this.#database.all<LogStreamRow>(sql, groupId, ...(after === undefined ? [] : [after.at, after.logStreamName]), limit);
  }

  /** With its events. */
  deleteStream(streamId: number): void {
    this.#database.run('delete from log_streams where stream_id = ?', streamId);
  }

  /** Appends events, one at least, in the order given; `bytes` is what they add to their group. */
  insertEvents(
    { streamId, groupId }: LogStreamRow,
    events: readonly { readonly timestamp: number; readonly message: string }[],
    ingestedAt: number,
    bytes: number,
  ): void {
    const first = events.reduce((least, { timestamp }) => Math.min(least, timestamp), Infinity);
    const last = events.reduce((most, { timestamp }) => Math.max(most, timestamp), -Infinity);
    this.#database.run(
      `insert into log_events (stream_id, timestamp, sequence, group_id, ingested_at, message)
        select stream_id, event.value ->> 0, sequence + event.key + 1, group_id, ?, event.value ->> 1
        from log_streams, json_each(?) as event where stream_id = ?`,
      ingestedAt,
      JSON.stringify(events.map(({ timestamp, message }) => [timestamp, message])),
      streamId,
    );
    this.#database.run(
      `update log_streams set sequence = sequence + ?, last_ingested_at = ?,
        first_event_at = min(ifnull(first_event_at, ?), ?), last_event_at = max(ifnull(last_event_at, ?), ?) where stream_id = ?`,
      events.length,
      ingestedAt,
      first,
      first,
      last,
      last,
      streamId,
    );
    this.#database.run('update log_groups set stored_bytes = stored_bytes + ? where group_id = ?', bytes, groupId);
  }

  /** Events in a time range from `position` on, oldest first. */
  listEventsFrom(streamId: number, position: LogPosition, range: TimeRange, limit: number): LogEventRow[] {
    const sql = `select ${eventColumns} from log_events where stream_id = ? and (timestamp, sequence) >= (?, ?) and timestamp >= ? and timestamp < ?
      order by timestamp, sequence limit ?`;
    return this.#database.all<LogEventRow>(sql, streamId, position.timestamp, position.sequence, range.start, range.end, limit);
  }

  /** Events in a time range before `position`, newest first. */
  listEventsBefore(streamId: number, position: LogPosition, range: TimeRange, limit: number): LogEventRow[] {
    const sql = `select ${eventColumns} from log_events where stream_id = ? and (timestamp, sequence) < (?, ?) and timestamp >= ? and timestamp < ?
      order by timestamp desc, sequence desc limit ?`;
    return this.#database.all<LogEventRow>(sql, streamId, position.timestamp, position.sequence, range.start, range.end, limit);
  }

  /** Events of these streams of a group from `position` on, oldest first. */
  listGroupEvents(streams: readonly LogStreamRow[], position: GroupPosition, range: TimeRange, limit: number): GroupEventRow[] {
    const window = overlap(streams, range);
    const groupId = streams[0]?.groupId;
    if (groupId === undefined || window === undefined) return [];
    const { timestamp, streamId, sequence } = position;
    const names = new Map(streams.map((stream) => [stream.streamId, stream.logStreamName]));
    const sql = `select stream_id as streamId, ${eventColumns} from log_events
      where group_id = ? and (timestamp, stream_id, sequence) >= (?, ?, ?) and timestamp >= ? and timestamp < ?
        and stream_id in (select value from json_each(?))
      order by timestamp, stream_id, sequence limit ?`;
    const values = [groupId, timestamp, streamId, sequence, window.start, window.end, JSON.stringify([...names.keys()]), limit];
    const events = this.#database.all<Omit<GroupEventRow, 'logStreamName'>>(sql, ...values);
    return events.map((event) => ({ ...event, logStreamName: names.get(event.streamId) ?? '' }));
  }

  /** How many events the streams of this name ever took in. */
  countEvents(logGroupName: string, logStreamName: string): number {
    const sql = `select ifnull(sum(sequence), 0) as count from log_groups join log_streams using (group_id)
      where log_group_name = ? and log_stream_name = ?`;
    return this.#database.get<{ count: number }>(sql, logGroupName, logStreamName)?.count ?? 0;
  }

  /** Removes at most `limit` events that are older than their group keeps them. Returns how many there were. */
  deleteExpiredEvents(now: Date, limit: number): number {
    const sql = `delete from log_events where (stream_id, timestamp, sequence) in (
      select event.stream_id, event.timestamp, event.sequence from log_groups join log_streams using (group_id) join log_events as event using (stream_id)
      where retention_in_days is not null and timestamp < ? - retention_in_days * 86400000 limit ?)`;
    return this.#database.run(sql, now.getTime(), limit);
  }
}
