import type pg from 'pg'

/** A relation of the database, as its catalogue has it. */
interface Relation {
  readonly name: string
  readonly kind: 'table' | 'view'
  /** The column that says whose a row is; null: none does. */
  readonly partner: string | null
  readonly rowSecurity: boolean
  readonly options: readonly string[]
}

const RELATIONS = `
  SELECT CASE c.relnamespace WHEN 'public'::regnamespace THEN '' ELSE 'trackside.' END || quote_ident(c.relname) AS name, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS kind,
    (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
       AND (a.attname = 'timing_partner_id' OR (a.attname = 'id' AND c.relname = 'timing_partners'))
     ORDER BY a.attname DESC LIMIT 1) AS partner,
    c.relrowsecurity AND c.relforcerowsecurity AS "rowSecurity", coalesce(c.reloptions, '{}') AS options
  FROM pg_class c
  WHERE c.relnamespace IN ('public'::regnamespace, 'trackside'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND NOT c.relispartition
  ORDER BY 1`

interface Routine {
  readonly name: string
  readonly fixed: boolean
  readonly definer: boolean
  readonly open: boolean
  readonly everyone: boolean
}

const ROUTINES = `
  SELECT CASE p.pronamespace WHEN 'public'::regnamespace THEN '' ELSE 'trackside.' END || p.proname
      || '(' || replace(oidvectortypes(p.proargtypes), ', ', ',') || ')' AS name,
    p.prosqlbody IS NOT NULL OR EXISTS (SELECT FROM unnest(p.proconfig) o WHERE o LIKE 'search_path=%') AS fixed,
    p.prosecdef AS definer, has_function_privilege('trackside_member', p.oid, 'EXECUTE') AS open,
    coalesce((SELECT bool_or(a.grantee = 0) FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a), false) AS everyone
  FROM pg_proc p WHERE p.pronamespace IN ('public'::regnamespace, 'trackside'::regnamespace) AND (p.prorettype <> 'trigger'::regtype OR p.prosecdef)
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')
  ORDER BY 1`

/** What says nothing of a partner, and who may read it. A relation that is in neither list is trouble. */
const OF_NOBODY: Readonly<Record<string, 'open' | 'closed'>> = {
  'trackside.installation': 'open',
  providers: 'open',
  'trackside.migrations': 'closed',
  'trackside.adopted': 'closed',
  // Of sessions; pg_stat_activity itself hides what they do from others.
  'trackside.feed_blockers': 'closed',
}

/** A line a partner: to an admin who acts for none of them, the partner's name and no figure. */
const BY_NAME: ReadonlySet<string> = new Set([
  'timing_partners',
  'partner_counts',
  'participant_tracking_summary',
])

const FIGURES = `EXISTS (SELECT FROM jsonb_each(to_jsonb(r)) said
  WHERE jsonb_typeof(said.value) = 'number' AND said.key NOT IN ('id', 'timing_partner_id') AND said.value <> '0')`

/** An import makes these anew, for the partner that it is for. */
const DELETED: ReadonlySet<string> = new Set(['trackside.legacy_refusals'])

/** What our logins may call; each is tried in its own tests. */
const OPEN_ROUTINES: ReadonlySet<string> = new Set([
  'trackside.error_details(text,text)',
  'trackside.newest_migration()',
  'trackside.tallied(integer,text)',
  'trackside.person_block(text)',
  'trackside.folded_words(text)',
  'trackside.name_words(text)',
  'trackside.join_people(integer,uuid,uuid,text)',
  'trackside.split_person(integer,uuid,text)',
  'trackside.withdraw_person_decision(integer,uuid)',
  'trackside.uncompared(integer)',
  'trackside.is_admin()',
  'trackside.acting_partners()',
  'trackside.act_for(integer,text,interval)',
  'trackside.end_override()',
  'trackside.origin()',
  'trackside.feed_state()',
  'trackside.introduce(uuid,text,text)',
  'trackside.my_state()',
  'trackside.redeem_code()',
  'trackside.receive(uuid,bigint,bigint)',
  'trackside.take_lease(uuid,uuid,interval)',
  'trackside.release_lease(uuid,uuid)',
  'trackside.turn_of(uuid)',
  'trackside.take_turn(uuid,uuid,interval,uuid,interval,uuid,text)',
  'trackside.want_turn(uuid,uuid)',
  'trackside.want_turn_of(uuid,uuid,uuid)',
  'trackside.end_hub_turn(uuid,uuid)',
  'trackside.take_stale_people(integer,integer)',
  'trackside.write_people(integer,uuid[],uuid[],text[],real[])',
  'trackside.tidy_own_feed(integer)',
  'trackside.heed_restore()',
  'trackside.hold_people(integer)',
  'trackside.my_channel()',
  'trackside.wake_laptops(integer,text)',
])

