/** Text that is already HTML and is inserted as it is. Made only by `html`. */
export interface Html {
  readonly markup: string
}

type Value = Html | readonly Html[] | string | number

/** A tagged template that escapes every value unless it is itself `Html`. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  let markup = strings[0]!
  values.forEach((value, i) => {
    markup += render(value) + strings[i + 1]!
  })
  return { markup }
}

export const nothing: Html = { markup: '' }

function render(value: Value): string {
  if (typeof value === 'object') {
    return 'markup' in value ? value.markup : value.map((part) => part.markup).join('')
  }
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
