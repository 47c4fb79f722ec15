/**
 * What a page of ours may load: nothing from elsewhere, no inline script, inline style only with the nonce.
 * @param forms whether a form may be sent to us: the sign-in page of a browser has one, the window has none
 */
export const contentPolicy = (nonce: string, forms: 'self' | 'none'): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    `form-action '${forms}'`,
  ].join('; ')

/** The page with the nonce where Mantine looks for it, to write its styles under. */
export const withNonce = (html: string, nonce: string): string =>
  html.replace(/(<meta\s+name="csp-nonce"\s+content=")[^"]*"/, `$1${nonce}"`)
