/** A process that owns a hub until it is killed: `node hub-process.ts DATA-FOLDER PORT PASSWORD`. */
import { createHubServer } from '../../../src/replication/hub/server.ts'
import { ask, quiet } from './hub-stage.ts'

const [dataFolder = '', port = '0', password = ''] = process.argv.slice(2)
const hub = createHubServer({
  ...{ dataFolder, binariesFolder: null, port: Number(port), reach: 'loopback', clock: Date.now, log: quiet },
  secrets: () => ({ get: async () => password, set: async () => {} }),
})
await hub.start()
await ask(hub.owner(), 'CREATE TABLE kept (words text)')
await ask(hub.owner(), "INSERT INTO kept VALUES ('committed')")
process.stdout.write('ready\n')
setInterval(() => {}, 1000)
