import type { Read, Session } from '../../api/timing.ts'
import { AppError } from '../../core/errors.ts'
import { chipKey } from '../../core/identity.ts'
import { setDialedReaders } from '../../store/dialed-readers.ts'
import { createGuns, gunOf } from '../../store/guns.ts'
import { assignChip, assignRead, createSession, updateSession } from '../../store/links.ts'
import { type NobodysChipRow, nobodysChips, putNobodysChips } from '../../store/nobodys-chips.ts'
import { nameOf } from '../../store/participant-columns.ts'
import { type ReadRow, readById, readsPage } from '../../store/reads.ts'
import { readsAt } from '../../store/reads-at.ts'
import { rowsWhere, rowWhere } from '../../store/rows.ts'
import type { Row } from '../../store/tables.ts'
import { sessionRaceDay } from '../../timing/link-facts.ts'
import { readChipList } from '../chip-list.ts'
import { currentSession } from '../current-session.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { clockProblem } from '../readers/clock-problem.ts'
import type { Door } from '../readers/readers.ts'
import { locationShown } from './course.ts'

function readShown(
  row: ReadRow,
  gun: (eventId: string, wave: string | null) => number | null,
  problem: (sessionId: string, at: number) => string,
): Read {
  const known = row.participantId !== null
  const start = known && row.normalizedEventId !== null ? gun(row.normalizedEventId, row.wave) : null
  const at = row.at ?? row.readAt
  return {
    id: row.id,
    sessionId: row.sessionId,
    kind: row.kind,
    location: row.locationName ?? row.streamLocation,
    at,
    rawTime: row.rawTime,
    timeProblem:
      row.reason === 'no-time' && row.at !== null ? problem(row.sessionId, row.at) : row.timeProblem,
    chip: row.chip,
    device: row.device,
    state: row.state,
    reason: row.reason,
    route: row.route,
    duplicateOf: row.duplicateOf,
    participantId: row.participantId,
    bibNumber: known ? row.participantBib : row.bibNumber,
    name: known ? nameOf(row) : null,
    eventName: row.eventName,
    raceTimeMs: start === null || at === null ? null : at - start,
    receivedAt: row.receivedAt,
  }
}

/** What `listener` has said since there was but one. */
const withoutProtocol = (door: Door | undefined) => ({
  state: door?.state ?? ('stopped' as const),
  port: door?.port ?? null,
  message: door?.message ?? null,
})

