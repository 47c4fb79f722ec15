import { PasswordInput, Textarea, TextInput } from '@mantine/core'
import type { ProviderInfo } from '../../../../api/connections.ts'
import { inferredInWords } from '../../../words/connections.ts'
import styles from '../ConnectionDetail.module.css'

export type Texts = Readonly<Record<string, string>>

interface SideFormProps {
  readonly provider: ProviderInfo
  readonly settings: Texts
  /** What was typed now: keys are never read back. */
  readonly credentials: Texts
  /** Names of the keys this laptop keeps already. */
  readonly kept: readonly string[]
  readonly onSettings: (settings: Texts) => void
  readonly onCredentials: (credentials: Texts) => void
}

/** The form that a provider's declaration asks for, and what of the provider is not certain or not possible. */
export function SideForm({
  provider,
  settings,
  credentials,
  kept,
  onSettings,
  onCredentials,
}: SideFormProps) {
  const limits = [inferredInWords(provider), ...Object.values(provider.cannot)].filter(
    words => words !== null,
  )
  return (
    <fieldset className={styles.fields} aria-label={provider.name}>
      {provider.settings.map(setting => {
        const isKept = kept.includes(setting.name)
        const common = {
          label: setting.label,
          inputWrapperOrder: ['label' as const, 'input' as const, 'description' as const],
          description: setting.help,
          required: setting.required && !isKept,
          autoComplete: 'off',
          spellCheck: false,
        }
        if (setting.lines)
          return (
            <Textarea
              key={setting.name}
              {...common}
              className={styles.wide ?? ''}
              autosize
              minRows={2}
              placeholder={setting.placeholder ?? ''}
              value={settings[setting.name] ?? ''}
              onChange={event => onSettings({ ...settings, [setting.name]: event.currentTarget.value })}
            />
          )
        return setting.secret ? (
          <PasswordInput
            key={setting.name}
            {...common}
            placeholder={isKept ? 'kept on this laptop' : (setting.placeholder ?? '')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
            value={credentials[setting.name] ?? ''}
            onChange={event => onCredentials({ ...credentials, [setting.name]: event.currentTarget.value })}
          />
        ) : (
          <TextInput
            key={setting.name}
            {...common}
            placeholder={setting.placeholder ?? ''}
            value={settings[setting.name] ?? ''}
            onChange={event => onSettings({ ...settings, [setting.name]: event.currentTarget.value })}
          />
        )
      })}
      {limits.map(words => (
        <p key={words} className={`soft ${styles.wide ?? ''}`}>
          {words}
        </p>
      ))}
    </fieldset>
  )
}

/** Without the blanks: a blank key keeps what is kept. */
export const filled = (texts: Texts): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([name, value]) => (value.trim() === '' ? [] : [[name, value.trim()]])),
  )

/** Labels of what a provider needs and nobody typed. */
export const lacking = (
  provider: ProviderInfo,
  settings: Texts,
  credentials: Texts,
  kept: readonly string[],
): readonly string[] =>
  provider.settings
    .filter(setting => setting.required && !kept.includes(setting.name))
    .filter(setting => ((setting.secret ? credentials : settings)[setting.name] ?? '').trim() === '')
    .map(setting => `${provider.name} ${setting.label}`)
