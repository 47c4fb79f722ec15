import type { ButtonHTMLAttributes, ReactNode } from 'react'
import styles from './Button.module.css'

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'type'> {
  readonly kind?: 'plain' | 'main' | 'danger' | 'quiet'
  readonly small?: boolean
  readonly submit?: boolean
  /** The key that does the same. */
  readonly hotkey?: string
  readonly icon?: ReactNode
}

export function Button({
  kind = 'plain',
  small = false,
  submit = false,
  hotkey,
  icon,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      className={[styles.button, styles[kind], small ? styles.small : ''].join(' ')}
      {...rest}
    >
      {icon}
      <span>{children}</span>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a kbd takes no focus; the button is named by its text */}
      {hotkey !== undefined && <kbd aria-hidden="true">{hotkey}</kbd>}
    </button>
  )
}