export function timingProcedures(parts: AppParts) {
  const { store } = parts
  const { read } = store

  const sessionById = (id: string): Row<'timing_sessions'> => {
    const session = rowWhere(read, 'timing_sessions', 'id = ?', id)
    if (session === null) throw new AppError('not-found', `There is no timing session ${id}.`)
    return session
  }
  const chosen = (id: string | undefined): string | null =>
    id === undefined ? currentSession(read) : sessionById(id).id

  const sessionShown = async (session: Row<'timing_sessions'>): Promise<Session> => ({
    id: session.id,
    sessionName: session.sessionName,
    raceDayId: session.raceDayId,
    timezone: session.timezone,
    status: session.status,
    startedAt: session.startedAt,
    reads: await parts.count('reads', session.id),
    locations: rowsWhere(read, 'timing_locations', 'session_id = ? ORDER BY location_name', session.id).map(
      locationShown,
    ),
  })

  const oneRead = (id: number): Read => {
    const row = readById(read, id)
    if (row === undefined) throw new AppError('not-found', `There is no read ${id}.`)
    return readShown(row, (event, wave) => gunOf(read, event, wave), clockProblem(read))
  }

  return {
    sessions: os.timing.sessions.handler(async () => {
      const sessions = rowsWhere(read, 'timing_sessions', '1 ORDER BY started_at DESC, id DESC')
      return { sessions: await Promise.all(sessions.map(sessionShown)) }
    }),
    addSession: os.timing.addSession.handler(async ({ input, context }) => {
      const day = input.raceDayId == null ? null : rowWhere(read, 'race_days', 'id = ?', input.raceDayId)
      if (input.raceDayId != null && day === null)
        throw new AppError('not-found', `There is no race day ${input.raceDayId}.`)
      const timezone = input.timezone ?? day?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
      const id = await store.writeForced(
        writer => createSession(writer, { name: input.sessionName, timezone, raceDayId: day?.id ?? null }),
        context.who.name,
      )
      return sessionShown(sessionById(id))
    }),
    updateSession: os.timing.updateSession.handler(async ({ input, context }) => {
      if (input.raceDayId != null && rowWhere(read, 'race_days', 'id = ?', input.raceDayId) === null) {
        throw new AppError('not-found', `There is no race day ${input.raceDayId}.`)
      }
      await store.writeForced(
        writer =>
          updateSession(writer, {
            id: input.id,
            ...(input.sessionName === undefined ? {} : { name: input.sessionName }),
            ...(input.raceDayId === undefined ? {} : { raceDayId: input.raceDayId }),
            ...(input.status === undefined ? {} : { status: input.status }),
          }),
        context.who.name,
      )
      return sessionShown(sessionById(input.id))
    }),
    status: os.timing.status.handler(async () => {
      const sessionId = currentSession(read)
      const doors = parts.readers.doors()
      const refused = read.get<{ lines: number }>(
        'SELECT COUNT(*) AS lines FROM refused_lines WHERE session_id = ?',
        sessionId,
      )
      const peers = parts.readers.peers()
      const lastReads = peers.flatMap(peer => (peer.lastReadAt === null ? [] : [peer.lastReadAt]))
      return {
        listener: withoutProtocol(doors.find(door => door.protocol === 'ctp01')),
        listeners: doors.map(door => ({ ...door })),
        sessionId,
        readers: peers.map(peer => ({
          name: peer.program ?? peer.address,
          protocol: peer.protocol,
          address: peer.address,
          eventName: peer.eventName,
          state: peer.state,
          locations: [...peer.locations],
          connectedAt: peer.connectedAt,
          disconnectedAt: peer.disconnectedAt,
          lastReadAt: peer.lastReadAt,
          reads: peer.reads,
          redelivered: peer.redelivered,
          refused: peer.refused,
          readsPerSecond: peer.readsPerSecond,
        })),
        readsPerSecond: peers.reduce((sum, peer) => sum + peer.readsPerSecond, 0),
        lastReadAt: lastReads.length === 0 ? null : Math.max(...lastReads),
        ...(sessionId === null
          ? { reads: 0, linked: 0, duplicates: 0, unlinked: 0 }
          : await parts.count('links', sessionId)),
        refused: refused?.lines ?? 0,
      }
    }),
    readers: os.timing.readers.handler(() => ({
      readers: parts.readers.dialer.status().map(each => ({ ...each })),
    })),
    setReaders: os.timing.setReaders.handler(async ({ input, context }) => {
      const names = input.readers.map(each => each.name)
      const places = input.readers.map(each => `${each.host.toLowerCase()}:${each.port}`)
      for (const list of [names, places]) {
        const twice = list.find((each, index) => list.indexOf(each) !== index)
        if (twice !== undefined) throw new AppError('input.invalid', `${twice} is in the list twice.`)
      }
      await store.writeForced(writer => setDialedReaders(writer, input.readers), context.who.name)
      return { readers: parts.readers.dialer.status().map(each => ({ ...each })) }
    }),
    import: os.timing.import.handler(async ({ input, signal }) => {
      const { file, text } = input
      if (file === undefined && text === undefined)
        throw new AppError('input.invalid', 'text or file is needed.')
      const options = {
        sessionId: sessionById(input.sessionId).id,
        location: input.location ?? null,
        format: input.format,
        ...(input.csvColumns === undefined ? {} : { csvColumns: input.csvColumns }),
        fileName: input.fileName ?? (file instanceof File ? file.name : 'import'),
        ...(signal === undefined ? {} : { signal }),
      }
      const imported =
        file === undefined
          ? await parts.importer.importText({ ...options, text: text ?? '' })
          : await parts.importer.importBytes({ ...options, bytes: new Uint8Array(await file.arrayBuffer()) })
      const { lines, redelivered, refused } = imported
      return {
        lines,
        new: imported.new,
        redelivered,
        refused: refused
          .slice(0, 1000)
          .map(({ line, reason, text: refusedText }) => ({ line, reason, text: refusedText })),
        refusedCount: refused.length,
      }
    }),
    reads: os.timing.reads.handler(({ input }) => {
      const sessionId = chosen(input.sessionId)
      if (sessionId === null) return { reads: [], next: null }
      const { location, limit } = input
      const query = { sessionId, state: input.state ?? null, after: input.after ?? null, limit }
      const rows = location === undefined ? readsPage(read, query) : readsAt(read, { ...query, location })
      const gun = createGuns(read)
      const problem = clockProblem(read)
      return {
        reads: rows.map(row => readShown(row, gun, problem)),
        next: rows.length < input.limit ? null : (rows.at(-1)?.id ?? null),
      }
    }),
    unlinked: os.timing.unlinked.handler(async ({ input }) => {
      const sessionId = chosen(input.sessionId)
      if (sessionId === null) return { groups: [], reads: 0, chips: 0 }
      const { groups, ...found } = await parts.count('unlinked', sessionId, input.limit)
      const problem = clockProblem(read)
      return {
        groups: groups.map(({ chip, keyed, locations, chips: _, ...group }) => ({
          ...group,
          sessionId,
          timeProblem:
            group.device === null || group.lastAt === null ? null : problem(sessionId, group.lastAt),
          chip: keyed === 1 || chip === '' ? null : chip,
          bibNumber: keyed === 1 && chip !== '' ? chip : null,
          locations: [...locations],
        })),
        ...found,
      }
    }),
    refused: os.timing.refused.handler(({ input }) => ({
      lines: read
        .all<Row<'refused_lines'> & { received_at: number }>(
          `SELECT id, origin, line, reason, text, received_at FROM refused_lines WHERE session_id = ? ORDER BY id DESC LIMIT ?`,
          chosen(input.sessionId) ?? '',
          input.limit,
        )
        .map(({ id, origin, line, reason, text, received_at: receivedAt }) => ({
          id,
          origin,
          line,
          reason,
          text,
          receivedAt,
        })),
    })),
    assignRead: os.timing.assignRead.handler(async ({ input, context }) => {
      mustExist(input.participantId)
      await store.writeForced(
        writer => assignRead(writer, input.id, input.participantId, input.reason ?? null),
        context.who.name,
      )
      parts.linker.linkNow()
      return oneRead(input.id)
    }),
    takeBackAssignment: os.timing.takeBackAssignment.handler(async ({ input, context }) => {
      await store.writeForced(writer => assignRead(writer, input.id, undefined, null), context.who.name)
      parts.linker.linkNow()
      return oneRead(input.id)
    }),
    assignChip: os.timing.assignChip.handler(({ input, context }) => {
      mustExist(input.participantId)
      return decideChip(
        input.sessionId,
        input.chip,
        input.participantId,
        input.reason ?? null,
        context.who.name,
      )
    }),
    takeBackChip: os.timing.takeBackChip.handler(({ input, context }) =>
      decideChip(input.sessionId, input.chip, undefined, null, context.who.name),
    ),
    testChips: os.timing.testChips.handler(chipsShown),
    setTestChips: os.timing.setTestChips.handler(async ({ input, context }) => {
      const known = new Map(nobodysChips(read).map(row => [row.chip, row]))
      const named = input.chips.map(
        (chip): NobodysChipRow => known.get(chipKey(chip)) ?? { chip, kind: 'test', note: null },
      )
      await store.writeForced(
        writer => putNobodysChips(writer, [...named, ...input.entries], true),
        context.who.name,
      )
      return chipsShown()
    }),
    addTestChips: os.timing.addTestChips.handler(async ({ input, context }) => {
      const { chips, refused } = readChipList(input.text, input.kind, input.note)
      const { added, changed } = await store.writeForced(
        writer => putNobodysChips(writer, chips, false),
        context.who.name,
      )
      return { ...chipsShown(), added, changed, refused: [...refused] }
    }),
    removeTestChip: os.timing.removeTestChip.handler(async ({ input, context }) => {
      const key = chipKey(input.chip)
      const left = nobodysChips(read).filter(({ chip }) => chip !== key)
      await store.writeForced(writer => putNobodysChips(writer, left, true), context.who.name)
      return chipsShown()
    }),
  }

  function chipsShown() {
    const entries = nobodysChips(read).map(row => ({ ...row }))
    return { chips: entries.map(({ chip }) => chip), entries }
  }

  /** Whose a chip is from its first read on: what was read before somebody said whose it is, is theirs as well. */
  async function decideChip(
    sessionId: string,
    chip: string,
    participantId: string | null | undefined,
    reason: string | null,
    actor: string,
  ): Promise<{ readonly linked: number }> {
    const key = chipKey(chip)
    const raceDayId = sessionRaceDay(read, sessionById(sessionId).id)
    if (raceDayId === null) {
      throw new AppError(
        'conflict',
        'This session has no race day yet. Give it one, then its chips can be given to people.',
      )
    }
    const first = read.get<{ at: number | null }>(
      'SELECT MIN(read_at) AS at FROM timing_reads WHERE session_id = ? AND chip = ?',
      sessionId,
      key,
    )
    const last = read.get<{ at: number }>(
      `SELECT from_at AS at FROM chip_assignments WHERE race_day_id = ? AND chip = ? AND withdrawn = 0
       ORDER BY updated_at DESC LIMIT 1`,
      raceDayId,
      key,
    )
    const fromAt = participantId === undefined ? last?.at : (first?.at ?? 0)
    if (fromAt === undefined) throw new AppError('not-found', `Chip ${chip} was given to nobody.`)
    const decision = { raceDayId, chip: key, participantId, fromAt, reason }
    await store.writeForced(writer => assignChip(writer, decision), actor)
    parts.linker.linkNow()
    const linked = read.get<{ reads: number }>(
      `SELECT COUNT(*) AS reads FROM read_links l JOIN timing_reads r ON r.id = l.read_id
       WHERE r.session_id = ? AND r.chip = ? AND l.state IN ('linked', 'duplicate')`,
      sessionId,
      key,
    )
    return { linked: linked?.reads ?? 0 }
  }

  function mustExist(participantId: string | null): void {
    if (participantId === null) return
    if (rowWhere(read, 'normalized_participants', 'id = ?', participantId) === null) {
      throw new AppError('not-found', `There is no participant ${participantId}.`)
    }
  }
}
