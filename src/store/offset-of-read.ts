/** Of a read `r`: ms to add to what its reader's clock said. Of offsets that overlap the one that began last holds. */
export const OFFSET_OF_READ = `COALESCE((SELECT o.offset_ms FROM reader_offsets o WHERE o.session_id = r.session_id
  AND o.device = r.device AND o.removed = 0 AND (o.from_at IS NULL OR o.from_at <= r.read_at)
  AND (o.to_at IS NULL OR r.read_at < o.to_at) ORDER BY o.from_at DESC, o.id LIMIT 1), 0)`
