import styles from './Button.module.css'

export function Keycap({ children }: { readonly children: string }) {
  return <kbd className={styles.key}>{children}</kbd>
}