export interface Actor {
  readonly name: string
  readonly client: pg.Client
  /** Partners whose rows it may see. */
  readonly may: readonly number[]
}

/** Codes of a refusal: no right or a policy, COPY with row security, a view that cannot be written. */
const REFUSALS: ReadonlySet<string> = new Set(['42501', '0A000', '55000'])

type Outcome = { readonly kind: 'refused' } | { readonly kind: 'done'; readonly rows: number }

/** Tries a statement and takes it back. Any trouble that is no refusal is thrown. */
async function attempt(client: pg.Client, sql: string): Promise<Outcome> {
  await client.query('BEGIN')
  try {
    const { rowCount } = await client.query(sql)
    return { kind: 'done', rows: rowCount ?? 0 }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    // The server was ready to take rows in.
    if (code === '57014') return { kind: 'done', rows: 1 }
    if (REFUSALS.has(code)) return { kind: 'refused' }
    throw Object.assign(new Error(`${sql}: ${String(error)}`), { cause: error })
  } finally {
    await client.query('ROLLBACK')
  }
}

const NEEDED = `
  SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND d.oid IS NULL
    AND a.attidentity = ''`

const VALUES: Readonly<Record<string, string>> = {
  uuid: 'gen_random_uuid()',
  text: `'x' || gen_random_uuid()`,
  name: `left('x' || gen_random_uuid(), 60)::name`,
  'timestamp with time zone': 'clock_timestamp()',
  date: 'current_date',
  boolean: 'false',
  json: `'{}'::json`,
  jsonb: `'{}'::jsonb`,
  'double precision': '1',
  real: '1',
  numeric: '1',
  smallint: '1',
  xid8: `'1'::xid8`,
  interval: `interval '1 hour'`,
  bigint: '1',
  integer: '1',
}

/** Where a check of the table wants more than some value. */
const SPECIAL: Readonly<Record<string, string>> = {
  'trackside.partner_memberships.role': `'laptop'`,
  'trackside.partner_memberships.timing_partner_id': '$partner',
  'trackside.person_decisions.kind': `'apart'`,
  'person_decisions.kind': `'apart'`,
  'timing_partners.id': '$partner + 100',
}

/** The first word that a check of one column allows: `kind = ANY (ARRAY['a'::text, …])`. */
const ALLOWED = `
  SELECT substring(pg_get_constraintdef(o.oid) FROM '''([^'']+)''::text') AS word
  FROM pg_constraint o JOIN pg_attribute a ON a.attrelid = o.conrelid AND o.conkey = ARRAY[a.attnum]
  WHERE o.conrelid = to_regclass($1) AND o.contype = 'c' AND a.attname = $2`

/** A new row of that partner, as an INSERT, from the catalogue alone: a table that comes later has one too. */
async function insertOf(owner: pg.Client, relation: Relation, partner: number): Promise<string> {
  const { rows } = await owner.query<{ name: string; type: string }>(NEEDED, [relation.name])
  const columns = new Map(rows.map(({ name, type }) => [name, VALUES[type] ?? 'NULL']))
  for (const name of [...columns.keys(), 'timing_partner_id']) {
    const special = SPECIAL[`${relation.name}.${name}`]
    const { rows: allowed } = await owner.query<{ word: string | null }>(ALLOWED, [relation.name, name])
    const word = allowed[0]?.word ?? null
    if (word !== null) columns.set(name, `'${word}'`)
    if (special !== undefined) columns.set(name, special.replace('$partner', String(partner)))
  }
  if (relation.partner === 'timing_partner_id') columns.set('timing_partner_id', String(partner))
  const names = [...columns.keys()].map(name => `"${name}"`).join(', ')
  return `INSERT INTO ${relation.name} (${names}) VALUES (${[...columns.values()].join(', ')})`
}

/** Every table has rows of both partners, so that there is something to leak. */
export async function fillEveryTable(owner: pg.Client, partners: readonly number[]): Promise<void> {
  const { rows } = await owner.query<Relation>(RELATIONS)
  for (const relation of rows.filter(
    ({ kind, partner }) => kind === 'table' && partner === 'timing_partner_id',
  )) {
    for (const partner of partners) {
      const has = await owner.query(
        `SELECT 1 FROM ${relation.name} WHERE timing_partner_id = ${partner} LIMIT 1`,
      )
      if (has.rowCount === 0) await owner.query(await insertOf(owner, relation, partner))
    }
  }
}

