/** Whom the server listens to: only this laptop, or the network. */
export type Reach = 'loopback' | 'lan'

/** The hub's own role, which may do everything and comes from this laptop only. */
export const OWNER = 'trackside_hub'
export const DATABASE = 'trackside'

/** A whole postgresql.conf: a laptop's memory, a race's safety. */
export function serverSettings(port: number, reach: Reach): string {
  const settings: Readonly<Record<string, string>> = {
    port: String(port),
    listen_addresses: reach === 'lan' ? '*' : '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '60',
    // A laptop that went to sleep or out of reach is let go.
    tcp_keepalives_idle: '10',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '3',
    authentication_timeout: '10s',
    // An open transaction holds the change feed of all the others back.
    idle_in_transaction_session_timeout: '60s',
    password_encryption: 'scram-sha-256',
    ssl: 'on',
    ssl_cert_file: 'server.crt',
    ssl_key_file: 'server.key',
    ssl_min_protocol_version: 'TLSv1.2',
    shared_buffers: '64MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    max_wal_size: '512MB',
    min_wal_size: '80MB',
    max_worker_processes: '4',
    jit: 'off',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    wal_level: 'minimal',
    max_wal_senders: '0',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_min_messages: 'warning',
    // A statement may set a password: none is ever written to the log.
    log_statement: 'none',
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
  }
  return `${Object.entries(settings)
    .map(([name, value]) => `${name} = '${value}'`)
    .join('\n')}\n`
}

/** A whole pg_hba.conf: the first line that fits decides, and what fits none is refused. */
export const ADMISSION = `# TYPE  DATABASE USER ADDRESS METHOD
host    all  ${OWNER}  127.0.0.1/32  scram-sha-256
host    all  ${OWNER}  ::1/128       scram-sha-256
host    all  ${OWNER}  all           reject
host    ${DATABASE}  all  127.0.0.1/32  scram-sha-256
host    ${DATABASE}  all  ::1/128       scram-sha-256
hostssl ${DATABASE}  all  all           scram-sha-256
`
