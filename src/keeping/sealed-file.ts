import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '../core/errors.ts'

/**
 * A file of any length under a passphrase, a megabyte at a time: scrypt makes the key, every chunk is sealed by
 * AES-256-GCM of its own. A chunk's nonce is the file's random prefix, the chunk's number and whether it is the last,
 * and the head is sealed with each, so that chunks cannot be changed, moved, left out or cut off (the STREAM
 * construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015, as age uses it).
 */
const MAGIC = Buffer.from('TRACKSIDE-MOVE-1')
const SALT = 16
const PREFIX = 7
const HEAD = MAGIC.length + SALT + PREFIX
const CHUNK = 1 << 20
const TAG = 16

// N=2^17, r=8: about 128 MB and half a second a try; such a file lies on a stick that may be lost (OWASP, 2023).
const COST = { N: 1 << 17, r: 8, p: 1, maxmem: 160 * 1024 * 1024 }

const keyOf = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 32, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })

function nonceOf(head: Buffer, chunk: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  head.copy(nonce, 0, HEAD - PREFIX)
  nonce.writeUInt32BE(chunk, PREFIX)
  nonce[11] = last ? 1 : 0
  return nonce
}

/** The same bytes in pieces of one size; the last is shorter, and the only one that may be empty. */
async function* chunked(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  for await (const piece of pieces) {
    held = Buffer.concat([held, piece])
    // One whole chunk is held back: it may be the last.
    for (; held.length > CHUNK; held = held.subarray(CHUNK)) yield held.subarray(0, CHUNK)
  }
  yield held
}

/** Writes a new file. @throws what the disk says */
export async function writeSealed(
  file: string,
  passphrase: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const head = Buffer.concat([MAGIC, randomBytes(SALT + PREFIX)])
  const key = await keyOf(passphrase, head.subarray(MAGIC.length, MAGIC.length + SALT))
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.write(head)
    let number = 0
    let held: Buffer | null = null
    const put = async (chunk: Buffer, last: boolean): Promise<void> => {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(head, number, last)).setAAD(head)
      number += 1
      await handle.writev([cipher.update(chunk), cipher.final(), cipher.getAuthTag()])
    }
    for await (const chunk of chunked(pieces)) {
      if (held !== null) await put(held, false)
      held = chunk
    }
    await put(held ?? Buffer.alloc(0), true)
  } finally {
    await handle.close()
  }
}

/** Reads until the buffer is full or the file at its end. */
async function fill(handle: FileHandle, buffer: Buffer): Promise<Buffer> {
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

/**
 * What a sealed file holds, a piece at a time, each proven before it is given.
 * @throws AppError input.invalid when it is no such file, secrets.locked for a wrong passphrase or a changed file
 */
export async function* readSealed(file: string, passphrase: string): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r').catch(error => {
    throw new AppError('not-found', `The file ${file} cannot be read.`, { cause: error })
  })
  try {
    const head = await fill(handle, Buffer.alloc(HEAD))
    if (head.length < HEAD || !head.subarray(0, MAGIC.length).equals(MAGIC))
      throw new AppError('input.invalid', `${file} was not made by “move-out”.`)
    const key = await keyOf(passphrase, head.subarray(MAGIC.length, MAGIC.length + SALT))
    const left = (await handle.stat()).size - HEAD
    const chunks = Math.max(1, Math.ceil(left / (CHUNK + TAG)))
    for (let number = 0; number < chunks; number += 1) {
      const sealed = await fill(handle, Buffer.alloc(CHUNK + TAG))
      yield opened(key, head, number, number === chunks - 1, sealed, file)
    }
  } finally {
    await handle.close()
  }
}

function opened(
  key: Buffer,
  head: Buffer,
  number: number,
  last: boolean,
  sealed: Buffer,
  file: string,
): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(head, number, last), {
      authTagLength: TAG,
    }).setAAD(head)
    decipher.setAuthTag(sealed.subarray(Math.max(0, sealed.length - TAG)))
    return Buffer.concat([
      decipher.update(sealed.subarray(0, Math.max(0, sealed.length - TAG))),
      decipher.final(),
    ])
  } catch (cause) {
    const message =
      number === 0
        ? `The passphrase does not open ${file}, or the file is damaged.`
        : `${file} is damaged or cut off after ${number} MB. Copy it again.`
    throw new AppError('secrets.locked', `${message} Nothing was changed.`, { cause })
  }
}