/** One actor, one relation, rows of one partner: each thing that may not be done and was. */
async function relationTroubles(
  owner: pg.Client,
  actor: Actor,
  relation: Relation,
  partner: number,
): Promise<readonly string[]> {
  const { client, may } = actor
  const where = `"${relation.partner}" = ${partner}`
  const said: string[] = []
  const did = (outcome: Outcome, what: string, how: (rows: number) => boolean): void => {
    if (outcome.kind === 'done' && how(outcome.rows))
      said.push(`${actor.name} may ${what} ${relation.name} of partner ${partner}`)
  }
  const some = (rows: number): boolean => rows > 0
  if (!may.includes(partner)) {
    // An admin chooses among partners by their names.
    const seen =
      BY_NAME.has(relation.name) && actor.name.startsWith('admin') ? `${where} AND ${FIGURES}` : where
    const rows = `SELECT 1 FROM ${relation.name} r WHERE ${seen}`
    did(await attempt(client, rows), 'select from', some)
    did(await attempt(client, `COPY (${rows}) TO STDOUT`), 'copy out of', some)
  }
  if (relation.kind === 'view') return said
  if (!may.includes(partner)) {
    did(await attempt(client, await insertOf(owner, relation, partner)), 'insert into', () => true)
    did(
      await attempt(
        client,
        `UPDATE ${relation.name} SET "${relation.partner}" = "${relation.partner}" WHERE ${where}`,
      ),
      'update',
      some,
    )
    for (const own of may)
      did(
        await attempt(
          client,
          `UPDATE ${relation.name} SET "${relation.partner}" = ${partner} WHERE "${relation.partner}" = ${own}`,
        ),
        `give rows of partner ${own} away in`,
        some,
      )
  }
  // Rows are taken back by a state, never deleted; not even one's own.
  const own = may.includes(partner) && !DELETED.has(relation.name)
  did(
    await attempt(client, `DELETE FROM ${relation.name} WHERE ${where}`),
    'delete from',
    rows => own || (rows > 0 && !may.includes(partner)),
  )
  did(await attempt(client, `TRUNCATE ${relation.name}`), 'truncate', () => true)
  did(await attempt(client, `COPY ${relation.name} FROM STDIN`), 'copy into', () => true)
  return said
}

function viewTroubles({ name, kind, options }: Relation): readonly string[] {
  if (kind !== 'view' || options.includes('security_invoker=true')) return []
  return options.includes('security_barrier=true') ? [] : [`${name} is a view with its owner's rights`]
}

/** All that is wrong with the isolation of a database, a line each; nothing where nothing is. */
export async function isolationTroubles(
  owner: pg.Client,
  actors: readonly Actor[],
  partners: readonly number[],
): Promise<readonly string[]> {
  const said: string[] = []
  const { rows: relations } = await owner.query<Relation>(RELATIONS)
  for (const relation of relations) {
    said.push(...viewTroubles(relation))
    if (relation.partner === null) {
      const expected = OF_NOBODY[relation.name]
      if (expected === undefined) said.push(`${relation.name} says of no row whose it is, and is in no list`)
      for (const actor of actors) {
        const seen = await attempt(actor.client, `SELECT 1 FROM ${relation.name} LIMIT 1`)
        const open = seen.kind === 'done'
        if (open && expected !== 'open') said.push(`${actor.name} may select from ${relation.name}`)
        for (const write of [
          `DELETE FROM ${relation.name}`,
          `TRUNCATE ${relation.name}`,
          `COPY ${relation.name} FROM STDIN`,
        ])
          if (relation.kind === 'table' && (await attempt(actor.client, write)).kind === 'done')
            said.push(`${actor.name}: ${write}`)
      }
      continue
    }
    if (relation.kind === 'table' && !relation.rowSecurity)
      said.push(`${relation.name} has no row security that is forced`)
    for (const actor of actors)
      for (const partner of partners) said.push(...(await relationTroubles(owner, actor, relation, partner)))
  }
  const { rows: routines } = await owner.query<Routine>(ROUTINES)
  for (const { name, fixed, definer, open, everyone } of routines) {
    // Called by its owner with its owner's rights only, it takes nobody anywhere; and then it can be inlined.
    if (!fixed && (open || definer)) said.push(`${name} has no search path of its own`)
    if (everyone) said.push(`${name} may be called by everyone`)
    if (open && !OPEN_ROUTINES.has(name)) said.push(`${name} may be called by our logins and is in no list`)
  }
  return said
}
