import { AppError } from '../core/errors.ts'

/** This machine and the site's own network, where a rehearsal runs. */
const NEAR =
  /^(localhost|.*\.local|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|\[::1\])$/

/**
 * A provider's base address from what the user typed: with or without scheme, closing slash or the API's own path.
 * Plain http would show the keys to every network in between, so it is taken only for addresses nearby.
 */
export function baseAddress(typed: string | undefined, fallback: string, apiPath: string): string {
  const text = (typed?.trim() || fallback).replace(/[?#].*$/, '').replace(/(?<![:/])\/+$/, '')
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`
  const url = URL.canParse(full) ? new URL(full) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '')
    throw new AppError('input.invalid', 'The base address is no web address, such as https://example.com')
  if (url.protocol === 'http:' && !NEAR.test(url.hostname))
    throw new AppError('input.invalid', `The base address must begin with https: ${url.host}`)
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.origin}${path.toLowerCase().endsWith(apiPath.toLowerCase()) ? path : `${path}${apiPath}`}`
}
